"""From a list of edges to sorted, merged CSR rows.

Four steps: count, scatter by target, transpose (which sorts: rows are filled in the order of their
indices), merge repeated arcs. Arrays: `source`, `target` int32
[num_edges]; `weights` float32 [num_edges] or None; `indptr` int64 [num_nodes + 1]; `indices` int32
[num_arcs]; `arc_weights` float32 [num_arcs] or None.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SUM, MAX, FIRST = 0, 1, 2


@njit(nogil=True, cache=True)
def count_arcs(source, target, symmetric, counts, start, stop):
    """counts[u] += 1 for each arc leaving u, of edges `start` to `stop`; int64 [num_nodes], **written**.

    With `symmetric` each edge is two arcs, a self-loop one.
    """
    for edge in range(start, stop):
        u, v = source[edge], target[edge]
        counts[u] += 1
        if symmetric and u != v:
            counts[v] += 1


@njit(nogil=True, cache=True)
def scatter_arcs(source, target, weights, symmetric, cursor, indices, arc_weights, start, stop):
    """Put the arcs of edges `start` to `stop` into their rows, in the order of the edges.

    `cursor` int64 [num_nodes] is where this range's arcs of each row begin; it, `indices` and
    `arc_weights` are **written**. Ranges with their own cursors run side by side.
    """
    for edge in range(start, stop):
        u, v = source[edge], target[edge]
        place = cursor[u]
        cursor[u] = place + 1
        indices[place] = v
        if weights is not None:
            arc_weights[place] = weights[edge]
        if symmetric and u != v:
            place = cursor[v]
            cursor[v] = place + 1
            indices[place] = u
            if weights is not None:
                arc_weights[place] = weights[edge]


@njit(nogil=True, cache=True)
def count_indices(indptr, indices, counts, start, stop):
    """counts[v] += 1 for each arc to v, of rows `start` to `stop`; int64 [num_nodes], **written**."""
    for place in range(indptr[start], indptr[stop]):
        counts[indices[place]] += 1


@njit(nogil=True, cache=True)
def transpose(indptr, indices, arc_weights, cursor, new_indices, new_weights, start, stop):
    """Put arc (v, u) for each arc (u, v) of rows `start` to `stop`: the new rows are sorted by index.

    Equal arcs keep their order. `cursor` as for `scatter_arcs`; it, `new_indices` and `new_weights` are
    **written**.
    """
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            new_row = indices[place]
            new_place = cursor[new_row]
            cursor[new_row] = new_place + 1
            new_indices[new_place] = row
            if arc_weights is not None:
                new_weights[new_place] = arc_weights[place]


@njit(nogil=True, cache=True)
def count_distinct(indptr, indices, counts, start, stop):
    """counts[row] = number of distinct indices of sorted rows `start` to `stop`; int64, **written**."""
    for row in range(start, stop):
        distinct = 0
        for place in range(indptr[row], indptr[row + 1]):
            if place == indptr[row] or indices[place] != indices[place - 1]:
                distinct += 1
        counts[row] = distinct


@njit(nogil=True, cache=True)
def merge_rows(indptr, indices, arc_weights, rule, new_indptr, new_indices, new_weights, start, stop):
    """Merge runs of equal indices in sorted rows `start` to `stop`; the new arrays are **written**.

    `rule` is SUM, MAX or FIRST. Without `arc_weights`, `new_weights` (if not None) receives the
    length of each run. Sums are float64.
    """
    for row in range(start, stop):
        out = new_indptr[row]
        place, end = indptr[row], indptr[row + 1]
        while place < end:
            index = indices[place]
            value = 0.0
            first = place
            while place < end and indices[place] == index:
                weight = np.float64(1.0)
                if arc_weights is not None:
                    weight = np.float64(arc_weights[place])
                if place == first or (rule == MAX and weight > value):
                    value = weight
                elif rule == SUM:
                    value += weight
                place += 1
            new_indices[out] = index
            if new_weights is not None:
                new_weights[out] = value
            out += 1


@njit(nogil=True, cache=True)
def find_arc(indptr, indices, row, index):
    """Return the place of arc (row, index) among the sorted arcs, or -1."""
    low, high = indptr[row], indptr[row + 1]
    while low < high:
        middle = (low + high) >> 1
        if indices[middle] < index:
            low = middle + 1
        else:
            high = middle
    if low < indptr[row + 1] and indices[low] == index:
        return low
    return -1


@njit(nogil=True, cache=True)
def contains_arcs(indptr, indices, source, target, found, start, stop):
    """found[i] = whether arc (source[i], target[i]) is stored, for i in start .. stop; **written**."""
    for arc in range(start, stop):
        found[arc] = find_arc(indptr, indices, source[arc], target[arc]) >= 0


@njit(nogil=True, cache=True)
def is_symmetric(indptr, indices, arc_weights, start, stop):
    """Whether each arc of rows `start` to `stop` has its reverse, of equal weight, among all arcs."""
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            reverse = find_arc(indptr, indices, indices[place], row)
            if reverse < 0:
                return False
            if arc_weights is not None and arc_weights[reverse] != arc_weights[place]:
                return False
    return True
