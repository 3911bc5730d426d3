"""The potential of points in a plane, by all pairs, or by a grid: charges are spread over it, and read back.

U. Essmann and others, "A smooth particle mesh Ewald method", Journal of Chemical Physics 1995: charges are
spread by cubic B-splines over the 4 x 4 nearest nodes, and what the grid holds is read by the same splines
and by their slopes, so that forces are the exact slopes of what is read.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, _nrt=False)
def spread_points(positions, origin, inverse, grid):
    """Add to `grid` a charge of one for each point.

    `positions` float32 [num_points, 2]; `origin` float32 [2], where the grid's first node lies; `inverse`,
    float32, of the distance of nodes; `grid` float32 [size, size], **written**. Points lie at least one node
    within the grid.
    """
    for row in range(len(positions)):
        across, along = _place(positions, row, origin, inverse, grid.shape)
        first, second = int(across), int(along)
        by_column = _values(along - np.float32(second))
        for i, value in enumerate(_values(across - np.float32(first))):
            for j in range(4):
                grid[first - 1 + i, second - 1 + j] += value * by_column[j]


@njit(nogil=True, cache=True, _nrt=False)
def read_potential(origin, inverse, grid, positions, field, start, stop):
    """Set field[row] = (value, slope by x, slope by y) of `grid` at the point; see `spread_points`.

    `field` float32 [num_points, 3], **written**. Returns the sum of the values.
    """
    total = 0.0
    for row in range(start, stop):
        across, along = _place(positions, row, origin, inverse, grid.shape)
        first, second = int(across), int(along)
        by_row, by_column = _values(across - np.float32(first)), _values(along - np.float32(second))
        row_slopes, column_slopes = _slopes(across - np.float32(first)), _slopes(along - np.float32(second))
        value = slope_x = slope_y = np.float32(0)
        for i in range(4):
            held = slope = np.float32(0)
            for j in range(4):
                node = grid[first - 1 + i, second - 1 + j]
                held += by_column[j] * node
                slope += column_slopes[j] * node
            value += by_row[i] * held
            slope_x += row_slopes[i] * held
            slope_y += by_row[i] * slope
        field[row, 0], field[row, 1], field[row, 2] = value, slope_x * inverse, slope_y * inverse
        total += value
    return total


@njit(nogil=True, cache=True, _nrt=False)
def sum_potential(points, positions, field, start, stop):
    """Do what `read_potential` does, by all pairs: 1 / (1 + |x - y|**2) over `points`, float32 [num, 2]."""
    total = 0.0
    for row in range(start, stop):
        value = slope_x = slope_y = np.float32(0)
        for other in range(len(points)):
            apart_x = positions[row, 0] - points[other, 0]
            apart_y = positions[row, 1] - points[other, 1]
            near = np.float32(1) / (np.float32(1) + apart_x * apart_x + apart_y * apart_y)
            value += near
            slope_x -= np.float32(2) * near * near * apart_x
            slope_y -= np.float32(2) * near * near * apart_y
        field[row, 0], field[row, 1], field[row, 2] = value, slope_x, slope_y
        total += value
    return total


@njit(inline="always")
def _place(positions, row, origin, inverse, shape):
    """Where a point lies, in nodes; one beyond the grid counts as at its border."""
    across = (positions[row, 0] - origin[0]) * inverse
    along = (positions[row, 1] - origin[1]) * inverse
    one = np.float32(1)
    return (
        min(max(across, one), np.float32(shape[0] - 3)),
        min(max(along, one), np.float32(shape[1] - 3)),
    )


@njit(inline="always")
def _values(t):
    """The cubic B-splines of four nodes at a place t in [0, 1) after the second of them."""
    s, sixth = np.float32(1) - t, np.float32(1 / 6)
    three, four, six = np.float32(3), np.float32(4), np.float32(6)
    return (
        s * s * s * sixth,
        ((three * t - six) * t * t + four) * sixth,
        ((three * s - six) * s * s + four) * sixth,
        t * t * t * sixth,
    )


@njit(inline="always")
def _slopes(t):
    s, half = np.float32(1) - t, np.float32(0.5)
    three, four = np.float32(3), np.float32(4)
    return (-s * s * half, (three * t - four) * t * half, (four - three * s) * s * half, t * t * half)
