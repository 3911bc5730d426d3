"""knn_graph: the nearest neighbours of all points, to a recall that is asked for and measured.

Where few comparisons do, all are made. Otherwise points are cut into lists by k-means and each is compared
with those in the lists nearest to it, as many as hold the wanted share of the true neighbours of a sample;
another sample then tells the recall that was reached, and more lists are searched while it falls short.

References
----------
Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs", IEEE Transactions on Big Data, 2021.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Rows, Vectors
from graphkit.errors import ParameterError, unknown_choice
from graphkit.neighbors.exact import PREPARE, Metric, as_vectors, nearest
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.neighbors.lists import PointLists
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, check_seed, generator

if TYPE_CHECKING:
    from graphkit.progress import Progress

_FEW_PRODUCTS = 2**36
"""Up to so many multiplications all points are compared: a second or so."""

_SAMPLE = 500
_MARGIN = 0.005
"""Of recall, by which the sample that lists are chosen by may be too lucky."""

_MOST_LISTS = 0.4
"""Of all lists; from there on comparing all points is as fast."""


def knn_graph(
    vectors: ArrayLike,
    k: int = 15,
    *,
    metric: Metric = "euclidean",
    recall: float = 0.95,
    num_lists: int | None = None,
    num_probes: int | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> KnnGraph:
    """Find the k nearest other points of every point.

    Parameters
    ----------
    vectors
        The points, finite, [num_points, dim].
    k
        Neighbours of each, in [1, num_points - 1].
    metric
        "euclidean", "cosine" or "inner_product" (the largest are the nearest).
    recall
        Share of the true neighbours that must be found, in (0, 1]; 1 compares all points.
    num_lists
        Lists that points are cut into, in [1, num_points]; None for about the root of their number, or for a
        comparison of all points where they are few.
    num_probes
        Lists that each point looks into, in [1, num_lists]; None for as many as the recall takes.
    seed
        Random seed; the same seed gives the same graph on any number of threads.
    num_threads
        >= 1, or None for all cores.
    progress
        Called with ("neighbours", lists done, lists).

    Returns
    -------
    KnnGraph
        Neighbours, distances, and the measured recall.

    Raises
    ------
    ParameterError
        For a parameter outside its range, NaN or infinity.

    Notes
    -----
    Memory beside input and result: two copies of the vectors at most, and 4 bytes a point and list.

    Examples
    --------
    >>> found = knn_graph([[0.0], [1.0], [3.0]], k=1)
    >>> found
    KnnGraph(3 points, k=1, euclidean, exact, recall 1.0000)
    >>> found.indices.ravel().tolist(), found.distances.ravel().tolist()
    ([1, 0, 1], [1.0, 1.0, 2.0])
    """
    if metric not in get_args(Metric):
        raise unknown_choice("metric", str(metric), get_args(Metric))
    points = as_vectors(vectors, "vectors")
    _check(len(points), k, recall, num_lists, num_probes)
    check_seed(seed)
    threads = resolve_threads(num_threads)
    few = num_lists is None and num_probes is None and len(points) ** 2 * points.shape[1] <= _FEW_PRODUCTS
    if few or recall == 1:
        return _exact(points, k, metric, threads)
    lists = PointLists(
        PREPARE[metric](points)(points),
        by_distance=metric != "inner_product",
        num_lists=num_lists or int(np.sqrt(len(points))),
        seed=seed,
        num_threads=threads,
    )
    chosen = num_probes or _probes(lists, points, k, metric, recall, seed)
    rows, truth = _sample(points, k, metric, seed, 1, threads)
    while chosen <= _MOST_LISTS * lists.num_lists or num_probes is not None:
        found = lists.search(k, chosen, None if progress is None else partial(progress, "neighbours"))
        short = np.flatnonzero(found[:, -1] < 0)
        if len(short):
            found[short] = nearest(points, points[short], k, metric=metric, exclude=short).rows
        measured = _recall(points, rows, found[rows], truth, metric, threads)
        if measured >= recall or num_probes is not None:
            distances = _distances(points, found, metric, threads)
            order = np.lexsort((found, distances), axis=1)
            return KnnGraph(
                np.take_along_axis(found, order, axis=1),
                np.take_along_axis(distances, order, axis=1),
                metric,
                "lists",
                measured,
                lists.num_lists,
                chosen,
                _zeros(points, metric),
            )
        chosen += max(1, chosen // 4)
    return _exact(points, k, metric, threads)


def _check(num_points: int, k: int, recall: float, num_lists: int | None, num_probes: int | None) -> None:
    if not 1 <= k < num_points:
        raise ParameterError(f"k must lie in [1, {num_points - 1}] ({num_points} points), got {k}")
    if not 0 < recall <= 1:
        raise ParameterError(f"recall must lie in (0, 1], got {recall}")
    if num_lists is not None and not 1 <= num_lists <= num_points:
        raise ParameterError(f"num_lists must lie in [1, {num_points}], got {num_lists}")
    highest = num_lists or int(np.sqrt(num_points))
    if num_probes is not None and not 1 <= num_probes <= highest:
        raise ParameterError(f"num_probes must lie in [1, {highest}], got {num_probes}")


def _exact(points: Vectors, k: int, metric: Metric, num_threads: int) -> KnnGraph:
    own = np.arange(len(points))
    found = nearest(points, points, k, metric=metric, exclude=own, num_threads=num_threads)
    distances = _as_distances(found.scores, metric)
    return KnnGraph(
        found.rows.astype(np.int32), distances, metric, "exact", 1.0, num_zero=_zeros(points, metric)
    )


def _sample(
    points: Vectors, k: int, metric: Metric, seed: int, item: int, num_threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Some points and their true neighbours."""
    random = generator(seed, Stream.KNN_SAMPLE, item + 1)
    rows = np.sort(random.choice(len(points), min(_SAMPLE, len(points)), replace=False))
    truth = nearest(points, points[rows], k, metric=metric, exclude=rows, num_threads=num_threads).rows
    return rows, truth


