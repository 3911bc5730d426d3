"""Core numbers by peeling: nodes of the lowest degree go first, and take their arcs with them.

Batagelj, Zaversnik, "An O(m) algorithm for cores decomposition of networks", 2003, keep the nodes sorted by
degree; here nodes of a level are found by a look at those that are left (as in ParK: Dasari, Desh, Zubair,
2014), which costs no more than the sum of all core numbers, read in order. So an arc costs one read at
random, of a degree that fits four times into the place of a sorted order, and it costs no branch.

The nodes are cut into parts. A part's thread changes the degrees of its own nodes only, and, rows being
sorted, reads only its own stretch of a row: no atomics, and no order of threads that could matter. A task is
one part's share of a round; a round looks for the nodes of the next level, or peels those found last.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphkit.kernels.cpu.prefetch import FLOATS_PER_LINE as ITEMS_PER_LINE
from graphkit.kernels.cpu.prefetch import prefetch_item
from graphkit.kernels.cpu.tickets import finish, take, wait_for

STATE = 4
"""What a part leaves of a round: the end of its queue, nodes left, the level, the lowest degree left."""

_END, _LEFT, _LEVEL, _LOWEST = 0, 1, 2, 3
_ROUNDS_KEPT = 3
_RING, _FAR, _NEAR = 16, 8, 4
"""Rows ahead whose offset, whose arcs, and whose neighbours' degrees are asked for."""
_ARCS, _ARCS_ASKED = 32, 128
"""Arcs of a row whose neighbours' degrees, and arcs that, are asked for ahead."""


@njit(nogil=True, cache=True)
def peel(counters, adjacencies, bounds, queue, left, state, numbers):
    """numbers[v] = the core number of v: the largest k of a subgraph with v in which all degrees are >= k.

    Called by at most as many threads as there are parts, with the same arguments. `counters` int64
    [NUM_COUNTERS], zeros; `adjacencies` a tuple of CSR pairs, `indptr` int64 [num_nodes + 1] and sorted
    `indices` int32 [num_arcs], through which a node that goes lowers the degrees of others; `bounds` int64
    [num_parts + 1] cuts the nodes. `numbers` int32 [num_nodes], the degrees at first, is **written**, as are
    `queue` int32 [num_nodes + num_parts], `left` int32 [num_nodes], at first 0, 1, 2, …, and `state` int64
    [3, num_parts, STATE] as of `first_state`. A loop counts for nothing if the degrees leave it out.
    """
    num_parts = len(bounds) - 1
    stretches = np.empty((_RING, 2), np.int64)
    while True:
        ticket = take(counters)
        turn, part = ticket // num_parts, ticket % num_parts
        wait_for(counters, turn * num_parts)
        before, last = state[(turn + 1) % _ROUNDS_KEPT], state[(turn + 2) % _ROUNDS_KEPT]
        found, gone, lowest = _tally(before, last, bounds)
        if gone == bounds[num_parts]:
            return
        mine = state[turn % _ROUNDS_KEPT, part]
        if found == 0:
            mine[_LEVEL] = max(last[0, _LEVEL] + 1, lowest)
            _collect(bounds[part], last[part], queue, left, numbers, mine)
        else:
            mine[_LEVEL], mine[_LOWEST], mine[_LEFT] = last[0, _LEVEL], 0, last[part, _LEFT]
            mine[_END] = last[part, _END]
            for indptr, indices in adjacencies:
                for other in range(num_parts):
                    begin, end = before[other, _END], last[other, _END]
                    own = bounds[part], bounds[part + 1]
                    _peel_rows(indptr, indices, queue, begin, end, *own, stretches, numbers, mine)
        finish(counters)


