"""R-MAT edges: each level of the adjacency matrix falls into one of four quadrants.

Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004. Four levels at a
time: one byte, drawn from an alias table, holds four bits of the source and four of the target.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphkit.kernels.cpu.byte_alias import alias_tables, pick
from graphkit.kernels.cpu.philox import draw

LEVELS_PER_BYTE = 4


def quadrant_tables(scale: int, quadrants: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return the alias table of each byte of levels, the highest bits first, uint32 [num_bytes, 256].

    `quadrants` is ((a, b), (c, d)), of sum 1. Where `scale` is no multiple of four, the first byte
    holds what is left over, so that every byte shifts the rows by four bits.
    """
    rest, whole = scale % LEVELS_PER_BYTE, scale // LEVELS_PER_BYTE
    levels = [rest] * bool(rest) + [LEVELS_PER_BYTE] * whole
    tables = {count: alias_tables(_byte_probabilities(count, quadrants)) for count in set(levels)}
    return np.concatenate([tables[count] for count in levels])


def _byte_probabilities(levels: int, quadrants: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(16 * source bits + target bits) of the Kronecker power of `quadrants`, float64 [1, 256]."""
    power: NDArray[np.floating] = np.ones((1, 1))
    for _ in range(levels):
        power = np.kron(power, quadrants)
    square = np.zeros((16, 16))
    square[: len(power), : len(power)] = power
    return square.reshape(1, 256)


@njit(nogil=True, cache=True)
def draw_edges(tables, seed, stream, edges, start, stop):
    """edges[i] = (source, target) for i in start .. stop; `edges` [num_edges, 2] is **written**.

    `tables` as of `quadrant_tables`; edge i takes its words from the counters (i, 0), (i, 1), ..., a
    word each byte.
    """
    for edge in range(start, stop):
        source, target = np.int64(0), np.int64(0)
        w0, w1, w2, w3 = draw(seed, edge, 0, stream)
        for byte in range(len(tables)):
            if byte > 0 and byte & 3 == 0:
                w0, w1, w2, w3 = draw(seed, edge, byte >> 2, stream)
            outcome = pick(tables[byte], w0)
            w0, w1, w2 = w1, w2, w3
            source = (source << 4) | (outcome >> 4)
            target = (target << 4) | (outcome & 15)
        edges[edge, 0] = source
        edges[edge, 1] = target
