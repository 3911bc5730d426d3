"""EdgeRows: edges as sorted rows, of one graph or of many side by side, made in microseconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.graph.graph import MAX_NODES, Graph
from graphkit.kernels.cpu.edge_order import is_mirrored, merge_repeats, order_edges

_ROUNDING = 1e-5
"""Up to this relative difference the weights of both directions are one weight, as where graphs are read."""


@dataclass(frozen=True)
class EdgeRows:
    """A matrix of weights as sorted rows without repetitions.

    Attributes
    ----------
    indptr : int64 [num_nodes + 1]
    indices : int32 [num_arcs]
    weights : float64 [num_arcs], or None
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float64] | None

    @property
    def num_nodes(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Sum of the weights of each row, float64 [num_nodes]; without weights, its length."""
        degree = np.diff(self.indptr)
        if self.weights is None:
            return degree.astype(np.float64)
        rows = np.repeat(np.arange(self.num_nodes), degree)
        sums: NDArray[np.float64] = np.bincount(rows, self.weights, self.num_nodes).astype(
            np.float64, copy=False
        )
        return sums

    @cached_property
    def is_symmetric(self) -> bool:
        """Whether each arc is there in both directions, with one weight."""
        return bool(is_mirrored(self.indptr, self.indices, self.weights, _ROUNDING))

    def with_loops_at_ends(self) -> EdgeRows:
        """Return the same rows, those that are empty holding an arc to themselves."""
        empty = np.flatnonzero(np.diff(self.indptr) == 0)
        if not len(empty):
            return self
        places = self.indptr[empty]
        weights = None if self.weights is None else np.insert(self.weights, places, 1.0)
        indptr = self.indptr + np.searchsorted(empty, np.arange(self.num_nodes + 1))
        return EdgeRows(indptr, np.insert(self.indices, places, empty).astype(np.int32), weights)

    def without_loops(self) -> EdgeRows:
        """Return the same rows without arcs to themselves."""
        rows = np.repeat(np.arange(self.num_nodes), np.diff(self.indptr))
        others = self.indices != rows
        if others.all():
            return self
        indptr = np.append(0, np.cumsum(np.bincount(rows[others], minlength=self.num_nodes)))
        return EdgeRows(indptr, self.indices[others], None if self.weights is None else self.weights[others])

    def to_graph(self) -> Graph:
        """Return a `Graph` of these rows, weights in float32."""
        weights = None if self.weights is None else self.weights.astype(np.float32)
        return Graph(self.indptr, self.indices, weights, directed=not self.is_symmetric)


def edge_rows(edges: NDArray[np.int64], weights: NDArray[np.floating] | None, num_nodes: int) -> EdgeRows:
    """Return the rows of an ``edge_index``.

    Parameters
    ----------
    edges
        Sources and targets, int64 [2, num_edges].
    weights
        Finite numbers > 0, [num_edges], or None. Those of repeated edges are added; without weights a
        repeated edge is the same edge again.
    num_nodes
        Rows.

    Raises
    ------
    InputError
        For an end that is no node, or a weight that is not a finite number > 0.

    Examples
    --------
    >>> rows = edge_rows(np.array([[0, 0, 1], [1, 1, 0]]), np.array([1.0, 2.0, 3.0]), 2)
    >>> rows.weights.tolist(), rows.is_symmetric
    ([3.0, 3.0], True)
    """
    indptr, indices, order = ordered_edges(edges, num_nodes)
    if weights is not None:
        weights = checked_weights(weights, edges.shape[1])
    sums = None if weights is None else np.empty(len(weights))
    count = merge_repeats(indptr, indices, order, weights, sums)
    return EdgeRows(indptr, indices[:count], None if sums is None else sums[:count])


def ordered_edges(
    edges: NDArray[np.int64], num_nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return (indptr, targets, which edge each one is) of edges sorted by source, then target, none merged.

    Raises
    ------
    InputError
        For an end that is no node.
    """
    if num_nodes > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, got {num_nodes:,}")
    num_edges = edges.shape[1]
    indptr = np.empty(num_nodes + 1, np.int64)
    indices, order = np.empty(num_edges, np.int32), np.empty(num_edges, np.int64)
    source, target = (np.ascontiguousarray(ends) for ends in edges)
    fault = order_edges(source, target, indptr, indices, order)
    if fault >= 0:
        raise InputError(
            f"edge {fault} leads from {source[fault]} to {target[fault]}, but nodes are 0 to "
            f"{num_nodes - 1}; set num_nodes, or mend edge_index"
        )
    return indptr, indices, order


def checked_weights(weights: NDArray[np.floating], num_edges: int) -> NDArray[np.float64]:
    """Return weights as float64 [num_edges], or raise `InputError` for others than finite numbers > 0."""
    found = np.asarray(weights, np.float64).reshape(-1)
    if len(found) != num_edges:
        raise InputError(f"{num_edges} edges but {len(found)} in edge_weight; give one weight an edge")
    wrong = ~((found > 0) & (found < np.inf))
    if wrong.any():
        edge = int(wrong.argmax())
        raise InputError(
            f"edge_weight of edge {edge} is {found[edge]:g}; weights must be finite and > 0; leave "
            "the edge out"
        )
    return found
