"""Edges → Graph: symmetrize, sort, merge repeated edges, keep or drop self-loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, NodeIds, Rows, Weights
from graphkit.errors import InputError, unknown_choice
from graphkit.graph import Graph
from graphkit.kernels.cpu import csr
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges

DUPLICATES = ("sum", "max", "first", "error")
SELF_LOOPS = ("keep", "drop")

_RULES = {"sum": csr.SUM, "max": csr.MAX, "first": csr.FIRST}

Arcs = tuple[Indptr, Rows, Weights | None]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class BuildReport:
    """What building a graph found and did.

    Attributes
    ----------
    num_rows
        Edges given.
    num_self_loops
        Edges from a node to itself, before merging.
    loops_dropped
        Whether those were dropped.
    num_merged
        Edges that repeated another one and were merged into it.
    both_directions
        Whether an undirected, weighted list named each edge in both directions, each with the same
        weight; such a list is taken as it is, not doubled.
    """

    num_rows: int
    num_self_loops: int
    loops_dropped: bool
    num_merged: int
    both_directions: bool


def build_graph(
    source: Rows,
    target: Rows,
    weights: Weights | None = None,
    *,
    node_ids: NodeIds,
    directed: bool = False,
    duplicates: str | None = None,
    self_loops: str = "keep",
) -> tuple[Graph, BuildReport]:
    """Build a graph from rows of nodes.

    Parameters
    ----------
    source, target
        Rows 0 .. num_nodes - 1 of the two ends, int32 [num_edges].
    weights
        Finite and > 0, float32 [num_edges], or None.
    node_ids
        The ids of the rows, [num_nodes].
    directed
        If false, each edge is stored in both directions (a self-loop once).
    duplicates
        What to do with repeated edges: ``"sum"``, ``"max"`` or ``"first"`` of their weights, or
        ``"error"``. None sums weights; without weights a repeated row is the same edge again.
        ``"sum"`` without weights makes the number of repetitions the weight.
    self_loops
        ``"keep"`` or ``"drop"``.

    Returns
    -------
    Graph
    BuildReport

    Raises
    ------
    ParameterError
        For an unknown choice.
    InputError
        For a repeated edge under ``duplicates="error"``.

    Examples
    --------
    >>> rows = np.array([0, 1, 1], np.int32), np.array([1, 0, 1], np.int32)
    >>> graph, report = build_graph(*rows, node_ids=np.array([7, 9]))
    >>> graph.num_edges, report.num_merged, report.num_self_loops
    (2, 1, 1)
    """
    if duplicates is not None and duplicates not in DUPLICATES:
        raise unknown_choice("duplicates", duplicates, DUPLICATES)
    if self_loops not in SELF_LOOPS:
        raise unknown_choice("self_loops", self_loops, SELF_LOOPS)
    num_rows, loops = len(source), source == target
    num_self_loops = int(np.count_nonzero(loops))
    if self_loops == "drop" and num_self_loops:
        source, target = source[~loops], target[~loops]
        weights = None if weights is None else weights[~loops]

    given = (
        None
        if directed or weights is None
        else _symmetric_arcs(source, target, weights, node_ids, duplicates)
    )
    arcs = given or _merged_arcs(source, target, weights, node_ids, duplicates, symmetric=not directed)
    graph = Graph(*arcs, node_ids, directed=directed)
    report = BuildReport(
        num_rows=num_rows,
        num_self_loops=num_self_loops,
        loops_dropped=self_loops == "drop",
        num_merged=len(source) - (graph.num_arcs if given else graph.num_edges),
        both_directions=given is not None,
    )
    return graph, report


def _symmetric_arcs(
    source: Rows, target: Rows, weights: Weights, node_ids: NodeIds, duplicates: str | None
) -> Arcs | None:
    """Return the arcs of a list that names every edge in both directions with one weight, else None."""
    num_nodes = len(node_ids)
    in_and_out = np.bincount(source, minlength=num_nodes), np.bincount(target, minlength=num_nodes)
    if np.array_equal(source, target) or not np.array_equal(*in_and_out):
        return None
    indptr, indices, arc_weights = _merged_arcs(
        source, target, weights, node_ids, duplicates, symmetric=False
    )
    bounds = balanced_bounds(indptr, RANGES_PER_THREAD)
    found = run_ranges(
        lambda start, stop: csr.is_symmetric(indptr, indices, arc_weights, start, stop),
        bounds,
        resolve_threads(),
    )
    return (indptr, indices, arc_weights) if all(found) else None


def _merged_arcs(
    source: Rows,
    target: Rows,
    weights: Weights | None,
    node_ids: NodeIds,
    duplicates: str | None,
    *,
    symmetric: bool,
) -> Arcs:
    """Sorted rows without repetitions."""
    indptr, indices, arc_weights = _sorted_arcs(source, target, weights, len(node_ids), symmetric=symmetric)
    num_threads = resolve_threads()
    bounds = balanced_bounds(indptr, num_threads * RANGES_PER_THREAD)
    distinct = np.empty(len(node_ids), np.int64)
    run_ranges(
        lambda start, stop: csr.count_distinct(indptr, indices, distinct, start, stop), bounds, num_threads
    )
    repeated = int(distinct.sum()) < len(indices)
    if repeated and duplicates == "error":
        raise _repeated_edge(indptr, indices, distinct, node_ids)
    count_runs = weights is None and duplicates == "sum"
    if not repeated and not count_runs:
        return indptr, indices, arc_weights

    new_indptr = _offsets(distinct)
    new_indices = np.empty(new_indptr[-1], np.int32)
    new_weights = None if weights is None and not count_runs else np.empty(new_indptr[-1], np.float32)
    rule = _RULES[duplicates or "sum"]
    run_ranges(
        lambda start, stop: csr.merge_rows(
            indptr, indices, arc_weights, rule, new_indptr, new_indices, new_weights, start, stop
        ),
        bounds,
        num_threads,
    )
    return new_indptr, new_indices, new_weights


def _sorted_arcs(
    source: Rows, target: Rows, weights: Weights | None, num_nodes: int, *, symmetric: bool
) -> Arcs:
    """Rows sorted by index, repetitions kept in the order of the edges."""
    bounds = even_bounds(len(source), _num_cursors(len(source), num_nodes))
    by_target, cursors = _count(
        lambda counts, start, stop: csr.count_arcs(target, source, symmetric, counts, start, stop),
        bounds,
        num_nodes,
    )
    sources, source_weights = _empty_arcs(by_target[-1], weights)
    _place(
        lambda cursor, start, stop: csr.scatter_arcs(
            target, source, weights, symmetric, cursor, sources, source_weights, start, stop
        ),
        bounds,
        cursors,
    )
    bounds = balanced_bounds(by_target, len(cursors))
    indptr, cursors = _count(
        lambda counts, start, stop: csr.count_indices(by_target, sources, counts, start, stop),
        bounds,
        num_nodes,
    )
    indices, arc_weights = _empty_arcs(indptr[-1], weights)
    _place(
        lambda cursor, start, stop: csr.transpose(
            by_target, sources, source_weights, cursor, indices, arc_weights, start, stop
        ),
        bounds,
        cursors,
    )
    return indptr, indices, arc_weights


def _num_cursors(num_edges: int, num_nodes: int) -> int:
    """One range a thread, but no more cursors in all than edges."""
    return max(1, min(resolve_threads(), num_edges // max(1, num_nodes)))


def _count(
    kernel: Callable[[Counts, int, int], None], bounds: list[int], num_nodes: int
) -> tuple[Indptr, list[Counts]]:
    """Count arcs by row; return the offsets, and for each range where its arcs of each row begin."""
    counts = [np.zeros(num_nodes, np.int64) for _ in bounds[1:]]
    _place(kernel, bounds, counts)
    begin = indptr = _offsets(np.sum(counts, axis=0))
    cursors = []
    for count in counts:
        cursors.append(begin[:num_nodes].copy())
        begin = cursors[-1] + count
    return indptr, cursors


def _place(kernel: Callable[[Counts, int, int], None], bounds: list[int], cursors: list[Counts]) -> None:
    """Call the kernel for each range with the range's own cursor."""
    of_range = dict(zip(bounds[:-1], cursors, strict=True))
    run_ranges(lambda start, stop: kernel(of_range[start], start, stop), bounds, len(cursors))


def _offsets(counts: Counts) -> Indptr:
    indptr = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    return indptr


def _empty_arcs(num_arcs: int, weights: Weights | None) -> tuple[Rows, Weights | None]:
    return np.empty(num_arcs, np.int32), None if weights is None else np.empty(num_arcs, np.float32)


def _repeated_edge(indptr: Indptr, indices: Rows, distinct: Counts, node_ids: NodeIds) -> InputError:
    row = int(np.flatnonzero(np.diff(indptr) > distinct)[0])
    neighbors = indices[indptr[row] : indptr[row + 1]]
    other = int(neighbors[1:][neighbors[1:] == neighbors[:-1]][0])
    ends = " and ".join(map(repr, node_ids[[row, other]].tolist()))
    return InputError(f"the edge between {ends} is given more than once (duplicates='error')")
