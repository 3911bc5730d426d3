"""Sorted rows of few edges, by NumPy: the kernels take seconds to compile, and here they gain nothing.

The arcs, weights and repetitions are those of `graphkit.graph.sorting`, bit for bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Weights
from graphkit.kernels.cpu.bucket_sort import FIRST, MAX

FEW_EDGES = 1 << 9
"""Up to so many edges are sorted here, in no more time than the kernels take when they are there."""


def sort_few(
    source: Rows,
    target: Rows,
    weights: Weights | None,
    num_nodes: int,
    *,
    symmetric: bool,
    rule: int,
    count_repeats: bool,
) -> tuple[tuple[Indptr, Rows, Weights | None], tuple[int, int] | None]:
    """Sort edges by (source, target) and merge repeated ones; see `graphkit.graph.sorting.sort_edges`.

    Examples
    --------
    >>> rows = np.array([2, 0, 2], np.int32), np.array([1, 2, 1], np.int32)
    >>> (indptr, indices, _), repeated = sort_few(
    ...     *rows, None, 3, symmetric=False, rule=0, count_repeats=False
    ... )
    >>> indptr.tolist(), indices.tolist(), repeated
    ([0, 1, 1, 2], [2, 1], (2, 1))
    """
    rows, indices, edges = _arcs(source, target, symmetric)
    # Stable: equal arcs stay in the order of the edges.
    keys = _keys(rows, indices)
    order = np.argsort(keys, kind="stable")
    keys, rows, indices = keys[order], rows[order], indices[order]
    is_new = np.ones(len(rows), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    indptr = np.zeros(num_nodes + 1, np.int64)
    np.cumsum(np.bincount(rows[is_new], minlength=num_nodes), out=indptr[1:])
    merged = None
    if weights is not None or count_repeats:
        values = np.ones(len(rows)) if weights is None else weights[edges[order]].astype(np.float64)
        merged = _merged(values, is_new, rule)
    again = np.flatnonzero(~is_new)[:1]
    repeated = (int(rows[again[0]]), int(indices[again[0]])) if len(again) else None
    return (indptr, indices[is_new], merged), repeated


def are_mirrored(source: Rows, target: Rows) -> bool:
    """Whether each edge is there as often as its reverse."""
    there, back = _keys(source, target), _keys(target, source)
    return np.array_equal(np.sort(there), np.sort(back))


def have_mirrored_weights(indptr: Indptr, indices: Rows, weights: Weights) -> bool:
    """Whether each arc of sorted rows has a reverse of the same weight, to the last bit."""
    rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    keys, bits = _keys(indices, rows), weights.view(np.uint32)
    order = np.argsort(keys)
    return np.array_equal(keys[order], _keys(rows, indices)) and np.array_equal(bits[order], bits)


def _keys(high: Rows, low: Rows) -> NDArray[np.int64]:
    return high.astype(np.int64) << 32 | low


def _arcs(source: Rows, target: Rows, symmetric: bool) -> tuple[Rows, Rows, NDArray[np.int64]]:
    """Row and index of each arc, and its edge, in the order of the edges; both directions if `symmetric`."""
    edges = np.arange(len(source))
    if not symmetric:
        return source, target, edges
    held = np.ones(2 * len(source), np.bool_)
    held[1::2] = source != target
    rows, indices = np.stack([source, target], axis=1), np.stack([target, source], axis=1)
    return rows.ravel()[held], indices.ravel()[held], np.repeat(edges, 2)[held]


def _merged(values: NDArray[np.float64], is_new: NDArray[np.bool_], rule: int) -> Weights:
    """One weight for each run of equal arcs, sums in the order of the edges."""
    starts = np.flatnonzero(is_new)
    with np.errstate(over="ignore"):
        if rule == FIRST or not len(starts):
            return values[starts].astype(np.float32)
        if rule == MAX:
            return np.maximum.reduceat(values, starts).astype(np.float32)
        # Added one after the other; NumPy's other sums are in pairs, with other last bits.
        return np.bincount(np.cumsum(is_new) - 1, values).astype(np.float32)
