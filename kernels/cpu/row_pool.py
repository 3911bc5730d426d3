"""Rows of a graph that changes: sorted, each with room to grow, in one pool.

Arrays: `begin` and `capacity` int64 [num_rows], the place of a row in the pool and how many arcs it has room
for; `count` int64 [num_rows], how many it has; `targets` int32 [pool], ascending within a row; `weights`
float32 [pool], or None. What stands in a row depends on its arcs, never on the order in which they came.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def find_slot(begin, count, targets, row, target):
    """Return the place of arc (row, target), or where it belongs as -1 - place if it is not there."""
    low = begin[row]
    high = low + count[row]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if targets[middle] < target:
            low = middle + 1
        else:
            high = middle
    if low < end and targets[low] == target:
        return low
    return -1 - low


@njit(nogil=True, cache=True)
def find_edges(begin, count, targets, sources, dests, places, start, stop):
    """places[i] = the place of arc (sources[i], dests[i]), negative if there is none; int64, **written**."""
    for i in range(start, stop):
        places[i] = find_slot(begin, count, targets, sources[i], dests[i])


@njit(nogil=True, cache=True)
def move_rows(begin, count, old_targets, old_weights, rows, places, targets, weights):
    """Copy the arcs of each of `rows` from the old pool to `places` of the new one, and set its `begin`.

    `rows`, `places` int64 [num_moved]; both pools may be the same. `begin`, `targets`, `weights` are
    **written**.
    """
    for i in range(len(rows)):
        row = rows[i]
        first, place = begin[row], places[i]
        for k in range(count[row]):
            targets[place + k] = old_targets[first + k]
            if weights is not None:
                weights[place + k] = old_weights[first + k]
        begin[row] = place


@njit(nogil=True, cache=True)
def set_edges(begin, count, targets, weights, sources, dests, values):
    """Insert both arcs of each edge, or give an edge that is there its new weight.

    `sources`, `dests` int32 and `values` float32 [num_edges], or None; the rows have room. `count`,
    `targets`, `weights` are **written**.
    """
    for i in range(len(sources)):
        for side in range(2):
            row, target = (sources[i], dests[i]) if side == 0 else (dests[i], sources[i])
            slot = find_slot(begin, count, targets, row, target)
            if slot < 0:
                slot = -1 - slot
                for place in range(begin[row] + count[row], slot, -1):
                    targets[place] = targets[place - 1]
                    if weights is not None:
                        weights[place] = weights[place - 1]
                targets[slot] = target
                count[row] += 1
            if weights is not None:
                weights[slot] = values[i]


@njit(nogil=True, cache=True)
def remove_edges(begin, count, targets, weights, sources, dests):
    """Remove both arcs of each edge that is there; `count`, `targets`, `weights` are **written**."""
    for i in range(len(sources)):
        for side in range(2):
            row, target = (sources[i], dests[i]) if side == 0 else (dests[i], sources[i])
            slot = find_slot(begin, count, targets, row, target)
            if slot < 0:
                continue
            count[row] -= 1
            for place in range(slot, begin[row] + count[row]):
                targets[place] = targets[place + 1]
                if weights is not None:
                    weights[place] = weights[place + 1]


@njit(nogil=True, cache=True)
def collect_rows(begin, count, targets, weights, indptr, indices, values, start, stop):
    """Copy rows `start` to `stop` to CSR arrays of offsets `indptr`; `indices`, `values` **written**."""
    for row in range(start, stop):
        first, place = begin[row], indptr[row]
        for k in range(count[row]):
            indices[place + k] = targets[first + k]
            if weights is not None:
                values[place + k] = weights[first + k]


@njit(nogil=True, cache=True)
def join(begin, count, targets, source, dest, colors, queue):
    """Search breadth-first from both ends, and return where the two searches meet, (-1, -1) if they do not.

    The side that has looked at fewer arcs goes on, so that a node that is cut off costs no more than the
    smaller side. `colors` int32 [num_rows], zeros, is left so; `queue` int32 [2, num_rows, 2] is **written**:
    for each side the nodes in the order of the search, and the place of the one that found each, -1 for the
    end. Returned are the places of two neighbours, one of each side.
    """
    queue[0, 0, 0], queue[0, 0, 1] = source, -1
    queue[1, 0, 0], queue[1, 0, 1] = dest, -1
    colors[source], colors[dest] = 1, -1
    done, size, looked = np.zeros(2, np.int64), np.ones(2, np.int64), np.zeros(2, np.int64)
    meeting = (-1, -1)
    while done[0] < size[0] and done[1] < size[1] and meeting[0] < 0:
        side = 0 if looked[0] <= looked[1] else 1
        sign = 1 - 2 * side
        at = done[side]
        node = queue[side, at, 0]
        for place in range(begin[node], begin[node] + count[node]):
            other = targets[place]
            if colors[other] == 0:
                queue[side, size[side], 0], queue[side, size[side], 1] = other, at
                size[side] += 1
                colors[other] = sign * size[side]
            elif colors[other] * sign < 0:
                there = abs(colors[other]) - 1
                meeting = (at, there) if side == 0 else (there, at)
                break
        done[side] += 1
        looked[side] += count[node] + 1
    for side in range(2):
        for k in range(size[side]):
            colors[queue[side, k, 0]] = 0
    return meeting
