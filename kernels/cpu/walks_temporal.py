"""Temporal walks: along them the times of arcs never fall.

A walker stands on an arc. What follows an arc u -> v of time t is a piece of v's row, which is in the order
of time: from the first arc that is later on, a place found once for each arc. So a step is a read of that
place, one of the row's end, and one of the arc chosen; walkers go in groups, as in `walks_first_order`, so
that their cache misses overlap. Step s of walk k uses the words of (k, s // 2): neither the chunk, nor the
thread, nor the place in the group matters.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item_far

GROUP = 64
"""Walkers side by side."""

UNIFORM, LINEAR, EXPONENTIAL = range(3)
"""How the next arc is chosen."""

ENDED = -1
"""In place of an arc or a node: the walk is over."""


@njit(nogil=True, cache=True)
def are_timed_rows(indptr, indices, times, num_nodes, start, stop):
    """Whether rows `start` to `stop` lie in the arrays, lead to nodes and are in the order of time."""
    for row in range(start, stop):
        if not 0 <= indptr[row] <= indptr[row + 1] <= len(indices):
            return False
        for place in range(indptr[row], indptr[row + 1]):
            if not 0 <= indices[place] < num_nodes:
                return False
            if place > indptr[row] and not times[place - 1] <= times[place]:
                return False
    return True


@njit(nogil=True, cache=True)
def find_following(indptr, indices, times, equal, following, start, stop):
    """following[a] = the place in v's row of the first arc that may follow the arc a = (u -> v, t).

    `indptr` int64 [num_nodes + 1], `indices` int32 and `times` int64 or float64 [num_arcs], rows in the order
    of time; `equal`, whether an arc of the time t may follow; `following` int64 [num_arcs] is **written** for
    the arcs of rows `start` to `stop`: the row's end where no arc may.
    """
    for place in range(indptr[start], indptr[stop]):
        time, node = times[place], np.int64(indices[place])
        low, high = indptr[node], indptr[node + 1]
        while low < high:
            middle = (low + high) >> 1
            if times[middle] > time or (equal and times[middle] == time):
                high = middle
            else:
                low = middle + 1
        following[place] = low


@njit(nogil=True, cache=True)
def sum_decays(indptr, times, timescale, sums, start, stop):
    """sums[j] = sum over k >= j in j's row of exp(-(t_k - t_j) / timescale); float64, **written**."""
    for row in range(start, stop):
        total = 0.0
        for place in range(indptr[row + 1] - 1, indptr[row] - 1, -1):
            if place + 1 < indptr[row + 1]:
                total *= math.exp(-np.float64(times[place + 1] - times[place]) / timescale)
            total += 1.0
            sums[place] = total


@njit(nogil=True, cache=True)
def draw_arcs(num_arcs, seed, stream, numbers, arcs, start, stop):
    """arcs[i] = one of `num_arcs` arcs, all alike, by the first two words of (numbers[i], 0); **written**."""
    size = uint64(num_arcs)
    for i in range(start, stop):
        high, low, _, _ = draw(seed, numbers[i], 0, stream)
        arcs[i] = (uint64(high) * size + ((uint64(low) * size) >> uint64(32))) >> uint64(32)


@njit(nogil=True, cache=True)
def walk_temporal(
    indptr, indices, times, following, sums, rule, timescale, arcs, numbers, seed, stream, out, start, stop
):
    """Walks `start` to `stop`, the first arc of each being arcs[i], int64.

    Of the m arcs that may follow, in the order of time, rule `UNIFORM` takes each alike; `LINEAR`, the j-th
    in proportion to m + 1 - j; `EXPONENTIAL`, one of time t' in proportion to exp(-t' / timescale). `sums`
    as of `sum_decays`, read by the last only; `out` int32 [num_walks, walk_length] is **written**: nodes, -1
    behind the end.
    """
    words = np.empty((4, GROUP), np.uint32)
    current, node, place = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    length = out.shape[1]
    for begin in range(start, stop, GROUP):
        count = min(GROUP, stop - begin)
        for i in range(count):
            current[i] = arcs[begin + i]
            node[i] = np.int64(indices[current[i]])
            out[begin + i, 0] = np.searchsorted(indptr, current[i], side="right") - 1
            prefetch_item_far(following, current[i])
            prefetch_item_far(indptr, node[i] + 1)
            if length > 1:
                out[begin + i, 1] = node[i]
        for step in range(length - 2):
            if step & 1 == 0:
                for i in range(count):
                    w = draw(seed, numbers[begin + i], step >> 1, stream)
                    words[0, i], words[1, i], words[2, i], words[3, i] = w[0], w[1], w[2], w[3]
            turn = 2 * (step & 1)
            for i in range(count):
                place[i] = ENDED
                if current[i] != ENDED:
                    first, end = following[current[i]], indptr[node[i] + 1]
                    if first < end:
                        place[i] = first + _choose(
                            times, sums, rule, timescale, first, end, words[turn, i], words[turn + 1, i]
                        )
                        prefetch_item_far(indices, place[i])
                        prefetch_item_far(following, place[i])
            for i in range(count):
                current[i] = place[i]
                if place[i] == ENDED:
                    out[begin + i, step + 2] = ENDED
                else:
                    node[i] = np.int64(indices[place[i]])
                    out[begin + i, step + 2] = node[i]
                    prefetch_item_far(indptr, node[i] + 1)


@njit(inline="always")
def _choose(times, sums, rule, timescale, first, end, word, other):
    """Return which of the arcs from `first` to `end` comes next, counted from 0."""
    size = end - first
    if rule == UNIFORM:
        return np.int64(bounded(word, size))
    if rule == LINEAR:
        # The lower of two different numbers of 0 .. size: j is it with size - j others above.
        one, two = np.int64(bounded(word, size + 1)), np.int64(bounded(other, size))
        return min(one, two + np.int64(two >= one))
    share = np.float64(uint64(word) << uint64(21) | uint64(other) >> uint64(11)) / 2.0**53
    return _choose_decayed(times, sums, timescale, first, end, share * sums[first])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_decayed(times, sums, timescale, first, end, target):
    """The last arc from which on more than `target` of the mass lies: what is left falls along the row."""
    low, stride = np.int64(0), np.int64(1)
    # Most of the mass is near: strides that grow, then halves.
    while first + low + stride < end and _left(times, sums, timescale, first, low + stride) > target:
        low += stride
        stride *= 2
    high = min(low + stride, end - first)
    while high - low > 1:
        middle = (low + high) >> 1
        if _left(times, sums, timescale, first, middle) > target:
            low = middle
        else:
            high = middle
    return low


@njit(inline="always")
def _left(times, sums, timescale, first, offset):
    """The mass from an arc of the row on, in units of the first one's."""
    return math.exp(-np.float64(times[first + offset] - times[first]) / timescale) * sums[first + offset]
