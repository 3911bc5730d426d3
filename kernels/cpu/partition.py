"""Edges to arcs, partitioned by row into buckets that fit into the cache.

A bucket is ``2**shift`` rows. Arrays: `source`, `target` int32 [num_edges]; `weights` float32 [num_edges]
or None; `local_rows` uint16 [num_arcs], the low `shift` bits of an arc's row; `indices` int32 [num_arcs];
`arc_weights` float32 [num_arcs] or None.
"""

from __future__ import annotations

from numba import njit

MAX_SHIFT = 16
"""Local rows are uint16."""


@njit(nogil=True, cache=True)
def count_arcs(source, target, symmetric, shift, counts, start, stop):
    """counts[b] += arcs of bucket b, of edges `start` to `stop`; int64 [num_buckets], **written**.

    With `symmetric` each edge is two arcs, a self-loop one.
    """
    for edge in range(start, stop):
        u, v = source[edge], target[edge]
        counts[u >> shift] += 1
        if symmetric and u != v:
            counts[v >> shift] += 1


@njit(nogil=True, cache=True)
def partition_arcs(
    source, target, weights, symmetric, shift, cursor, local_rows, indices, arc_weights, start, stop
):
    """Put the arcs of edges `start` to `stop` into their buckets, in the order of the edges.

    `cursor` int64 [num_buckets] is where this range's arcs of each bucket begin; it, `local_rows`,
    `indices` and `arc_weights` are **written**. Ranges with their own cursors run side by side.
    """
    mask = (1 << shift) - 1
    for edge in range(start, stop):
        u, v = source[edge], target[edge]
        place = cursor[u >> shift]
        cursor[u >> shift] = place + 1
        local_rows[place] = u & mask
        indices[place] = v
        if weights is not None:
            arc_weights[place] = weights[edge]
        if symmetric and u != v:
            place = cursor[v >> shift]
            cursor[v >> shift] = place + 1
            local_rows[place] = v & mask
            indices[place] = u
            if weights is not None:
                arc_weights[place] = weights[edge]
