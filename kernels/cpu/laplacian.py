"""Products with the Laplacian of a graph in float64, and what conjugate gradients do between two of them.

Dense arrays are float64 [num_rows, columns]. Sums of a range of rows are in the order of the rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.philox import draw
from graphkit.kernels.cpu.prefetch import prefetch_row

_AHEAD = 8


@njit(nogil=True, cache=True)
def row_strengths(indptr, indices, weights, out, start, stop):
    """out[i] = sum_j w_ij over j != i; float64 [num_rows], **written**."""
    for row in range(start, stop):
        total = 0.0
        for place in range(indptr[row], indptr[row + 1]):
            if indices[place] != row:
                total += 1.0 if weights is None else weights[place]
        out[row] = total


@njit(nogil=True, cache=True)
def multiply(indptr, indices, weights, strength, free, x, out, sums, start, stop):
    """out[i] = strength[i] x[i] - sum_j w_ij x[j] over j != i, where free[i], else 0; for rows in the range.

    `weights` float32 [num_arcs] or None; `strength` float64, `free` bool [num_rows]; `out` is **written**,
    and `sums` float64 [columns]: sum_i x[i] out[i] of the range.
    """
    columns = x.shape[1]
    sums[:] = 0
    for row in range(start, stop):
        total = out[row]
        if not free[row]:
            total[:] = 0
            continue
        own = x[row]
        for c in range(columns):
            total[c] = strength[row] * own[c]
        end = indptr[row + 1]
        for place in range(indptr[row], end):
            if place + _AHEAD < end:
                prefetch_row(x, indices[place + _AHEAD])
            if indices[place] == row:
                continue
            other = x[indices[place]]
            if weights is None:
                for c in range(columns):
                    total[c] -= other[c]
            else:
                weight = weights[place]
                for c in range(columns):
                    total[c] -= weight * other[c]
        for c in range(columns):
            sums[c] += own[c] * total[c]


@njit(nogil=True, cache=True)
def descend(step, direction, product, strength, x, residual, sums, start, stop):
    """X += step direction, residual -= step product; `step` float64 [columns], both **written**.

    `sums` float64 [columns] is **written**: sum_i residual[i]^2 / strength[i] of the range.
    """
    sums[:] = 0
    for row in range(start, stop):
        for c in range(len(step)):
            x[row, c] += step[c] * direction[row, c]
            rest = residual[row, c] - step[c] * product[row, c]
            residual[row, c] = rest
            if strength[row] > 0:
                sums[c] += rest * rest / strength[row]


@njit(nogil=True, cache=True)
def turn(share, residual, strength, direction, start, stop):
    """Direction = residual / strength + share direction; `share` float64 [columns]; **written**."""
    for row in range(start, stop):
        for c in range(len(share)):
            new = residual[row, c] / strength[row] if strength[row] > 0 else 0.0
            direction[row, c] = new + share[c] * direction[row, c]


@njit(nogil=True, cache=True)
def project(indptr, indices, weights, key, block, out, start, stop):
    """out[i] = sum over edges of i of s sqrt(w), + at the lower end and - at the other; **written**.

    The signs s, +1 or -1, of edge (u, v), u < v, are the bits of the words of (u num_nodes + v, `block`), 32
    columns a word and 128 at most; `key` (seed, stream). Of random signs x this is B' W^1/2 x.
    """
    num_nodes = len(indptr) - 1
    for row in range(start, stop):
        total = out[row]
        total[:] = 0
        for place in range(indptr[row], indptr[row + 1]):
            other = np.int64(indices[place])
            if other == row:
                continue
            low, high = (row, other) if row < other else (other, row)
            words = draw(key[0], low * num_nodes + high, block, key[1])
            root = 1.0 if weights is None else np.sqrt(np.float64(weights[place]))
            root = root if row < other else -root
            for c in range(len(total)):
                bit = (words[c >> 5] >> np.uint32(c & 31)) & np.uint32(1)
                total[c] += root if bit else -root
