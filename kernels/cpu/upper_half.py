"""Symmetric sparse matrices by their upper half: rows of CSR whose columns are not below the row.

Arrays: `indptr` int64 [num_rows + 1]; `indices` int32 and `values` float32 [num_entries], columns ascending
within a row.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def count_union(indptr, indices, other_indptr, other_indices, counts, start, stop):
    """counts[i] = the columns of row i in either matrix, for rows `start` to `stop`; int64, **written**."""
    for row in range(start, stop):
        place, other = indptr[row], other_indptr[row]
        end, other_end = indptr[row + 1], other_indptr[row + 1]
        count = 0
        while place < end and other < other_end:
            column, other_column = indices[place], other_indices[other]
            place += column <= other_column
            other += other_column <= column
            count += 1
        counts[row] = count + (end - place) + (other_end - other)


@njit(nogil=True, cache=True)
def add_matrices(
    indptr,
    indices,
    values,
    other_indptr,
    other_indices,
    other_values,
    new_indptr,
    new_indices,
    new_values,
    start,
    stop,
):
    """The sum of two matrices, for rows `start` to `stop`; `new_indices` and `new_values` are **written**."""
    for row in range(start, stop):
        place, other = indptr[row], other_indptr[row]
        end, other_end = indptr[row + 1], other_indptr[row + 1]
        for new in range(new_indptr[row], new_indptr[row + 1]):
            here, there = place < end, other < other_end
            if here and there:
                here, there = (
                    indices[place] <= other_indices[other],
                    other_indices[other] <= indices[place],
                )
            value = np.float32(0)
            if here:
                new_indices[new], value = indices[place], values[place]
                place += 1
            if there:
                new_indices[new] = other_indices[other]
                value += other_values[other]
                other += 1
            new_values[new] = value


@njit(nogil=True, cache=True)
def log_ratios(indptr, indices, values, log_shares, shift, counts, start, stop):
    """values[ij] = max(0, log(values[ij]) + shift - log_shares[i] - log_shares[j]), rows `start` to `stop`.

    `log_shares` float64 [num_rows]. `values` are **written**, and so is counts[i] int64, how many of row i
    are above 0.
    """
    for row in range(start, stop):
        count = 0
        for place in range(indptr[row], indptr[row + 1]):
            known = log_shares[row] + log_shares[indices[place]]
            value = np.float32(max(0.0, math.log(np.float64(values[place])) + shift - known))
            values[place] = value
            count += value > 0
        counts[row] = count


@njit(nogil=True, cache=True)
def count_mirrored(indptr, indices, values, counts):
    """counts[j] += the entries above 0 of rows above j in column j; int64 [num_rows], **written**."""
    for row in range(len(indptr) - 1):
        for place in range(indptr[row], indptr[row + 1]):
            if values[place] > 0 and indices[place] > row:
                counts[indices[place]] += 1


@njit(nogil=True, cache=True)
def mirror(indptr, indices, values, cursor, new_indices, new_values):
    """Write the whole of a symmetric matrix, entries above 0 only.

    `cursor` int64 [num_rows], where the rows of the whole begin; it, `new_indices` int32 and `new_values`
    float32 are **written**. Row after row, so that what comes from rows above stands before a row's own.
    """
    for row in range(len(indptr) - 1):
        for place in range(indptr[row], indptr[row + 1]):
            if values[place] > 0:
                column = indices[place]
                new = cursor[row]
                cursor[row] = new + 1
                new_indices[new], new_values[new] = column, values[place]
                if column > row:
                    new = cursor[column]
                    cursor[column] = new + 1
                    new_indices[new], new_values[new] = row, values[place]