def _probes(lists: PointLists, points: Vectors, k: int, metric: Metric, recall: float, seed: int) -> int:
    rows, truth = _sample(points, k, metric, seed, 2, lists.num_threads)
    return lists.probes_for(rows, truth, min(1.0, recall + _MARGIN))


def _recall(
    points: Vectors,
    rows: NDArray[np.int64],
    found: Rows,
    truth: NDArray[np.int64],
    metric: Metric,
    num_threads: int,
) -> float:
    """Share of found neighbours that are as near as the true ones: a tie is no mistake."""
    limit = _distances(points, truth[:, -1:], metric, num_threads, rows)
    near = _distances(points, found, metric, num_threads, rows)
    return float((near <= limit + 1e-6 * np.abs(limit)).mean())


def _distances(
    points: Vectors,
    found: NDArray[Any],
    metric: Metric,
    num_threads: int,
    rows: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Distances of the rows (all by default) to what was found for them, precise for near ones too."""
    from graphkit.kernels.cpu.pair_distances import write_distances, write_products

    prepare = PREPARE[metric](points)
    ready = prepare(points)
    queries = ready if rows is None else ready[rows]
    result = np.empty(found.shape, np.float32)
    write = write_distances if metric == "euclidean" else write_products
    bounds = even_bounds(len(found), RANGES_PER_THREAD * num_threads)
    run_ranges(partial(write, ready, queries, found, result), bounds, num_threads)
    return _as_distances(result.clip(-1, 1) if metric == "cosine" else result, metric)


def _as_distances(scores: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    if metric == "euclidean":
        return scores
    return 1 - scores if metric == "cosine" else -scores


def _zeros(points: Vectors, metric: Metric) -> int:
    return int((~points.any(axis=1)).sum()) if metric == "cosine" else 0
