"""The nearest of given candidates, or of all vectors, by direct differences in float64.

Products, |x|**2 - 2 x.y + |y|**2, are faster and lose what is small beside |x|**2; nothing is lost here.
"""

from __future__ import annotations

import numpy as np
from numba import njit

DISTANCE, COSINE, PRODUCT = 0, 1, 2
"""What a value is, the least the nearest: |q - x|; 1 - <q, x> / |x| of unit q, 1 where x is 0; -<q, x>."""

_SUMS = {"reassoc", "nsz", "contract"}
"""What the compiler may do to a sum, so that it is one of vectors."""

_PARALLEL = 1e-30
"""Of a squared distance of unit vectors: what rounding leaves of 0."""

_ROWS = 64
"""Vectors that stay in a core's cache while all queries are compared with them."""


@njit(nogil=True, cache=True, fastmath=_SUMS, _nrt=False)
def keep_nearest(vectors, lengths, queries, candidates, kind, found, values):
    """Keep the k candidates of each query that are nearest by all columns, the nearest first.

    `vectors` [num_vectors, dim] and `queries` [num_queries, dim], float32 or float64; `lengths` float64
    [num_vectors], the norms of vectors, read if `kind` is `COSINE`; `candidates` ints [num_queries, c],
    without repetition, -1 for none. `found` ints and `values` float64, [num_queries, k], are **written**: -1
    and infinity behind the last. Distances and cosines are rounded to float32. Equal values prefer the
    smaller row.
    """
    for i in range(len(queries)):
        rows, near = found[i], values[i]
        rows[:] = -1
        near[:] = np.inf
        for j in range(candidates.shape[1]):
            row = candidates[i, j]
            if row >= 0:
                value = _value(vectors, lengths, row, queries, i, kind)
                _offer(value, row, near, rows)


@njit(nogil=True, cache=True, fastmath=_SUMS, _nrt=False)
def keep_nearest_of_all(vectors, lengths, queries, excluded, kind, found, values):
    """Do as `keep_nearest` with all vectors but the `excluded` ones, int64 [num_queries, m]."""
    found[:] = -1
    values[:] = np.inf
    last = found.shape[1] - 1
    for first in range(0, len(vectors), _ROWS):
        for i in range(len(queries)):
            rows, near = found[i], values[i]
            for row in range(first, min(first + _ROWS, len(vectors))):
                value = _value(vectors, lengths, row, queries, i, kind)
                if _precedes(value, row, near[last], rows[last]) and not _holds(excluded[i], row):
                    _offer(value, row, near, rows)


@njit(inline="always", fastmath=_SUMS)
def _value(vectors, lengths, row, queries, query, kind):
    total = 0.0
    if kind == DISTANCE:
        for column in range(vectors.shape[1]):
            apart = np.float64(vectors[row, column]) - np.float64(queries[query, column])
            total += apart * apart
        return np.float64(np.float32(np.sqrt(total)))
    if kind == PRODUCT:
        for column in range(vectors.shape[1]):
            total -= np.float64(vectors[row, column]) * np.float64(queries[query, column])
        return total
    length = lengths[row]
    if length == 0:
        return 1.0
    for column in range(vectors.shape[1]):
        apart = np.float64(vectors[row, column]) - length * np.float64(queries[query, column])
        total += apart * apart
    # Half the squared distance of unit vectors: 1 - <q, x> / |x| would keep no more digits than 1 has.
    square = total / (length * length)
    return np.float64(np.float32(min(square / 2, 2.0))) if square > _PARALLEL else 0.0


@njit(inline="always")
def _offer(value, row, near, rows):
    """Put a row among the sorted ones if it is nearer than the last."""
    place = len(near) - 1
    if not _precedes(value, row, near[place], rows[place]):
        return
    while place > 0 and _precedes(value, row, near[place - 1], rows[place - 1]):
        near[place], rows[place] = near[place - 1], rows[place - 1]
        place -= 1
    near[place], rows[place] = value, row


@njit(inline="always")
def _holds(rows, row):
    held = False
    for other in rows:
        held |= other == row
    return held


@njit(inline="always")
def _precedes(value, row, other_value, other_row):
    return value < other_value or (value == other_value and row < other_row)
