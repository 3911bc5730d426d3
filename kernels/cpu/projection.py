"""Random projection matrices made from counters, row by row.

Very sparse: entries are +1 or -1 with probability 1/(2s) each, else 0 (Li, Hastie, Church, "Very
sparse random projections", KDD 2006). Instead of one decision an entry, a row first draws how many of
its entries are not zero (Binomial(dim, 1/s), by its distribution function in 64-bit integers), then
which (Floyd's subset sampling), then their signs: the same law at the cost of the entries that count.
Counter: (item = row, step, stream); step 0 is the count, step 1 + k the entries 2k and 2k + 1.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.philox import bounded, draw


@njit(nogil=True, cache=True)
def draw_count(seed, row, stream, thresholds):
    """Number of non-zero entries of a row; `thresholds` uint64 [dim], P(count <= k) * 2**64, ascending."""
    high, low, _, _ = draw(seed, row, 0, stream)
    word = (uint64(high) << uint64(32)) | uint64(low)
    # By hand: the compiler takes ten times as long for NumPy's search.
    below, above = 0, len(thresholds)
    while below < above:
        middle = (below + above) >> 1
        if thresholds[middle] <= word:
            below = middle + 1
        else:
            above = middle
    return below


@njit(nogil=True, cache=True)
def draw_entries(seed, row, stream, dim, count, taken, columns, signs):
    """Distinct columns and signs of `count` entries; `taken` bool [dim] comes and leaves all false.

    `columns` int32 and `signs` int8 [count] are **written**. Floyd: the k-th draw is uniform on
    0 .. top with top = dim - count + k, and a column taken already gives way to `top` itself.
    """
    word_0 = word_1 = word_2 = word_3 = np.uint32(0)
    for k in range(count):
        if k % 2 == 0:
            word_0, word_1, word_2, word_3 = draw(seed, row, 1 + k // 2, stream)
            place, sign = word_0, word_1
        else:
            place, sign = word_2, word_3
        top = dim - count + k
        column = np.int64(bounded(place, top + 1))
        if taken[column]:
            column = top
        taken[column] = True
        columns[k] = column
        signs[k] = 1 if sign & np.uint32(1) else -1
    for k in range(count):
        taken[columns[k]] = False


@njit(nogil=True, cache=True)
def count_rows(seed, stream, thresholds, counts, start, stop):
    """counts[row] = number of non-zero entries of rows `start` to `stop`; int64, **written**."""
    for row in range(start, stop):
        counts[row] = draw_count(seed, row, stream, thresholds)


@njit(nogil=True, cache=True)
def fill_sparse(seed, stream, dim, row_values, indptr, columns, values, start, stop):
    """Rows `start` to `stop` of the matrix in CSR form, entry = sign * row_values[row].

    `row_values` float32 [num_rows], `indptr` int64 [num_rows + 1] from `count_rows`; `columns` int32 and
    `values` float32 [num_entries] are **written**.
    """
    taken = np.zeros(dim, np.bool_)
    signs = np.empty(dim, np.int8)
    for row in range(start, stop):
        first, end = indptr[row], indptr[row + 1]
        draw_entries(seed, row, stream, dim, end - first, taken, columns[first:end], signs)
        for place in range(first, end):
            values[place] = signs[place - first] * row_values[row]


@njit(nogil=True, cache=True)
def fill_dense(seed, stream, dim, thresholds, row_values, blocks, start, stop):
    """The rows of `fill_sparse` as dense ones; `blocks` float32 [num_blocks, num_rows, width] **written**."""
    width = blocks.shape[2]
    taken = np.zeros(dim, np.bool_)
    signs = np.empty(dim, np.int8)
    columns = np.empty(dim, np.int32)
    for row in range(start, stop):
        blocks[:, row] = 0
        count = draw_count(seed, row, stream, thresholds)
        draw_entries(seed, row, stream, dim, count, taken, columns, signs)
        for k in range(count):
            blocks[columns[k] // width, row, columns[k] % width] = signs[k] * row_values[row]


@njit(nogil=True, cache=True)
def fill_gaussian(seed, stream, dim, row_values, blocks, start, stop):
    """Standard normal entries (Box and Muller, 1958) times row_values[row]; `blocks` **written**.

    Step k of a row gives its entries 4k to 4k + 3.
    """
    width = blocks.shape[2]
    normals = np.empty(4)
    for row in range(start, stop):
        blocks[:, row] = 0
        for first in range(0, dim, 4):
            words = draw(seed, row, first // 4, stream)
            for pair in range(2):
                # In (0, 1], so that the logarithm is finite.
                radius = np.sqrt(-2.0 * np.log((words[2 * pair] + 1.0) / 4294967296.0))
                angle = 2.0 * np.pi * (words[2 * pair + 1] / 4294967296.0)
                normals[2 * pair] = radius * np.cos(angle)
                normals[2 * pair + 1] = radius * np.sin(angle)
            for column in range(first, min(first + 4, dim)):
                blocks[column // width, row, column % width] = normals[column - first] * row_values[row]