def first_state(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the state of all parts before the first round."""
    state = np.zeros((_ROUNDS_KEPT, len(bounds) - 1, STATE), np.int64)
    # A part's queue has a cell more than nodes: the place of what is written and not kept.
    state[:, :, _END] = bounds[:-1] + np.arange(len(bounds) - 1)
    state[:, :, _LEFT] = np.diff(bounds)
    state[:, :, _LEVEL] = -1
    return state


@njit(nogil=True, cache=True, _nrt=False)
def _tally(before, last, bounds):
    """Nodes found in the last round, nodes gone in all, and the lowest degree left; 0 if it is not known."""
    found, gone, lowest = 0, 0, last[0, _LOWEST]
    for part in range(len(last)):
        found += last[part, _END] - before[part, _END]
        gone += last[part, _END] - bounds[part] - part
        lowest = min(lowest, last[part, _LOWEST])
    return found, gone, lowest


@njit(nogil=True, cache=True, _nrt=False)
def _collect(first, last, queue, left, numbers, mine):
    """Queue the part's nodes of the level, and drop them and those below, which are gone, from `left`."""
    level, end, kept = np.int32(mine[_LEVEL]), last[_END], first
    lowest = np.int32(2**31 - 1)
    for place in range(first, first + last[_LEFT]):
        node = left[place]
        number = numbers[node]
        queue[end] = node
        end += number == level
        left[kept] = node
        kept += number > level
        lowest = min(lowest, number if number > level else lowest)
    mine[_END], mine[_LEFT] = end, kept - first
    mine[_LOWEST] = lowest


@njit(nogil=True, cache=True, _nrt=False)
def _peel_rows(indptr, indices, queue, begin, end, low, high, stretches, numbers, mine):
    """Lower the degrees of nodes `low` to `high` by the arcs of queue[begin:end]; queue those that fall to
    the level.

    Each row is asked for in three stages before it is needed: its offset, its arcs, the degrees that they
    lead to. `stretches` int64 [_RING, 2] holds which arcs of the rows in between are the part's own;
    **written**.
    """
    level, tail = np.int32(mine[_LEVEL]), mine[_END]
    for item in range(begin - _RING, end):
        if item + _RING < end:
            prefetch_item(indptr, queue[item + _RING])
        if begin <= item + _FAR < end:
            _prefetch_arcs(indptr, indices, queue[item + _FAR])
        if begin <= item + _NEAR < end:
            row = queue[item + _NEAR]
            place, stop = _stretch(indices, indptr[row], indptr[row + 1], low, high, len(numbers))
            stretches[(item + _NEAR) % _RING, 0], stretches[(item + _NEAR) % _RING, 1] = place, stop
            for ahead in range(place, min(place + _ARCS, stop)):
                prefetch_item(numbers, indices[ahead])
        if item >= begin:
            stop = stretches[item % _RING, 1]
            for arc in range(stretches[item % _RING, 0], stop):
                if arc + _ARCS < stop:
                    prefetch_item(numbers, indices[arc + _ARCS])
                node = indices[arc]
                number = numbers[node]
                numbers[node] = number - np.int32(number > level)
                queue[tail] = node
                tail += number == level + 1
    mine[_END] = tail


@njit(inline="always")
def _prefetch_arcs(indptr, indices, row):
    """Ask for the first cache lines of a row."""
    for place in range(indptr[row], min(indptr[row + 1], indptr[row] + _ARCS_ASKED), ITEMS_PER_LINE):
        prefetch_item(indices, place)


@njit(inline="always")
def _stretch(indices, place, stop, low, high, num_nodes):
    """The places of a row whose indices lie in low .. high."""
    if low > 0:
        place = _first_place(indices, place, stop, low)
    if high < num_nodes:
        stop = _first_place(indices, place, stop, high)
    return place, stop


@njit(inline="always")
def _first_place(indices, low, high, index):
    """The first place from `low` to `high` whose index is not below `index`."""
    while low < high:
        middle = (low + high) >> 1
        if indices[middle] < index:
            low = middle + 1
        else:
            high = middle
    return low
