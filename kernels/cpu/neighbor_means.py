"""Vectors carried outwards from a set of rows: distances, and means over neighbours."""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.prefetch import prefetch_row

_AHEAD = 8
"""Arcs ahead that a neighbour's row is asked for."""


@njit(nogil=True, cache=True, _nrt=False)
def layers_around(indptr, indices, depth, order, size):
    """Breadth-first search from order[:size], whose depth is 0; returns how many rows are reached.

    `indptr` int64 [num_rows + 1], `indices` int32 [num_arcs]; `depth` int32 [num_rows], 0 or -1 at first, and
    `order` int32 [num_rows] are **written**: the steps to the nearest start, -1 where none leads, and the
    rows in order of depth.
    """
    done = 0
    while done < size:
        row = order[done]
        done += 1
        for place in range(indptr[row], indptr[row + 1]):
            other = indices[place]
            if depth[other] < 0:
                depth[other] = depth[row] + 1
                order[size] = other
                size += 1
    return size


@njit(nogil=True, cache=True)
def mean_of_neighbors(indptr, indices, weights, depth, deepest, rows, vectors, out, start, stop):
    """out[i] = sum_j w_ij x_j / sum_j w_ij over neighbours j of rows[i] with 0 <= depth[j] <= deepest.

    `weights` float32 [num_arcs] or None; `depth` int32 [num_rows]; `rows` int32 [num_outer]; `vectors`
    float32 [num_rows, dim]; `out` float32 [num_outer, dim] is **written** for i in start .. stop. A row is no
    neighbour of its own. Returns the largest change, max |out[i] - vectors[rows[i]]|.
    """
    change = np.float32(0)
    for i in range(start, stop):
        row, total, mass = rows[i], out[i], 0.0
        total[:] = 0
        end = indptr[row + 1]
        # First of all: sums of weights times numbers may be beyond float32.
        for place in range(indptr[row], end):
            other = indices[place]
            if 0 <= depth[other] <= deepest and other != row:
                mass += 1.0 if weights is None else np.float64(weights[place])
        for place in range(indptr[row], end):
            if place + _AHEAD < end:
                prefetch_row(vectors, indices[place + _AHEAD])
            other = indices[place]
            if depth[other] < 0 or depth[other] > deepest or other == row:
                continue
            share = np.float32(1 / mass if weights is None else weights[place] / mass)
            vector = vectors[other]
            for c in range(len(total)):
                total[c] += share * vector[c]
        before = vectors[row]
        for c in range(len(total)):
            change = max(change, abs(total[c] - before[c]))
    return change
