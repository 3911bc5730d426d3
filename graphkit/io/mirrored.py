"""Weighted matrices read as undirected: what becomes of an entry and the one across the diagonal.

A matrix names an edge {u, v} by two entries, A[u, v] and A[v, u]. Where they are equal, or differ by rounding
only, or one of them is not there, the edge has that weight. Where they differ it has their mean, so that the
weights of all other edges stay as they are; `duplicates` chooses another rule. How many entries that
changed, and by how much, is said.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import Graph
from graphkit.io.report import MirrorReport
from graphkit.kernels.cpu import csr
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges

ROUNDING = 1e-5
"""Weights that differ by no more than this share were one number, written with six digits or in float32."""

_RULES = {None: "mean", "sum": "sum", "max": "larger", "first": "one above the diagonal"}
"""What an edge of two weights has, by `duplicates`."""


def undirected(matrix: Graph, duplicates: str | None) -> tuple[Graph, MirrorReport]:
    """Return the undirected graph of a weighted matrix, given as a directed graph.

    Raises
    ------
    InputError
        For weights that differ under ``duplicates="error"``.
    """
    assert matrix.weights is not None
    mirror = _mirrors(matrix)
    source, target = np.repeat(np.arange(matrix.num_nodes, dtype=np.int32), matrix.degree), matrix.indices
    upper = np.flatnonzero((source < target) & (mirror >= 0))
    weights = np.array(matrix.weights)
    here, there = weights[upper].astype(np.float64), weights[mirror[upper]].astype(np.float64)
    differences = np.abs(here - there) / np.maximum(here, there)
    different = differences > ROUNDING
    if duplicates == "error" and different.any():
        raise _differing(matrix, int(source[upper[different][0]]), int(target[upper[different][0]]))
    merged = np.where(different, _combined(here, there, duplicates), (here + there) / 2)
    weights[upper] = weights[mirror[upper]] = merged
    single = (mirror < 0) & (source != target)
    report = MirrorReport(
        int(np.count_nonzero(different)),
        float(differences[different].max(initial=0.0)),
        int(np.count_nonzero(single)),
        _RULES.get(duplicates, "mean"),
    )
    if report.num_single == 0:
        return Graph(matrix.indptr, matrix.indices, weights, matrix.node_ids), report
    once = (source <= target) | single
    graph, _ = build_graph(source[once], target[once], weights[once], node_ids=matrix.node_ids)
    return graph, report


def _mirrors(matrix: Graph) -> NDArray[np.int64]:
    """The place of the arc back of each arc, -1 where there is none."""
    mirror = np.empty(matrix.num_arcs, np.int64)
    num_threads = resolve_threads()
    run_ranges(
        lambda start, stop: csr.find_mirrors(matrix.indptr, matrix.indices, mirror, start, stop),
        balanced_bounds(matrix.indptr, num_threads * RANGES_PER_THREAD),
        num_threads,
    )
    return mirror


def _combined(
    here: NDArray[np.float64], there: NDArray[np.float64], duplicates: str | None
) -> NDArray[np.float64]:
    if duplicates == "sum":
        return here + there
    if duplicates == "max":
        return np.maximum(here, there)
    return here if duplicates == "first" else (here + there) / 2


def _differing(matrix: Graph, source: int, target: int) -> InputError:
    ends: Any = matrix.node_ids[[source, target]].tolist()
    return InputError(
        f"the entries ({ends[0]!r}, {ends[1]!r}) and ({ends[1]!r}, {ends[0]!r}) differ (duplicates='error'); "
        "pass directed=True to keep both"
    )
