"""Distances and products of given pairs of rows."""

from __future__ import annotations

import numpy as np
from numba import njit

_SUMS = {"reassoc", "nsz", "contract"}
"""What the compiler may do to a sum, so that it is one of vectors."""


@njit(nogil=True, cache=True, fastmath=_SUMS, _nrt=False)
def write_distances(vectors, queries, found, result, start, stop):
    """result[i, j] = |queries[i] - vectors[found[i, j]]|, from differences, for the rows `start` to `stop`.

    `vectors` float32 [num_vectors, dim]; `queries` float32 [num_queries, dim]; `found` ints and `result`
    float32, both [num_queries, k]; `result` is **written**.
    """
    for i in range(start, stop):
        for j in range(found.shape[1]):
            row, total = found[i, j], np.float32(0)
            for column in range(vectors.shape[1]):
                apart = vectors[row, column] - queries[i, column]
                total += apart * apart
            result[i, j] = np.sqrt(total)


@njit(nogil=True, cache=True, fastmath=_SUMS, _nrt=False)
def write_products(vectors, queries, found, result, start, stop):
    """result[i, j] = <queries[i], vectors[found[i, j]]>; arguments as of `write_distances`."""
    for i in range(start, stop):
        for j in range(found.shape[1]):
            row, total = found[i, j], np.float32(0)
            for column in range(vectors.shape[1]):
                total += vectors[row, column] * queries[i, column]
            result[i, j] = total
