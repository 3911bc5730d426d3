"""Edges → Graph: symmetrize, sort, merge repeated edges, keep or drop self-loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphkit.arrays import NodeIds, Rows, Weights
from graphkit.checks import check_choice
from graphkit.errors import InputError
from graphkit.graph.few_edges import FEW_EDGES, are_mirrored, have_mirrored_weights
from graphkit.graph.graph import Graph
from graphkit.graph.sorting import Arcs, first_overflow, sort_edges
from graphkit.kernels.cpu import bucket_sort, csr
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges

DUPLICATES = ("sum", "max", "first", "error")
SELF_LOOPS = ("keep", "drop")

RULES = {"sum": bucket_sort.SUM, "max": bucket_sort.MAX, "first": bucket_sort.FIRST}


class SumOverflowError(InputError):
    """The weights of a repeated edge add up to more than a float32 holds.

    Attributes
    ----------
    position
        The place, among the edges, of the one with which they do, counted from 0.
    """

    def __init__(self, ends: tuple[object, ...], position: int):
        self.position = position
        super().__init__(overflow_message(*ends))


def overflow_message(source: object, target: object) -> str:
    """Return what to say of an edge whose weights add up to more than a float32 holds."""
    return (
        f"the weights given for the edge between {source!r} and {target!r} add up to more than float32 "
        "holds, 3.4e38; divide all weights by some number"
    )


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
        Whether an undirected, weighted list named each edge as often in one direction as in the other,
        with the same merged weight; such a list is taken as it is, not doubled.
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
        For a repeated edge under ``duplicates="error"``, or one whose weights add up beyond float32.

    Examples
    --------
    >>> rows = np.array([0, 1, 1], np.int32), np.array([1, 0, 1], np.int32)
    >>> graph, report = build_graph(*rows, node_ids=np.array([7, 9]))
    >>> graph.num_edges, report.num_merged, report.num_self_loops
    (2, 1, 1)
    """
    if duplicates is not None:
        check_choice("duplicates", duplicates, DUPLICATES)
    check_choice("self_loops", self_loops, SELF_LOOPS)
    every = source, target, weights
    num_rows, num_self_loops = len(source), int(np.count_nonzero(source == target))
    if self_loops == "drop" and num_self_loops:
        kept = source != target
        source, target = source[kept], target[kept]
        weights = None if weights is None else weights[kept]

    given = None
    if weights is not None and not directed:
        given = _symmetric_arcs(source, target, weights, node_ids, duplicates)
    arcs = given or _merged_arcs(source, target, weights, node_ids, duplicates, symmetric=not directed)
    overflow = first_overflow(arcs)
    if overflow is not None:
        position = _overflowing(every, overflow, directed=directed)
        raise SumOverflowError(tuple(node_ids[list(overflow)].tolist()), position)
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
    if not _are_mirrored(source, target) or np.array_equal(source, target):
        return None
    arcs = _merged_arcs(source, target, weights, node_ids, duplicates, symmetric=False)
    indptr, indices, merged_weights = arcs
    assert merged_weights is not None
    if len(source) <= FEW_EDGES:
        return arcs if have_mirrored_weights(indptr, indices, merged_weights) else None
    num_threads = resolve_threads()
    weight_bits = merged_weights.view(np.uint32)
    balances = run_ranges(
        lambda start, stop: csr.arc_balance(indptr, indices, weight_bits, 0, start, stop),
        balanced_bounds(indptr, num_threads * RANGES_PER_THREAD),
        num_threads,
    )
    return None if _total(balances) else arcs


def _are_mirrored(source: Rows, target: Rows) -> bool:
    if len(source) <= FEW_EDGES:
        return are_mirrored(source, target)
    num_threads = resolve_threads()
    balances = run_ranges(
        lambda start, stop: csr.edge_balance(source, target, start, stop),
        even_bounds(len(source), num_threads),
        num_threads,
    )
    return _total(balances) == 0


def _total(balances: list[int]) -> int:
    return sum(map(int, balances)) % 2**64


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
    arcs, repeated = sort_edges(
        source,
        target,
        weights,
        len(node_ids),
        symmetric=symmetric,
        rule=RULES.get(duplicates or "sum", bucket_sort.FIRST),
        count_repeats=weights is None and duplicates == "sum",
    )
    if repeated is not None and duplicates == "error":
        ends = " and ".join(map(repr, node_ids[list(repeated)].tolist()))
        raise InputError(f"the edge between {ends} is given more than once (duplicates='error')")
    return arcs


def _overflowing(edges: tuple[Rows, Rows, Weights | None], arc: tuple[int, int], *, directed: bool) -> int:
    """The place of the edge with which the sum of an arc's weights goes beyond float32."""
    source, target, weights = edges
    assert weights is not None
    same = (source == arc[0]) & (target == arc[1])
    if not directed:
        same |= (source == arc[1]) & (target == arc[0])
    places = np.flatnonzero(same)
    with np.errstate(over="ignore"):
        sums = np.cumsum(weights[places], dtype=np.float64).astype(np.float32)
    return int(places[np.argmax(np.isinf(sums))])
