"""The k largest of scattered scores, by a heap of k places in the rows of the result."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def write_largest(score, touched, count, rows, scores):
    """Write the largest score[touched[:count]], best first, equal ones by row; -1 and 0 behind the last.

    `score` float64 [num_nodes], compared as float32, 0 left out; `touched` int32 [>= count], without
    repetition; `rows` int32 and `scores` float32, both [k], are **written**.
    """
    size = 0
    for i in range(count):
        row, value = touched[i], np.float32(score[touched[i]])
        if value == 0:
            continue
        if size < len(rows):
            _rise(rows, scores, size, row, value)
            size += 1
        elif _precedes(value, row, scores[0], rows[0]):
            _sink(rows, scores, size, row, value)
    rows[size:] = -1
    scores[size:] = 0
    # The root is the last of those that are left: it takes the last of their places.
    for end in range(size - 1, 0, -1):
        row, value = rows[end], scores[end]
        rows[end], scores[end] = rows[0], scores[0]
        _sink(rows, scores, end, row, value)


@njit(inline="always")
def _precedes(value, row, other_value, other_row):
    return value > other_value or (value == other_value and row < other_row)


@njit(inline="always")
def _rise(rows, scores, place, row, value):
    """Add an entry at `place`, the end of the heap, whose root precedes none."""
    while place > 0:
        parent = (place - 1) >> 1
        if not _precedes(scores[parent], rows[parent], value, row):
            break
        rows[place], scores[place] = rows[parent], scores[parent]
        place = parent
    rows[place], scores[place] = row, value


@njit(inline="always")
def _sink(rows, scores, size, row, value):
    """Put an entry in place of the root of a heap of `size` entries."""
    place, child = 0, 1
    while child < size:
        other = child + 1
        if other < size and _precedes(scores[child], rows[child], scores[other], rows[other]):
            child = other
        if not _precedes(value, row, scores[child], rows[child]):
            break
        rows[place], scores[place] = rows[child], scores[child]
        place, child = child, 2 * child + 1
    rows[place], scores[place] = row, value
