"""The time that each method foretells, over the CPU time that it then takes, one thread, six graphs.

Both on the same machine, one after the other. `auto` is not here: it foretells the most that may be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import inputs
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

GRAPHS = ("cora", "pubmed", "wiki", "lastfm", "chameleon", "blogcatalog")
METHODS = (
    *("fastrp", "grf", "spectral", "prone", "netmf", "netsmf", "nrp"),
    *("line", "verse", "deepwalk", "node2vec", "corewalk", "levy", "largevis", "tsne", "ppr"),
)
WITHIN = 2.0
SHORT = 8.0
"""Seconds; what takes longer is not run again."""


def parts(*, quick: bool) -> Iterator[Part]:
    for graph in GRAPHS[:1] if quick else GRAPHS:
        yield Part(
            f"{graph}, time foretold",
            [
                Contender(name, "graphkit", "estimates_graphkit", {"method": name}, max_repeats=0)
                for name in (METHODS[:2] if quick else METHODS)
            ],
            {"csr": str(inputs.labelled_csr(graph))},
            lambda sessions, request, quick=quick: _check(sessions, request, quick=quick),
            quantities=("cpu_seconds",),
        )


def _check(sessions: Sessions, request: dict[str, Any], *, quick: bool) -> dict[str, Values]:
    """Time foretold over time taken of each method, and that none is off by more than a factor of two."""
    found: dict[str, Values] = {}
    for name, session in sessions.items():
        session.ask()
        reply = session.ask(**request)
        if reply["cpu_seconds"] < SHORT:
            # A kernel that only graphs of this size need may have been compiled.
            reply = session.ask(**request)
        found[name] = {"foretold_over_taken": [reply["foretold"] / max(reply["cpu_seconds"], 1e-9)]}
    ratios = {name: values["foretold_over_taken"][0] for name, values in found.items()}
    off = {name: ratio for name, ratio in ratios.items() if not 1 / WITHIN <= ratio <= WITHIN}
    if off and not quick:
        raise CheckFailed(f"foretold time is off by more than a factor of {WITHIN:g}: {off}")
    return found
