"""Alias tables for the rows of a CSR matrix: an entry drawn in proportion to its weight, in constant time.

Walker, ACM TOMS 1977, built by a sweep with one light and one heavy entry at hand (Hübschle-Schneider,
Sanders, "Parallel weighted random sampling", ESA 2019), in integers: a row of d entries is d cells of
2**32 units, each entry has a whole number of units, and each cell is filled exactly. So no rounding leaves
a cell over, and an entry without units is never drawn.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.philox import draw

CELL = 1 << 32
_LARGEST = np.uint64(0xFFFFFFFF)


@njit(nogil=True, cache=True)
def build_row_alias(indptr, weights, table, start, stop):
    """Build the alias tables of rows `start` to `stop`.

    `indptr` int64 [num_rows + 1]; `weights` float32 or float64 [num_entries], >= 0, a row's sum > 0 and
    finite as float64. `table` uint32 [num_entries, 2] is **written**: an entry's threshold, and its alias as
    a place in the row. Entry i gets floor(w_i / sum * d * 2**32) units, the largest what is left over.
    """
    for row in range(start, stop):
        first, end = indptr[row], indptr[row + 1]
        if first < end:
            largest, scale, rest = _units_of_row(weights, first, end)
            _sweep(weights, first, end, largest, scale, rest, table)


@njit(inline="always")
def _units(weights, place, scale, largest, rest):
    units = np.int64(np.float64(weights[place]) * scale)
    return units + rest if place == largest else units


@njit(nogil=True, cache=True)
def _units_of_row(weights, first, end):
    """The place of the largest weight, the units a weight, and the units that rounding down leaves over."""
    total, largest = 0.0, first
    for place in range(first, end):
        total += np.float64(weights[place])
        if weights[place] > weights[largest]:
            largest = place
    # Divided first: a sum near the largest float must not overflow, nor a small one underflow.
    scale = np.float64(end - first) * np.float64(CELL) / total
    units = np.int64(0)
    for place in range(first, end):
        units += np.int64(np.float64(weights[place]) * scale)
    return largest, scale, (end - first) * CELL - units


@njit(nogil=True, cache=True)
def _sweep(weights, first, end, largest, scale, rest, table):
    """Fill light cells (less than a cell of units) from the heavy entry at hand, until it is light itself."""
    light = _next(weights, first, end, largest, scale, rest, False)
    heavy = _next(weights, first, end, largest, scale, rest, True)
    left = _units(weights, heavy, scale, largest, rest)
    while True:
        if left < CELL:
            giver = _next(weights, heavy + 1, end, largest, scale, rest, True)
            table[heavy, 0] = uint32(left)
            table[heavy, 1] = uint32(giver - first)
            left = _units(weights, giver, scale, largest, rest) - (CELL - left)
            heavy = giver
        elif light < end:
            units = _units(weights, light, scale, largest, rest)
            table[light, 0] = uint32(units)
            table[light, 1] = uint32(heavy - first)
            left -= CELL - units
            light = _next(weights, light + 1, end, largest, scale, rest, False)
        else:
            break
    # Every heavy entry that is left has exactly one cell: its own, whatever the threshold.
    while heavy < end:
        table[heavy, 0] = uint32(_LARGEST)
        table[heavy, 1] = uint32(heavy - first)
        heavy = _next(weights, heavy + 1, end, largest, scale, rest, True)


@njit(inline="always")
def _next(weights, place, end, largest, scale, rest, heavy):
    """The first place from `place` on whose entry is heavy, or light; `end` if there is none."""
    while place < end and (_units(weights, place, scale, largest, rest) >= CELL) != heavy:
        place += 1
    return place


@njit(inline="always")
def pick_entry(table, first, slot, coin):
    """Return the place of the entry drawn: cell `slot` of the row that begins at `first`, coin uint32."""
    place = np.int64(first) + np.int64(slot)
    return place if uint32(coin) < table[place, 0] else np.int64(first) + np.int64(table[place, 1])


@njit(nogil=True, cache=True)
def draw_starts(table, seed, stream, numbers, starts, start, stop):
    """starts[i] = a row of a one-row table, drawn by the words of (numbers[i], 0); int32, **written**.

    The first two words choose the cell, as a number of 64 bits, the third meets the threshold.
    """
    for i in range(start, stop):
        high, low, coin, _ = draw(seed, numbers[i], 0, stream)
        size = uint64(len(table))
        slot = (uint64(high) * size + ((uint64(low) * size) >> uint64(32))) >> uint64(32)
        starts[i] = pick_entry(table, 0, slot, coin)
