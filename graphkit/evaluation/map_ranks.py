"""Where the neighbours of one space stand in the other: what the measures of a map are made of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graphkit.neighbors import Metric
from graphkit.neighbors.vector_table import Points, VectorTable

_BLOCK_VALUES = 2**23
"""Distances that are held at a time (64 MiB)."""


def neighbor_ranks(
    vectors: Points, positions: Points, rows: NDArray[np.int64], k: int, metric: Metric
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return for some points the ranks in the space of their map neighbours, and the other way round.

    Ranks count from 1, the point itself left out; at equal distances the earlier row is nearer.

    Returns
    -------
    tuple of int64 [len(rows), k]
        Ranks in the space of the k nearest in the map; ranks in the map of the k nearest in the space; rows
        of the k nearest in the map, nearest first.
    """
    ranks = [np.empty((len(rows), k), np.int64) for _ in range(3)]
    step = max(1, _BLOCK_VALUES // max(1, len(vectors)))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        pairs = zip(
            _distances(vectors, block, metric), _distances(positions, block, "euclidean"), strict=True
        )
        for place, (space, drawn) in enumerate(pairs, start):
            near_space, near_map = _nearest(space, k), _nearest(drawn, k)
            ranks[0][place] = _ranks(space, near_map)
            ranks[1][place] = _ranks(drawn, near_space)
            ranks[2][place] = near_map
    return ranks[0], ranks[1], ranks[2]


def _distances(points: Points, rows: NDArray[np.int64], metric: Metric) -> Iterator[NDArray[np.float64]]:
    """What orders all points by nearness to each of some, infinite for itself; float64 [num_points] a row."""
    found = np.empty((len(rows), len(points)))
    center = VectorTable.of(points, metric).center
    # Of a query, products with what is taken from all alike order nothing.
    queries = _prepared(points[rows], metric, center if metric == "euclidean" else np.zeros_like(center))
    step = max(1, _BLOCK_VALUES // points.shape[1])
    for start in range(0, len(points), step):
        part = _prepared(points[start : start + step], metric, center)
        found[:, start : start + step] = -queries @ part.T
        if metric == "euclidean":
            found[:, start : start + step] += np.vecdot(part, part) / 2
    found[np.arange(len(rows)), rows] = np.inf
    yield from found


def _prepared(points: Points, metric: Metric, center: NDArray[np.float64]) -> NDArray[np.float64]:
    exact = points.astype(np.float64)
    if metric == "cosine":
        norms = np.linalg.norm(exact, axis=1, keepdims=True)
        exact /= np.where(norms == 0, 1, norms)
    exact -= center
    return exact


def _nearest(distances: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    limit = np.partition(distances, k - 1)[k - 1]
    candidates = np.flatnonzero(distances <= limit)
    return candidates[np.argsort(distances[candidates], kind="stable")[:k]]


def _ranks(distances: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    wanted = distances[rows, None]
    ties = (distances == wanted) & (np.arange(len(distances)) < rows[:, None])
    ranks: NDArray[np.int64] = 1 + (distances < wanted).sum(axis=1) + ties.sum(axis=1)
    return ranks
