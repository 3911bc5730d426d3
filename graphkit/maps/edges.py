"""Edges that are drawn on a map: rows of the points that lines connect."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.errors import ParameterError

DRAWN_EDGES = 2000
"""Up to so many edges of a graph are drawn, unless it is asked for."""


def as_edges(values: ArrayLike, num_points: int) -> NDArray[np.int64]:
    """Return edges as int64 [num_edges, 2], or raise `ParameterError` unless they are rows of points."""
    edges = np.asarray(values)
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype.kind not in "iu":
        raise ParameterError(f"edges must be whole numbers [num_edges, 2], got {list(edges.shape)}")
    if edges.size and not (edges.min() >= 0 and edges.max() < num_points):
        raise ParameterError(f"edges must lie in [0, {num_points}), as rows of points")
    return edges.astype(np.int64)


def sampled(edges: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], int]:
    """Return all edges, or of more than `most` every second, or every third, and so on; and which.

    Examples
    --------
    >>> edges, step = sampled(np.arange(10).reshape(5, 2), 2)
    >>> edges.tolist(), step
    ([[0, 1], [6, 7]], 3)
    """
    step = max(-(-len(edges) // most), 1)
    return edges[::step], step
