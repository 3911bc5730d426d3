"""The s-core numbers of a weighted graph: peeling by strength, the weakest node first.

Batagelj, Zaversnik, "Generalized cores", 2002, for the sum of weights; Eidsaa, Almaas, "s-core network
decomposition", 2013. The nodes stand in a binary heap by their strength in what is left; a node that goes
lowers its neighbours' strengths, and they rise in the heap. O(num_arcs * log(num_nodes)).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_GONE = -1
"""In place of a place in the heap."""


@njit(nogil=True, cache=True, _nrt=False)
def peel_strengths(adjacencies, strengths, heap, places, numbers):
    """numbers[v] = the largest s of a subgraph with v in which all strengths are >= s.

    `adjacencies` a tuple of CSR triples, `indptr` int64 [num_nodes + 1], `indices` int32 and `weights`
    float32 [num_arcs], through which a node that goes lowers the strengths of others. `strengths` float64
    [num_nodes], loops left out, is **written**: what is left of them. `heap`, at first 0, 1, 2, …, and
    `places` int32 [num_nodes] and `numbers` float64 [num_nodes] are **written**.
    """
    size = len(heap)
    for place in range(size):
        places[place] = place
    for place in range(size // 2 - 1, -1, -1):
        _sink(strengths, heap, places, place, size)
    level = 0.0
    while size > 0:
        node = heap[0]
        level = max(level, strengths[node])
        numbers[node] = level
        size -= 1
        heap[0] = heap[size]
        places[heap[0]] = 0
        places[node] = _GONE
        _sink(strengths, heap, places, 0, size)
        for indptr, indices, weights in adjacencies:
            for arc in range(indptr[node], indptr[node + 1]):
                other = indices[arc]
                if places[other] != _GONE:
                    strengths[other] -= np.float64(weights[arc])
                    _rise(strengths, heap, places, places[other])


@njit(inline="always")
def _rise(strengths, heap, places, place):
    """Exchange the node at `place` with its parents until none of them is stronger."""
    node = heap[place]
    while place > 0 and strengths[heap[(place - 1) >> 1]] > strengths[node]:
        _put(heap, places, place, heap[(place - 1) >> 1])
        place = (place - 1) >> 1
    _put(heap, places, place, node)


@njit(nogil=True, cache=True, _nrt=False)
def _sink(strengths, heap, places, place, size):
    """Exchange the node at `place` with its weaker child until none of them is weaker."""
    if place >= size:
        return
    node = heap[place]
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and strengths[heap[child + 1]] < strengths[heap[child]]:
            child += 1
        if strengths[heap[child]] >= strengths[node]:
            break
        _put(heap, places, place, heap[child])
        place = child
    _put(heap, places, place, node)


@njit(inline="always")
def _put(heap, places, place, node):
    heap[place] = node
    places[node] = place
