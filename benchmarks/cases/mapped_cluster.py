"""The cluster around a seed on a graph of 200 million edges in a folder, of which what is needed is read.

An R-MAT graph, its ids at random, made out of core: 13 million nodes have edges, of which 197.5 million are
left. Seeds have 5 to 50 edges. The files are in memory, or the system has been told to keep nothing of them.
Medians of 16 seeds: wall time, and what was read from the disk.
"""

from __future__ import annotations

from collections.abc import Iterator

import inputs
import numpy as np
from contender import Contender
from measure import Part, Sessions, Values

NUM_SEEDS = 16


def parts(*, quick: bool) -> Iterator[Part]:
    scale, num_edges = (16, 1_000_000) if quick else (25, 200_000_000)
    folder = inputs.rmat_folder(scale, num_edges)
    degree = np.diff(np.load(folder / "indptr.npy", mmap_mode="r"))
    usual = np.flatnonzero((degree >= 5) & (degree <= 50))
    rows = np.random.default_rng(1).choice(usual, NUM_SEEDS, replace=False).tolist()
    contenders = [
        Contender(f"graphkit, {name}", "graphkit", "mapped_cluster_graphkit", {"is_cold": is_cold})
        for name, is_cold in (("files in memory", False), ("files on disk", True))
    ]
    for tolerance in (1e-3, 1e-4, 1e-5):
        name = f"R-MAT, {num_edges // 1_000_000} M edges, to {tolerance:g}"
        request = {"input": str(folder), "rows": rows, "tolerance": tolerance}
        yield Part(name, contenders, request, check, quantities=("ms_a_seed", "kb_a_seed"))


def check(sessions: Sessions, request: dict[str, object]) -> dict[str, Values]:
    """Seeds are in their clusters, which the runner says; and pages are in memory that will be."""
    for session in sessions.values():
        session.ask(**request)
    return {}
