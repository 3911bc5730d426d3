"""Comparisons of vectors themselves, in float64: what decides who is near, and how near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.neighbors.vector_table import Metric, Points, VectorTable
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges

Found = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Rows of the nearest, int64, -1 for none, and their distances, float64, both [num_queries, k].

Distances rise: with "cosine" they are 1 less the similarity, with "inner_product" negative products.
"""


def kind_of(metric: Metric) -> int:
    """Return what the kernels call a metric."""
    from graphkit.kernels.cpu.pair_distances import COSINE, DISTANCE, PRODUCT

    return {"euclidean": DISTANCE, "cosine": COSINE, "inner_product": PRODUCT}[metric]


def nearest_of(
    table: VectorTable, queries: Points, candidates: NDArray[Any], k: int, num_threads: int
) -> Found:
    """Return the k nearest of each query's candidates, rows [num_queries, c], -1 for none.

    `queries` as of `VectorTable.asked`.
    """
    from graphkit.kernels.cpu.pair_distances import keep_nearest

    kind = kind_of(table.metric)
    return _in_parts(
        lambda part, found, values: keep_nearest(
            table.vectors, table.lengths, queries[part], candidates[part], kind, found, values
        ),
        len(queries),
        k,
        num_threads,
    )


def nearest_of_all(
    table: VectorTable, queries: Points, excluded: NDArray[np.int64], k: int, num_threads: int
) -> Found:
    """Return the k nearest of all vectors but each query's excluded rows, [num_queries, m]."""
    from graphkit.kernels.cpu.pair_distances import keep_nearest_of_all

    kind = kind_of(table.metric)
    return _in_parts(
        lambda part, found, values: keep_nearest_of_all(
            table.vectors, table.lengths, queries[part], excluded[part], kind, found, values
        ),
        len(queries),
        k,
        num_threads,
    )


def first_rows(excluded: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return the k smallest rows that are not excluded: what is nearest to a vector of zeros by any angle."""
    rows = np.arange(k + excluded.shape[1])
    taken = (rows[None, :, None] == excluded[:, None, :]).any(axis=2)
    return np.argsort(taken, axis=1, kind="stable")[:, :k]


def _in_parts(
    keep: Callable[[slice, NDArray[np.int64], NDArray[np.float64]], None],
    num_queries: int,
    k: int,
    num_threads: int,
) -> Found:
    found, values = np.empty((num_queries, k), np.int64), np.empty((num_queries, k))

    def work(start: int, stop: int) -> None:
        part = slice(start, stop)
        keep(part, found[part], values[part])

    run_ranges(work, even_bounds(num_queries, RANGES_PER_THREAD * num_threads), num_threads)
    return found, values
