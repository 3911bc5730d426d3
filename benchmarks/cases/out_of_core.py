"""Conversion and methods by the local engine: beside memory where both fit, and on a graph beyond it.

``tree_mb`` is the memory that belongs to driver and workers alone; what they map of files is the system's,
to take back when it is short. Inputs, and what is written in between, lie in the folder of the benchmarks'
inputs: it should be on a disk with 100 GB free for the large graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import inputs
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

LIMIT_MB = 4_000

MEMORY = Contender("graphkit", "graphkit", "out_of_core_graphkit", {"engine": None})
LOCAL = Contender(
    "graphkit, local engine", "graphkit", "out_of_core_graphkit", {"engine": "local", "limit_mb": LIMIT_MB}
)

PASS = {"params": {"walks_per_node": 1, "walk_length": 10, "window": 2}, "num_parts": 4}
"""DeepWalk where the tables are larger than the limit: short walks, in a grid of parts."""

JOBS = {
    "convert": "Parquet to folder",
    "fastrp": "FastRP, d = 64",
    "walks": "a walk a node",
    "deepwalk": "DeepWalk, d = 64, a walk a node",
}

QUANTITIES = ("seconds", "tree_mb")


def parts(*, quick: bool) -> Iterator[Part]:
    scale, millions = (14, 0.1) if quick else (20, 20)
    yield from _parts(scale, round(millions * 1e6), [MEMORY, LOCAL])
    if not quick:
        yield from _parts(24, 200_000_000, [LOCAL], PASS)


def _parts(
    scale: int, num_edges: int, contenders: list[Contender], deepwalk: dict[str, Any] | None = None
) -> Iterator[Part]:
    graph = f"R-MAT, {2**scale:,} nodes, {num_edges:,} edges"
    scratch = str(inputs.folder())
    small = str(inputs.rmat_csr(14, 100_000))
    for job, words in JOBS.items():
        if job == "convert":
            path = inputs.edge_parquet(inputs.rmat_edges(scale, num_edges))
            tried = str(inputs.edge_parquet(inputs.rmat_edges(14, 100_000)))
        else:
            path, tried = inputs.rmat_csr(scale, num_edges), small
        request = {"job": job, "input": str(path), "scratch": scratch, "dim": 64}
        if job == "deepwalk":
            request |= {"params": {"walks_per_node": 1}} | (deepwalk or {})
        yield Part(
            f"{words}: {graph}",
            contenders,
            request,
            check,
            request | {"input": tried},
            apart=True,
            facts=("found",),
            quantities=QUANTITIES,
        )


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """On a small graph: all find the same."""
    replies = {name: session.ask(**request) for name, session in sessions.items()}
    if len({reply["found"] for reply in replies.values()}) > 1:
        raise CheckFailed(f"the results differ: {replies}")
    return {}
