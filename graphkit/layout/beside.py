"""Small parts beside the map: nodes without edges, pairs, and other parts of few nodes, in proportion.

Nothing holds them to the others, and forces would carry them around the map, which then has half of its room.
Each has a square in columns on the right, the largest first, of as much room a node as the map has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors

SMALL = 10
"""Nodes of a part that stands beside the others, at most."""

_FILLED = 0.22
"""Radius of the circle of a part, in sides of its square."""


def put_beside(positions: Vectors, part: NDArray[Any]) -> int:
    """Put small parts in columns right of the others; return how many nodes they have.

    Parameters
    ----------
    positions
        Of all nodes, float32 [num_nodes, 2 or more]; those of small parts are changed, and stand in circles:
        pulls without a push between neighbours would put a pair, or a triangle, on one place.
    part
        Number of the connected part that each node belongs to, ints [num_nodes].

    Notes
    -----
    Where all parts are small only nodes without edges stand beside the others.
    """
    sizes = np.bincount(part)
    is_small = sizes <= SMALL
    if is_small.all():
        is_small = sizes == 1
    moved = is_small[part]
    if not moved.any():
        return 0
    held = positions[~moved].astype(np.float64)
    low, span = _box(held)
    unit = _room_of_a_node(span, len(held))
    height = max(span[1], unit * np.sqrt(moved.sum()))
    centers = np.zeros((len(sizes), positions.shape[1]))
    centers[:, 2:] = held[:, 2:].mean(axis=0) if len(held) else 0
    corner = low + np.array([span[0] + 2 * unit, height])
    centers[is_small, :2] = corner + _in_columns(unit, sizes[is_small], height)
    rows = np.flatnonzero(moved)
    positions[rows] = centers[part[rows]]
    positions[rows, :2] += _on_circles(part[rows], sizes, unit)
    return len(rows)


def _in_columns(unit: float, sizes: NDArray[np.int64], height: float) -> NDArray[np.float64]:
    """Middles of squares of an area of `sizes` each, from the upper left corner, [len(sizes), 2]."""
    middles = np.empty((len(sizes), 2))
    left, width, used = 0.0, 0.0, height
    for size in np.unique(sizes)[::-1]:
        side = float(unit * np.sqrt(size))
        squares = np.flatnonzero(sizes == size)
        # First what the last column has room for, then columns of their own.
        first, others = np.split(squares, [int((height - used) / side)])
        middles[first, 0] = left + side / 2
        middles[first, 1] = -used - (np.arange(len(first)) + 0.5) * side
        used += len(first) * side
        if len(others):
            left += width
            column, row = np.divmod(np.arange(len(others)), max(1, int(height / side)))
            middles[others, 0] = left + (column + 0.5) * side
            middles[others, 1] = -(row + 0.5) * side
            left, width, used = left + column[-1] * side, side, (row[-1] + 1) * side
    return middles


def _box(held: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower left corner of the first two axes, and the size."""
    if not len(held):
        return np.zeros(2), np.zeros(2)
    return held[:, :2].min(axis=0), np.ptp(held[:, :2], axis=0)


def _room_of_a_node(span: NDArray[np.float64], num_nodes: int) -> float:
    """Side of a square of a node's share of the map; of a line its share of the length."""
    if not num_nodes:
        return 1.0
    return float(max(np.sqrt(span.prod() / num_nodes), span.max() / num_nodes)) or 1.0


def _on_circles(part: NDArray[Any], sizes: NDArray[np.int64], unit: float) -> NDArray[np.float64]:
    """Places from the middle of each node's part, evenly on a circle; of one alone, in the middle."""
    order = np.argsort(part, kind="stable")
    rank = np.empty(len(part), np.int64)
    rank[order] = np.arange(len(part)) - np.searchsorted(part[order], part[order])
    angle = 2 * np.pi * rank / sizes[part]
    radius = np.where(sizes[part] > 1, _FILLED * unit * np.sqrt(sizes[part]), 0)
    places: NDArray[np.float64] = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return places
