"""The options that have a command run out of core: by an engine, with a work folder."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import option
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.engine import Engine
    from graphkit.progress import Progress

_PANEL = "Beyond memory"


def engine_options() -> list[inspect.Parameter]:
    """Return ``--engine``, ``--work``, ``--address`` and ``--insecure``."""
    return [
        option(
            "engine",
            None,
            "Run out of core: local, by processes of this machine, as many as --threads says; or ray.",
            kind=str,
            metavar="NAME",
            panel=_PANEL,
        ),
        option(
            "work",
            None,
            "Folder for what is written in between; the same command again goes on from what is there.",
            kind=str,
            metavar="FOLDER",
            panel=_PANEL,
        ),
        option(
            "address",
            None,
            "Of a Ray cluster: HOST:PORT of its head, or auto on one of its nodes.",
            kind=str,
            metavar="ADDRESS",
            panel=_PANEL,
        ),
        option(
            "insecure",
            False,
            "Take a Ray cluster that other machines reach although it asks for no token.",
            panel=_PANEL,
        ),
    ]


def is_out_of_core(values: dict[str, Any]) -> bool:
    """Whether the options ask for an engine; `ParameterError` if one of them is missing.

    Examples
    --------
    >>> options = {"engine": None, "work": None, "address": None, "insecure": False}
    >>> is_out_of_core(options), is_out_of_core({**options, "engine": "local", "work": "w"})
    (False, True)
    """
    engine, work = values["engine"], values["work"]
    if engine is not None and work is None:
        raise ParameterError("--engine needs --work FOLDER, a folder on a disk with room")
    if engine is None and work is not None:
        raise ParameterError("--work has no effect without --engine; pass --engine local")
    for name in ("address", "insecure"):
        if values[name] and engine != "ray":
            raise ParameterError(f"--{name} has no effect without --engine ray")
    return engine is not None


def make_engine(values: dict[str, Any], workers: int | None, progress: Progress | None) -> Engine:
    """Return the engine that the options ask for."""
    from graphkit.engine import Engine

    names = ("work", "address", "insecure")
    chosen = {name: values[name] for name in names}
    return Engine(values["engine"], workers=workers, progress=progress, **chosen)
