"""Edges of a stochastic block model: every pair of nodes is an edge with its blocks' probability.

Holland, Laskey, Leinhardt, "Stochastic blockmodels: first steps", Social Networks 1983. A row walks
over its possible targets by the geometrically distributed gaps between edges (Batagelj, Brandes,
"Efficient generation of large random networks", Phys. Rev. E 2005). The four bytes of a gap are
independent of each other, so a gap takes one word of an alias table each and no logarithm.
"""

from __future__ import annotations

from decimal import MIN_EMIN, Decimal, localcontext

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphkit.kernels.cpu.byte_alias import alias_tables, pick
from graphkit.kernels.cpu.philox import draw

BYTES = 4


def gap_tables(probabilities: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return alias tables for the bytes of P(gap = g) = (1 - p)^g p, lowest first.

    `probabilities` is float64 [num_probabilities], within [0, 1]; the result is uint32
    [num_probabilities, 4, 256]. The highest byte is cut off at 255: such a gap is longer than any row.
    """
    tables = np.empty((len(probabilities), BYTES, 256), np.uint32)
    stay, leave = _stay_and_leave(probabilities)
    for byte in range(BYTES):
        powers = np.repeat(stay[:, byte, None], 256, axis=1)
        powers[:, 0] = 1.0
        np.multiply.accumulate(powers, axis=1, out=powers)
        if byte < BYTES - 1:
            shares = powers / np.add.accumulate(powers, axis=1)[:, -1:]
        else:
            shares = powers * leave[:, byte, None]
            shares[:, -1] = powers[:, -1]
        tables[:, byte] = alias_tables(shares)
    return tables


def _stay_and_leave(probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(1 - p)^(256^byte) and what is missing to 1, float64 [num_probabilities, 4] each.

    In decimals of many digits: floats would lose a small p, and libraries of powers differ in the last bit.
    """
    with localcontext() as context:
        context.prec, context.Emin = 40, MIN_EMIN
        stay = [[(1 - Decimal(p)) ** 256**byte for byte in range(BYTES)] for p in probabilities.tolist()]
        leave = [[1 - power for power in powers] for powers in stay]
    return np.array(stay, np.float64), np.array(leave, np.float64)


@njit(nogil=True, cache=True)
def draw_edges(block_starts, table_of, tables, directed, seed, stream, source, target, place, start, stop):
    """Draw the edges of rows `start` to `stop`, in order; return `place` + their number.

    Parameters: `block_starts` int64 [num_blocks + 1]; `table_of` int64 [num_blocks, num_blocks], the
    number of each pair's table; `tables` as of `gap_tables`. `source`, `target` int32 [num_edges] are
    **written** from `place` on, or None to count only. Undirected: targets beyond the row; directed:
    all but the row. Row u takes its gaps from the counters (u, 0), (u, 1), ...
    """
    num_blocks = len(block_starts) - 1
    for row in range(start, stop):
        block = np.searchsorted(block_starts, row, side="right") - 1
        step = 0
        first = 0 if directed else block
        while first < num_blocks:
            table = table_of[block, first]
            last = first + 1
            # Blocks of one probability side by side are walked as one.
            while last < num_blocks and table_of[block, last] == table:
                last += 1
            column = block_starts[first] if directed else max(block_starts[first], row + 1)
            end = block_starts[last]
            first = last
            while column < end:
                w0, w1, w2, w3 = draw(seed, row, step, stream)
                step += 1
                column += pick(tables[table, 0], w0) + (pick(tables[table, 1], w1) << 8)
                column += (pick(tables[table, 2], w2) << 16) + (pick(tables[table, 3], w3) << 24)
                if column < end and column != row:
                    if source is not None:
                        source[place] = row
                        target[place] = column
                    place += 1
                column += 1
    return place
