"""A graph's arrays as the device reads them: what one step needs, in one piece of memory."""

from __future__ import annotations

import numpy as np
from numba import njit

_HALF = 32


@njit(nogil=True, cache=True)
def pack_rows(indptr, rows, start, stop):
    """rows[i] = the row's first place + 2**32 times its degree; `rows` int64 [num_nodes], **written**.

    `indptr` int64 [num_nodes + 1], below 2**32; degrees below 2**31.
    """
    for row in range(start, stop):
        rows[row] = indptr[row] | ((indptr[row + 1] - indptr[row]) << _HALF)


@njit(nogil=True, cache=True)
def pack_cells(indptr, indices, table, cells, start, stop):
    """Join alias tables with the neighbours that they lead to, for rows `start` to `stop`.

    `table` uint32 [num_arcs, 2], thresholds and aliases as of `build_row_alias`. `cells` int64 [num_arcs, 2]
    is **written**: threshold + 2**32 * neighbour, and alias + 2**32 * its neighbour.
    """
    for row in range(start, stop):
        first = indptr[row]
        for place in range(first, indptr[row + 1]):
            alias = np.int64(table[place, 1])
            cells[place, 0] = np.int64(table[place, 0]) | (np.int64(indices[place]) << _HALF)
            cells[place, 1] = alias | (np.int64(indices[first + alias]) << _HALF)
