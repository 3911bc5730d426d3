"""Sums and thresholds of the weights of CSR rows.

Arrays: `indptr` int64 [num_rows + 1]; `weights` float32 [num_entries].
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def row_sums(indptr, weights, sums, start, stop):
    """sums[i] = sum of row i's weights, for rows `start` to `stop`; float64 [num_rows], **written**."""
    for row in range(start, stop):
        sums[row] = _sum(weights, indptr[row], indptr[row + 1])


@njit(nogil=True, cache=True, _nrt=False)
def row_thresholds(indptr, weights, gamma, thresholds, start, stop):
    """thresholds[i] = max(0, mean + gamma * std) of row i's weights; float32 [num_rows], **written**.

    std is that of the population, with respect to the mean in float64; 0 for a row without entries.
    """
    for row in range(start, stop):
        first, end = indptr[row], indptr[row + 1]
        thresholds[row] = 0
        if first < end:
            mean = _sum(weights, first, end) / (end - first)
            square = 0.0
            for place in range(first, end):
                square += (np.float64(weights[place]) - mean) ** 2
            thresholds[row] = max(0.0, mean + gamma * np.sqrt(square / (end - first)))


@njit(inline="always")
def _sum(weights, first, end):
    total = 0.0
    for place in range(first, end):
        total += np.float64(weights[place])
    return total
