"""ChangingRows: the arcs of an undirected graph whose edges come and go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Mask, NodeIds, Rows, Weights
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu import row_pool

_LEAST_ROOM = 4

ROW_BYTES = 24
"""Of a row: where it begins, its arcs, its room."""


class ChangingRows:
    """Sorted rows in one pool: an edge is found in O(log degree), set or removed in O(degree).

    A row that is full moves to the end of the pool, with twice the room; when the pool is full, all move to
    one of twice the size.

    Parameters
    ----------
    indptr, indices, weights
        Both arcs of each edge, no loops, as `Graph` has them; not copied until something changes, except
        weights, which are.

    Attributes
    ----------
    arrays : tuple
        What the kernels take: begin, count, targets, weights; see `graphkit.kernels.cpu.row_pool`.
    """

    def __init__(self, indptr: Indptr, indices: Rows, weights: Weights | None):
        self._begin = indptr[:-1].copy()
        self._count = np.diff(indptr)
        self._capacity = self._count.copy()
        self._targets = indices.copy()
        self._weights = None if weights is None else weights.copy()
        self._end = len(indices)

    @classmethod
    def empty(cls, num_rows: int, *, weighted: bool) -> ChangingRows:
        """Return rows without arcs."""
        weights = np.empty(0, np.float32) if weighted else None
        return cls(np.zeros(num_rows + 1, np.int64), np.empty(0, np.int32), weights)

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the kernels take; anew after every change."""
        return self._begin, self._count, self._targets, self._weights

    @property
    def num_edges(self) -> int:
        """Number of edges."""
        return int(self._count.sum()) // 2

    def has_edges(self, source: Rows, target: Rows) -> Mask:
        """Return which edges are there, bool [num_edges]."""
        return self._places(source, target) >= 0

    def weights_of(self, source: Rows, target: Rows) -> Weights | None:
        """Return the weights of edges that are there, float32 [num_edges]; None without weights."""
        return None if self._weights is None else self._weights[self._places(source, target)]

    def set_edges(self, source: Rows, target: Rows, weights: Weights | None) -> None:
        """Insert edges, or give those that are there other weights; no loops."""
        self._make_room(source, target)
        row_pool.set_edges(*self.arrays, source, target, weights)

    def remove_edges(self, source: Rows, target: Rows) -> None:
        """Remove edges; those that are not there do no harm."""
        row_pool.remove_edges(*self.arrays, source, target)

    def to_graph(self, node_ids: NodeIds) -> Graph:
        """Return the edges as a graph."""
        indptr = np.concatenate([[0], np.cumsum(self._count)])
        indices = np.empty(indptr[-1], np.int32)
        weights = None if self._weights is None else np.empty(indptr[-1], np.float32)
        row_pool.collect_rows(*self.arrays, indptr, indices, weights, 0, len(self._count))
        return Graph(indptr, indices, weights, node_ids)

    def _places(self, source: Rows, target: Rows) -> NDArray[np.int64]:
        places = np.empty(len(source), np.int64)
        row_pool.find_edges(*self.arrays[:3], source, target, places, 0, len(places))
        return places

    def _make_room(self, source: Rows, target: Rows) -> None:
        """See to it that both arcs of edges that may all be new have a place."""
        needed = self._count.copy()
        for ends in (source, target):
            needed += np.bincount(ends, minlength=len(needed))
        full = np.flatnonzero(needed > self._capacity)
        if not len(full):
            return
        room = np.maximum(_LEAST_ROOM, 2 * needed[full])
        self._capacity[full] = room
        if self._end + int(room.sum()) > len(self._targets):
            full = np.arange(len(needed))
            self._end = 0
            targets = np.empty(2 * int(self._capacity.sum()), np.int32)
            weights = None if self._weights is None else np.empty(len(targets), np.float32)
        else:
            targets, weights = self._targets, self._weights
        ends = self._end + np.cumsum(self._capacity[full])
        row_pool.move_rows(*self.arrays, full, ends - self._capacity[full], targets, weights)
        self._targets, self._weights, self._end = targets, weights, int(ends[-1])
