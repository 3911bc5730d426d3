"""Rows of a matrix in another order, within the memory that they have."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def permute_rows(matrix, order):
    """Set matrix[i] = matrix[order[i]] as it was, cycle by cycle.

    `matrix` [num_rows, dim], **written**; `order` int32 [num_rows], a permutation.
    """
    placed = np.zeros(len(order), np.bool_)
    for first in range(len(order)):
        if placed[first]:
            continue
        held, row = matrix[first].copy(), first
        while order[row] != first:
            matrix[row] = matrix[order[row]]
            placed[row] = True
            row = order[row]
        matrix[row] = held
        placed[row] = True
