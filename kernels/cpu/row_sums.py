"""Row sums of a matrix's powers, and arcs scaled by them, so that powers fit float32 whatever the weights.

Row i of A^k sums to ``sizes[i] * 2**exponents[i]``, the size in [1/2, 1]. A row that leads nowhere in k steps
has the size 0 and the exponent `EMPTY`. Arrays: `indptr` int64 [num_rows + 1]; `indices` int32 and `weights`
float32 [num_arcs], or None; `sizes` float64 and `exponents` int32 [num_nodes].
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

EMPTY = -(1 << 30)
"""The exponent of a row of zeros: below that of any other, whatever is added to it."""

LOWEST = -600
"""Terms of a sum that are smaller than 2**LOWEST times its largest may vanish: a weight is above 2**-150."""

POWERS_OF_TWO = np.ldexp(1.0, np.arange(LOWEST, -LOWEST + 1))


@njit(nogil=True, cache=True)
def sum_rows(indptr, indices, weights, sizes, exponents, new_sizes, new_exponents, start, stop):
    """Row sums of A^(k+1) from those of A^k, for rows `start` to `stop`.

    `new_sizes` float64 and `new_exponents` int32 [num_rows] are **written**. The order of a sum is the row's.
    """
    for row in range(start, stop):
        highest = EMPTY
        for place in range(indptr[row], indptr[row + 1]):
            highest = max(highest, exponents[indices[place]])
        total = 0.0
        for place in range(indptr[row], indptr[row + 1]):
            neighbor = indices[place]
            term = sizes[neighbor] * _power_of_two(exponents[neighbor] - highest)
            if weights is not None:
                term *= np.float64(weights[place])
            total += term
        size, exponent = math.frexp(total)
        new_sizes[row] = size
        new_exponents[row] = EMPTY if total == 0.0 else highest + exponent


@njit(nogil=True, cache=True)
def scale_arcs(indptr, indices, weights, exponents, new_exponents, scaled, start, stop):
    """scaled[ij] = weights[ij] * 2**(exponents[j] - new_exponents[i]), for rows `start` to `stop`.

    `exponents` [num_nodes] of the power before, `new_exponents` [num_rows] of the one that the product makes;
    `scaled` float32 [num_arcs], **written**, is below 2, and rounded only where it is below float32's range.
    """
    for row in range(start, stop):
        for place in range(indptr[row], indptr[row + 1]):
            factor = _power_of_two(exponents[indices[place]] - new_exponents[row])
            if weights is not None:
                factor *= np.float64(weights[place])
            scaled[place] = np.float32(factor)


@njit(inline="always")
def _power_of_two(exponent):
    """2**exponent, within float64's range."""
    return POWERS_OF_TWO[min(max(exponent, LOWEST), -LOWEST) - LOWEST]
