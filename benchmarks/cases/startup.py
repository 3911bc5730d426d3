"""Start: a fresh Python that imports a library, and ``graphkit --help``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contender import Contender
from measure import Part, Sessions

PEERS = {"polars": "polars", "scikit-learn": "sklearn", "igraph": "igraph", "networkit": "networkit"}


def parts(*, quick: bool) -> Iterator[Part]:
    imports = [_start("import graphkit", "graphkit", ["python", "-c", "import graphkit"])]
    imports += [
        _start(f"import {m}", peer, ["python", "-c", f"import {m}"])
        for peer, m in ({} if quick else PEERS).items()
    ]
    imports.append(_start("import numpy", "graphkit", ["python", "-c", "import numpy"]))
    yield Part("import", imports, {}, check, quantities=("seconds",))
    help_ = _start("graphkit --help", "graphkit", ["graphkit", "--help"])
    yield Part("command line", [help_], {}, check, quantities=("seconds",))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Any]:
    """The command ends without an error, or its runner does not answer."""
    for session in sessions.values():
        session.ask(**request)
    return {}


def _start(name: str, peer: str, command: list[str]) -> Contender:
    return Contender(name, peer, "startup", {"command": command})
