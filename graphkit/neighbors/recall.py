"""The share of true neighbours that were found, by the vectors themselves in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.neighbors.direct import nearest_of
from graphkit.neighbors.vector_table import Metric, Points, VectorTable

_TIE, _SAME_PRODUCT = 1e-5, 1e-12
"""Relative: of distances, what makes no difference; a product may be far larger than what it differs by."""


def recall_of(
    points: Points,
    metric: Metric,
    rows: NDArray[np.int64],
    found: NDArray[np.integer],
    farthest: NDArray[np.float64],
    num_threads: int,
) -> float:
    """Return the share of what was found that is as near as the farthest true neighbour: a tie is no mistake.

    Parameters
    ----------
    points
        All of them, float32 or float64 [num_points, dim].
    metric
        What nearness means.
    rows, found
        Some of the points, and the rows found for each, ints [num_rows] and [num_rows, k].
    farthest
        The distance of each one's k-th true neighbour, float64 [num_rows].
    num_threads
        Threads, >= 1.
    """
    table = VectorTable.plain(points, metric)
    queries, k = table.queries_of(rows), found.shape[1]
    _, distances = nearest_of(table, queries, found, k, num_threads)
    tie = (_SAME_PRODUCT if metric == "inner_product" else _TIE) * np.abs(farthest)
    return float((distances <= (farthest + tie)[:, None]).mean())
