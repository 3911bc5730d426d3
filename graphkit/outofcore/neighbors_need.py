"""What the search for neighbours needs, in memory and out of core; see `neighbors` for its stages."""

from __future__ import annotations

import math

from graphkit.neighbors.arguments import query_bounds
from graphkit.neighbors.knn import are_few
from graphkit.neighbors.list_search import SAMPLE
from graphkit.neighbors.lists import TRAIN_POINTS, TRAIN_ROUNDS
from graphkit.neighbors.vector_table import Metric
from graphkit.outofcore.need import NPY_HEADER, Need
from graphkit.outofcore.neighbors import num_tasks
from graphkit.resources import Estimate

USUAL_DIM = 128
"""Columns of vectors, where nothing is said."""

USUAL_PROBES = 10
"""Lists that a point looks into for a recall of 0.95: 2 to 40 of vectors of graphs, whatever their number."""

_SECONDS_PER_PRODUCT, _SECONDS_PER_PAIR, _SECONDS_PER_POINT = 1.3e-10, 1.2e-9, 1.2e-5
"""Of one core, with lists: a multiplication, a product that is offered, and what is done once a point."""

_SECONDS_PER_LONG_PRODUCT, _SECONDS_PER_LONG_PAIR = 6e-11, 2.2e-9
"""The same where all points are compared, block by block."""

_SECONDS_PER_TASK = 5e-3
"""To open a dozen files."""


def knn_need(
    num_points: int,
    dim: int = USUAL_DIM,
    k: int = 15,
    *,
    metric: Metric = "euclidean",
    probes: int | None = None,
) -> Need:
    """Return what `knn_graph` needs for so many points; `probes` is what recall takes, None for the usual.

    With lists all columns are compared, at most, and the recall is reached at once.

    Examples
    --------
    >>> knn_need(100_000_000).single_bytes >> 30
    51
    """
    if probes is None and are_few(num_points, dim):
        return _compared(num_points, dim, k)
    return _in_lists(num_points, dim, k, metric == "cosine", probes)


def knn_estimate(
    num_points: int,
    dim: int = USUAL_DIM,
    k: int = 15,
    *,
    metric: Metric = "euclidean",
    probes: int | None = None,
    num_threads: int = 1,
) -> Estimate:
    """Return what `graphkit.neighbors.knn_graph` needs in memory, the vectors included."""
    need = knn_need(num_points, dim, k, metric=metric, probes=probes)
    memory = {
        "vectors": 4 * num_points * dim,
        "neighbors": 8 * k * num_points,
        "search": max(need.single_bytes, num_threads * need.worker_bytes),
    }
    return Estimate(memory, _seconds(num_points, dim, probes) / num_threads)


def _compared(num_points: int, dim: int, k: int) -> Need:
    blocks = query_bounds(num_points, dim)
    vectors, found = 4 * num_points * dim, 8 * k * num_points
    written = 2 * found + 2 * NPY_HEADER * (len(blocks) + 1)
    queries = blocks[0][1]
    return Need(
        # Two blocks as they are compared, and what is found before and after it is put in order.
        worker_bytes=16 * queries * dim + 60 * queries * (k + 1),
        cached_bytes=vectors,
        disk_bytes=written,
        written_bytes=written,
        read_bytes=found,
        read_by_each=vectors,
        seconds=_seconds(num_points, dim, None) + len(blocks) * _SECONDS_PER_TASK,
    )


def _in_lists(num_points: int, dim: int, k: int, cosine: bool, probes: int | None) -> Need:
    num_lists = _num_lists(num_points)
    vectors, found = 4 * num_points * dim, 8 * k * num_points
    # With cosine each vector's norm.
    copies = vectors + 8 * cosine * num_points
    made = copies + 8 * num_points + num_lists * (4 * dim + 4) + 8 * (num_lists + 1) + 16 * SAMPLE
    tasks = min(num_lists, num_tasks(num_points))
    written = made + 2 * found + 4 * num_points + NPY_HEADER * (11 + 3 * tasks)
    sampled = 4 * dim * min(num_points, TRAIN_POINTS * num_lists)
    return Need(
        # How near points of a list are to all centres and to points of another, and a task's result.
        worker_bytes=24 * num_points + 2 * found // tasks,
        single_bytes=max(copies + sampled + 40 * num_points, 3 * found // 2),
        cached_bytes=2 * vectors,
        disk_bytes=written,
        written_bytes=written,
        read_bytes=2 * vectors + found,
        read_by_each=2 * vectors,
        seconds=_seconds(num_points, dim, probes) + tasks * _SECONDS_PER_TASK,
    )


def _seconds(num_points: int, dim: int, probes: int | None) -> float:
    """Of one core, beside what tasks begin with."""
    if probes is None and are_few(num_points, dim):
        return num_points**2 * (dim * _SECONDS_PER_LONG_PRODUCT + _SECONDS_PER_LONG_PAIR)
    num_lists = _num_lists(num_points)
    # Pairs in probed lists, points with centres twice, what lists are made by, and the sample.
    pairs = num_points**2 * min(USUAL_PROBES if probes is None else probes, num_lists) / num_lists
    trained = TRAIN_ROUNDS * min(num_points, TRAIN_POINTS * num_lists) * num_lists
    compared = pairs + 2 * num_points * num_lists + trained + SAMPLE * num_points
    return compared * dim * _SECONDS_PER_PRODUCT + pairs * _SECONDS_PER_PAIR + num_points * _SECONDS_PER_POINT


def _num_lists(num_points: int) -> int:
    return max(1, math.isqrt(num_points))
