"""Edges → sorted rows without repetitions: the kernels `partition` and `bucket_sort`, on threads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Weights
from graphkit.graph.few_edges import FEW_EDGES, sort_few
from graphkit.kernels.cpu import bucket_sort, partition
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges

Arcs = tuple[Indptr, Rows, Weights | None]

_ARCS_PER_BUCKET = 1 << 15
"""A smaller bucket would gain nothing: this one fits into the cache together with its sorted copy."""

_MAX_BUCKETS = 256
"""With more of them, partitioning would write to more places at a time than the cache holds."""


def sort_edges(
    source: Rows,
    target: Rows,
    weights: Weights | None,
    num_nodes: int,
    *,
    symmetric: bool,
    rule: int,
    count_repeats: bool = False,
    shift: int | None = None,
    num_threads: int | None = None,
) -> tuple[Arcs, tuple[int, int] | None]:
    """Sort edges by (source, target) and merge repeated ones.

    Parameters
    ----------
    source, target
        Rows 0 .. num_nodes - 1, int32 [num_edges].
    weights
        float32 [num_edges] or None.
    num_nodes
        0 .. 2**31 - 1.
    symmetric
        Whether each edge is an arc in both directions (a self-loop one).
    rule
        What merging does to weights, in the order of the edges: SUM, MAX or FIRST of ``bucket_sort``.
    count_repeats
        Without weights, under SUM: whether the number of repetitions becomes the weight.
    shift
        0 .. 16: buckets are ``2**shift`` rows wide; None for a width of its own choice, and no buckets for
        few edges. A matter of speed.
    num_threads
        Threads to use; None for all cores.

    Returns
    -------
    indptr, indices, weights
        int64 [num_nodes + 1]; int32 and float32 [num_arcs].
    repeated
        (row, index) of the lowest arc that was merged, or None.

    Notes
    -----
    O(num_edges + num_nodes) time. Takes 6 bytes an arc beside the edges (10 with weights), and as much
    again for the largest bucket of each thread.

    Examples
    --------
    >>> rows = np.array([2, 0, 2], np.int32), np.array([1, 2, 1], np.int32)
    >>> (indptr, indices, _), repeated = sort_edges(*rows, None, 3, symmetric=False, rule=0)
    >>> indptr.tolist(), indices.tolist(), repeated
    ([0, 1, 1, 2], [2, 1], (2, 1))
    """
    if shift is None and len(source) <= FEW_EDGES:
        return sort_few(
            source, target, weights, num_nodes, symmetric=symmetric, rule=rule, count_repeats=count_repeats
        )
    if shift is None:
        shift = _bucket_shift(num_nodes, len(source) * (2 if symmetric else 1))
    threads = resolve_threads(num_threads)
    buckets = partition_edges(
        source, target, weights, num_nodes, shift, symmetric=symmetric, num_threads=threads
    )
    return merge_buckets(
        buckets, num_nodes, num_nodes, rule, count_repeats=count_repeats, num_threads=threads
    )


@dataclass(frozen=True)
class Buckets:
    """Arcs by bucket of ``2**shift`` rows, within a bucket in the order of the edges.

    Attributes
    ----------
    shift
        0 .. 16.
    offsets
        Where the arcs of each bucket begin, int64 [num_buckets + 1].
    local_rows
        The low `shift` bits of each arc's row, uint16 [num_arcs].
    indices, weights
        int32 and float32 [num_arcs].
    """

    shift: int
    offsets: Indptr
    local_rows: NDArray[np.uint16]
    indices: Rows
    weights: Weights | None


def merge_buckets(
    buckets: Buckets,
    num_rows: int,
    num_columns: int,
    rule: int,
    *,
    count_repeats: bool = False,
    num_threads: int | None = None,
) -> tuple[Arcs, tuple[int, int] | None]:
    """Sort the arcs of buckets, which are used up, and merge repeated ones; see `sort_edges`.

    Parameters
    ----------
    buckets
        The arcs of `num_rows` rows, to indices below `num_columns`.
    num_rows, num_columns
        0 .. 2**31 - 1.
    rule, count_repeats, num_threads
        As for `sort_edges`.
    """
    indices = buckets.indices
    merged_weights = np.empty(len(indices), np.float32) if count_repeats else buckets.weights
    indptr = np.zeros(num_rows + 1, np.int64)
    repeated = _sort_and_merge(
        buckets, rule, indptr[1:], merged_weights, num_columns, resolve_threads(num_threads)
    )
    np.cumsum(indptr, out=indptr)
    for values in (indices, merged_weights):
        if values is not None and len(values) > indptr[-1]:
            bucket_sort.close_gaps(buckets.offsets, indptr, buckets.shift, values)
            # In place: a copy would double the memory.
            values.resize(indptr[-1], refcheck=False)
    return (indptr, indices, merged_weights), repeated


def first_overflow(arcs: Arcs) -> tuple[int, int] | None:
    """Return (row, index) of the first arc whose summed weight is beyond float32, or None.

    Examples
    --------
    >>> rows = np.array([0, 0], np.int32), np.array([1, 1], np.int32), np.array([3e38, 1e38], np.float32)
    >>> first_overflow(sort_edges(*rows, 2, symmetric=True, rule=0)[0])
    (0, 1)
    """
    indptr, indices, weights = arcs
    if weights is None or np.isfinite(weights).all():
        return None
    place = int(np.argmax(np.isinf(weights)))
    return int(np.searchsorted(indptr, place, side="right")) - 1, int(indices[place])


def _bucket_shift(num_nodes: int, num_arcs: int) -> int:
    num_buckets = min(_MAX_BUCKETS, max(1, num_arcs // _ARCS_PER_BUCKET))
    return min(partition.MAX_SHIFT, (max(0, num_nodes - 1) // num_buckets).bit_length())


def partition_edges(
    source: Rows,
    target: Rows,
    weights: Weights | None,
    num_nodes: int,
    shift: int,
    *,
    symmetric: bool,
    num_threads: int | None = None,
) -> Buckets:
    """Put the arcs of edges into buckets of ``2**shift`` rows; see `sort_edges`."""
    num_threads = resolve_threads(num_threads)
    bounds = even_bounds(len(source), num_threads)
    counts = np.zeros((len(bounds) - 1, ((num_nodes - 1) >> shift) + 1), np.int64)
    run_ranges(
        lambda start, stop: partition.count_arcs(
            source, target, symmetric, shift, counts[bounds.index(start)], start, stop
        ),
        bounds,
        num_threads,
    )
    offsets = np.concatenate([[0], np.cumsum(counts.sum(axis=0))])
    # In each bucket, the arcs of a range follow those of the ranges before it.
    cursors = offsets[:-1] + np.cumsum(counts, axis=0) - counts
    local_rows, indices = np.empty(offsets[-1], np.uint16), np.empty(offsets[-1], np.int32)
    arc_weights = None if weights is None else np.empty(offsets[-1], np.float32)
    run_ranges(
        lambda start, stop: partition.partition_arcs(
            *(source, target, weights, symmetric, shift, cursors[bounds.index(start)]),
            *(local_rows, indices, arc_weights, start, stop),
        ),
        bounds,
        num_threads,
    )
    return Buckets(shift, offsets, local_rows, indices, arc_weights)


def _sort_and_merge(
    buckets: Buckets,
    rule: int,
    degrees: NDArray[np.int64],
    merged_weights: Weights | None,
    num_columns: int,
    num_threads: int,
) -> tuple[int, int] | None:
    """Leave the merged arcs at the front of each bucket; return the lowest repeated arc."""
    index_bits = max(0, num_columns - 1).bit_length()
    repeated: list[tuple[int, int]] = run_ranges(
        lambda start, stop: bucket_sort.sort_buckets(
            *(buckets.offsets, buckets.local_rows, buckets.indices, buckets.weights),
            *(index_bits, buckets.shift, rule, degrees, merged_weights, start, stop),
        ),
        balanced_bounds(buckets.offsets, num_threads * RANGES_PER_THREAD),
        num_threads,
    )
    return next((arc for arc in repeated if arc[0] >= 0), None)
