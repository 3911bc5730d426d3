"""Conversion and methods by engines, beside the same in memory; on a large graph within a limit of memory.

``tree_mb`` is the memory that belongs to driver and workers alone; what they map of files is the system's,
to take back when it is short. Inputs, and what is written in between, lie in the folder of the benchmarks'
inputs: it should be on a disk with 100 GB free for the large graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import inputs
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

LIMIT_MB = 4_000

MEMORY = Contender("graphkit", "graphkit", "out_of_core_graphkit", {"engine": None})
LOCAL = Contender(
    "graphkit, local engine", "graphkit", "out_of_core_graphkit", {"engine": "local", "limit_mb": LIMIT_MB}
)
RAY = Contender("graphkit, two nodes of Ray", "graphkit", "out_of_core_graphkit", {"engine": "ray"})

DEFAULT = {"dim": 64, "params": {"walks_per_node": 1, "walk_length": 20}}
WITHIN_LIMIT = {"dim": 64, "params": {"walks_per_node": 1, "walk_length": 10, "window": 2}, "num_parts": 4}
"""Dimensions, and of DeepWalk, whose tables are larger than the limit, short walks in a grid of parts."""

JOBS = {
    "convert": "Parquet to folder",
    "fastrp": "FastRP",
    "propagated": "FastRP, propagated by PageRank",
    "walks": "10 walks of 80 nodes a node",
    "deepwalk": "DeepWalk, a walk a node",
}

SMALL = 14, 100_000
"""What is tried first."""

QUANTITIES = ("seconds", "tree_mb")


def parts(*, quick: bool) -> Iterator[Part]:
    scale, num_edges = (14, 100_000) if quick else (20, 20_000_000)
    for job in JOBS:
        # A trainer is on one node.
        ray = [] if job == "deepwalk" else [RAY]
        yield _part(job, scale, num_edges, [MEMORY, LOCAL, *ray], DEFAULT)
    if not quick:
        once = [replace(contender, max_repeats=1) for contender in (MEMORY, LOCAL)]
        for job in ("convert", "fastrp", "propagated", "deepwalk"):
            yield _part(job, 24, 200_000_000, once, WITHIN_LIMIT)


def _part(job: str, scale: int, num_edges: int, contenders: list[Contender], options: dict[str, Any]) -> Part:
    if job == "convert":
        path, tried = (inputs.edge_parquet(inputs.rmat_edges(*size)) for size in ((scale, num_edges), SMALL))
    else:
        # As conversion leaves the large one; half of its nodes have no edge.
        path = inputs.rmat_csr(scale, num_edges, isolated=options is not WITHIN_LIMIT)
        tried = inputs.rmat_csr(*SMALL)
    request = {"job": job, "input": str(path), "scratch": str(inputs.folder()), **options}
    dim = f", d = {options['dim']}" if job in ("fastrp", "propagated", "deepwalk") else ""
    return Part(
        f"{JOBS[job]}{dim}: R-MAT, {2**scale:,} nodes, {num_edges:,} edges",
        contenders,
        request,
        check,
        request | {"input": str(tried)},
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
