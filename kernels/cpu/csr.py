"""Questions to arcs in sorted CSR rows: is this one there, are both directions?

Arrays: `indptr` int64 [num_nodes + 1]; `indices` int32 [num_arcs]; `source`, `target` int32 [num_edges].
"""

from __future__ import annotations

import numpy as np
from numba import njit


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
def find_fault(indptr, indices, weights, start, stop, num_nodes):
    """Return the first of the rows `start` to `stop` that is none of a graph of `num_nodes`, or -1.

    Its neighbours must be rows in ascending order, and its weights, float32 [num_arcs] or None, finite and
    > 0. `indptr` must be ascending from >= 0 to at most num_arcs: it is looked at first, by whoever calls.
    """
    for row in range(start, stop):
        before = np.int64(-1)
        for place in range(indptr[row], indptr[row + 1]):
            here = np.int64(indices[place])
            if here <= before or here >= num_nodes:
                return row
            if weights is not None and not 0 < weights[place] < np.inf:
                return row
            before = here
    return -1


@njit(nogil=True, cache=True)
def find_mirrors(indptr, indices, mirror, start, stop):
    """mirror[i] = the place of the reverse of arc i, or -1, for the arcs of rows `start` to `stop`.

    `mirror` int64 [num_arcs] is **written**.
    """
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            mirror[place] = find_arc(indptr, indices, indices[place], row)


@njit(nogil=True, cache=True)
def contains_arcs(indptr, indices, source, target, found, start, stop):
    """found[i] = whether arc (source[i], target[i]) is stored, for i in start .. stop; **written**."""
    for arc in range(start, stop):
        found[arc] = find_arc(indptr, indices, source[arc], target[arc]) >= 0


@njit(nogil=True, cache=True)
def count_loops(indptr, indices, start, stop):
    """Return the number of rows from `start` to `stop` that hold an arc to themselves."""
    loops = 0
    for row in range(start, stop):
        loops += find_arc(indptr, indices, row, row) >= 0
    return loops


@njit(nogil=True, cache=True)
def edge_balance(source, target, start, stop):
    """Sum of h(u, v) - h(v, u) over edges `start` to `stop`; uint64, h being a hash.

    Over all edges it is 0 if each edge is there as often as its reverse; else with probability 2**-64.
    """
    balance = np.uint64(0)
    for edge in range(start, stop):
        balance += _hashed(source[edge], target[edge]) - _hashed(target[edge], source[edge])
    return balance


@njit(nogil=True, cache=True)
def arc_balance(indptr, indices, weight_bits, first_row, start, stop):
    """Sum of h(u, v, w) - h(v, u, w) over the arcs of rows `start` to `stop`; see `edge_balance`.

    `weight_bits` uint32 [num_arcs]: each weight's representation; row i of `indptr` is `first_row` + i.
    """
    balance = np.uint64(0)
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            bits = np.uint64(weight_bits[place])
            balance += _mixed(_hashed(first_row + row, indices[place]) + bits)
            balance -= _mixed(_hashed(indices[place], first_row + row) + bits)
    return balance


@njit(inline="always")
def _hashed(high, low):
    return _mixed(np.uint64(high) << np.uint64(32) | np.uint64(low))


@njit(inline="always")
def _mixed(key):
    """Stafford's mix 13 of the 64-bit finalizer: every input bit reaches every output bit."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))
