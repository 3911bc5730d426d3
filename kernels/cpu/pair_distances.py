"""The nearest of given candidates, by all columns."""

from __future__ import annotations

import numpy as np
from numba import njit

_SUMS = {"reassoc", "nsz", "contract"}
"""What the compiler may do to a sum, so that it is one of vectors."""


@njit(nogil=True, cache=True, fastmath=_SUMS, _nrt=False)
def keep_nearest(vectors, points, candidates, by_distance, found, values):
    """Keep the k candidates of each point that are nearest by all columns, the nearest first.

    `vectors` float32 [num_vectors, dim]; `points` int32 [num_points]; `candidates` int32 [num_points, c],
    without repetition, -1 behind the last, the nearer ones rather first. `found` int32 and `values` float32,
    both [num_points, k], are **written**: -1 and infinity behind the last; values are squared distances, or
    negative products if not `by_distance`. Equal ones prefer the smaller row.
    """
    k = found.shape[1]
    for i in range(len(points)):
        query, size = points[i], 0
        near, rows = values[i], found[i]
        for j in range(candidates.shape[1]):
            row = candidates[i, j]
            if row < 0:
                break
            value = _value(vectors, query, row, by_distance)
            if size == k and not _precedes(value, row, near[k - 1], rows[k - 1]):
                continue
            size = min(size + 1, k)
            place = size - 1
            while place > 0 and _precedes(value, row, near[place - 1], rows[place - 1]):
                near[place], rows[place] = near[place - 1], rows[place - 1]
                place -= 1
            near[place], rows[place] = value, row
        near[size:] = np.inf
        rows[size:] = -1


@njit(inline="always", fastmath=_SUMS)
def _value(vectors, query, row, by_distance):
    total = np.float32(0)
    if by_distance:
        for column in range(vectors.shape[1]):
            apart = vectors[row, column] - vectors[query, column]
            total += apart * apart
    else:
        for column in range(vectors.shape[1]):
            total -= vectors[row, column] * vectors[query, column]
    return total


@njit(inline="always")
def _precedes(value, row, other_value, other_row):
    return value < other_value or (value == other_value and row < other_row)
