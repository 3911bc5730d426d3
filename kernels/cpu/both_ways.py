"""From rows of k weighted neighbours to a symmetric CSR graph: arcs of both directions, added.

Arrays: `neighbors` int32 and `weights` float32 [num_rows, k], no row among its own neighbours; the same arcs
turned round, by target: `turned_indptr` int64 [num_rows + 1], `sources` int32 and `turned_weights` float32
[num_rows * k], the sources of a target ascending.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.csr import find_arc


@njit(nogil=True, cache=True)
def count_sources(neighbors, counts):
    """counts[j] += the rows that have j as a neighbour; int64 [num_rows], **written**."""
    for row in range(len(neighbors)):
        for other in neighbors[row]:
            counts[other] += 1


@njit(nogil=True, cache=True)
def turn_arcs(neighbors, weights, cursor, sources, turned_weights):
    """Fill `sources` and `turned_weights`; `cursor` int64 [num_rows], where a target's begin, **written**."""
    for row in range(len(neighbors)):
        for place in range(neighbors.shape[1]):
            target = neighbors[row, place]
            slot = cursor[target]
            sources[slot], turned_weights[slot] = row, weights[row, place]
            cursor[target] = slot + 1


@njit(nogil=True, cache=True)
def count_both(neighbors, turned_indptr, sources, degree, start, stop):
    """degree[row] = the nodes that are neighbours in either direction; int64 [num_rows], **written**."""
    for row in range(start, stop):
        mutual = 0
        for other in neighbors[row]:
            mutual += find_arc(turned_indptr, sources, row, other) >= 0
        degree[row] = neighbors.shape[1] + turned_indptr[row + 1] - turned_indptr[row] - mutual


@njit(nogil=True, cache=True)
def merge_both(
    neighbors, weights, turned_indptr, sources, turned_weights, indptr, indices, arc_weights, start, stop
):
    """Fill rows `start` to `stop` of the graph: `indices` int32 and `arc_weights` float32, **written**."""
    for row in range(start, stop):
        order = np.argsort(neighbors[row])
        own, turned, last = 0, turned_indptr[row], turned_indptr[row + 1]
        for place in range(indptr[row], indptr[row + 1]):
            first = neighbors[row, order[own]] if own < len(order) else len(neighbors)
            second = sources[turned] if turned < last else len(neighbors)
            weight = np.float32(0)
            if first <= second:
                weight += weights[row, order[own]]
                own += 1
            if second <= first:
                weight += turned_weights[turned]
                turned += 1
            indices[place], arc_weights[place] = min(first, second), weight
