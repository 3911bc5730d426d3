"""Building: an edge array in memory to sorted CSR rows in both directions, repeats merged.

Each measurement is a process of its own; its peak includes the edges (8 bytes each), read before the clock
starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import inputs
from contender import Contender
from measure import Part, Sessions

CONTENDERS = [
    Contender("graphkit", "graphkit", "build_graphkit"),
    Contender("scipy", "scikit-learn", "build_scipy"),
]


def parts(*, quick: bool) -> Iterator[Part]:
    scale, sizes = (14, (50, 100)) if quick else (21, (5_000, 10_000, 20_000, 40_000))
    for thousands in sizes:
        edges = inputs.rmat_edges(scale, thousands * 1000)
        request = {"input": str(edges), "num_nodes": 2**scale}
        small = {"input": str(inputs.rmat_edges(14, 50_000)), "num_nodes": 2**14}
        name = f"R-MAT, {2**scale:,} nodes, {thousands * 1000:,} edges"
        yield Part(name, CONTENDERS, request, check, small, apart=True, facts=("arcs", "squares"))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Any]:
    """The facts about every result are compared anyway: here only that the small graph is built."""
    for session in sessions.values():
        session.ask(**request)
    return {}
