"""The steps of t-SNE: pulls along arcs, pushes of all points by their potential.

L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 2008. With q_ij = 1 / (1 + |y_i - y_j|**2)
and Z the sum of all q_ij, the negative gradient is

    4 (sum_j p_ij q_ij (y_j - y_i) + sum_j q_ij**2 (y_i - y_j) / Z),

and the second sum is -1/2 times the slope of the potential sum_j q_ij at y_i (`kernels/cpu/potential.py`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

_MOMENTUM = np.float32(0.8)
_LEAST_GAIN = np.float32(0.01)


class Strengths(NamedTuple):
    """Of one step, float32: factors of the pulls and of the pushes, and the learning rate."""

    pull: np.float32
    push: np.float32
    rate: np.float32


@njit(nogil=True, cache=True, _nrt=False)
def descend(indptr, indices, weights, field, strengths, before, after, velocity, gains, start, stop):
    """Take one step of gradient descent with momentum: after[row] = before[row] + velocity[row].

    A coordinate's gain grows by 0.2 while it keeps its direction, and falls by a fifth where it turns.
    `indptr` int64 [num_rows + 1], `indices` int32 and `weights` float32 [num_arcs]; `field` float32
    [num_rows, 3] as of `read_potential`; `before` float32 [num_points, 2], where row i stands at i and those
    that `indices` name stand too; `after`, `velocity`, `gains` float32 [num_rows, 2], **written**.
    """
    for row in range(start, stop):
        x, y = before[row, 0], before[row, 1]
        pull_x = pull_y = np.float32(0)
        for arc in range(indptr[row], indptr[row + 1]):
            other = indices[arc]
            apart_x, apart_y = before[other, 0] - x, before[other, 1] - y
            share = weights[arc] / (np.float32(1) + apart_x * apart_x + apart_y * apart_y)
            pull_x += share * apart_x
            pull_y += share * apart_y
        push = np.float32(-0.5) * strengths.push
        force_x = strengths.pull * pull_x + push * field[row, 1]
        force_y = strengths.pull * pull_y + push * field[row, 2]
        _move(row, 0, force_x, strengths.rate, before, after, velocity, gains)
        _move(row, 1, force_y, strengths.rate, before, after, velocity, gains)


@njit(inline="always")
def _move(row, axis, force, rate, before, after, velocity, gains):
    old = velocity[row, axis]
    gain = gains[row, axis]
    gain = gain + np.float32(0.2) if force * old > 0 else max(gain * np.float32(0.8), _LEAST_GAIN)
    new = _MOMENTUM * old + np.float32(4) * rate * gain * force
    gains[row, axis], velocity[row, axis] = gain, new
    after[row, axis] = before[row, axis] + new


@njit(nogil=True, cache=True)
def divergence(indptr, indices, weights, positions, start, stop):
    """Return the sum of w log(w (1 + |y_i - y_j|**2)) over the arcs of rows, w > 0."""
    total = 0.0
    for row in range(start, stop):
        for arc in range(indptr[row], indptr[row + 1]):
            other = indices[arc]
            apart_x = np.float64(positions[other, 0]) - positions[row, 0]
            apart_y = np.float64(positions[other, 1]) - positions[row, 1]
            total += weights[arc] * math.log(weights[arc] * (1 + apart_x * apart_x + apart_y * apart_y))
    return total
