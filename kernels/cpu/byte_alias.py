"""Alias tables over a byte: one of 256 outcomes from one random 32-bit word.

Walker, "An efficient method for generating discrete random variables with general distributions",
ACM TOMS 1977, in integers. The high byte of the word picks a cell, its low 24 bits choose between
the cell's own outcome and its alias, so outcome i has probability weights[i] / 2**32 exactly.
Cells are packed: threshold in the high 24 bits, alias in the low 8.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32
from numpy.typing import NDArray

CELL = 1 << 24
TOTAL = 1 << 32


def alias_tables(probabilities: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return the alias table of each row of probabilities, uint32 [num_tables, 256].

    `probabilities` is float64 [num_tables, 256], rows sum to 1; they are rounded to multiples of
    2**-32 by largest remainders, zeros stay zeros.
    """
    tables = np.empty(probabilities.shape, np.uint32)
    fill_tables(whole_weights(probabilities), tables)
    return tables


def whole_weights(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round rows of probabilities to whole numbers of sum 2**32, int64 [num_tables, 256]."""
    scaled = probabilities * TOTAL
    weights = np.floor(scaled).astype(np.int64)
    rank = np.argsort(np.argsort(weights - scaled, axis=1, kind="stable"), axis=1, kind="stable")
    weights += rank < TOTAL - weights.sum(axis=1, keepdims=True)
    return weights


@njit(nogil=True, cache=True)
def fill_tables(weights, tables):
    """Pack the alias table of each row of `weights`, int64 [num_tables, 256], row sums 2**32.

    `tables` uint32 [num_tables, 256] is **written**; so is `weights`, each cell's own share afterwards.
    """
    small, large = np.empty(256, np.int64), np.empty(256, np.int64)
    for row in range(len(weights)):
        share, table = weights[row], tables[row]
        num_small = num_large = 0
        for cell in range(256):
            if share[cell] < CELL:
                small[num_small] = cell
                num_small += 1
            else:
                large[num_large] = cell
                num_large += 1
        while num_small > 0:
            num_small -= 1
            cell, giver = small[num_small], large[num_large - 1]
            table[cell] = (share[cell] << 8) | giver
            share[giver] -= CELL - share[cell]
            if share[giver] < CELL:
                num_large -= 1
                small[num_small] = giver
                num_small += 1
        # What is left holds exactly one cell each: whatever the threshold, the outcome is its own.
        for place in range(num_large):
            table[large[place]] = large[place]


@njit(inline="always")
def pick(table, word):
    """Return the outcome, 0 .. 255, of a random uint32 word, as int64."""
    cell = uint32(word) >> uint32(24)
    packed = table[cell]
    own = (uint32(word) & uint32(0xFFFFFF)) < (packed >> uint32(8))
    return np.int64(cell) if own else np.int64(packed & uint32(0xFF))
