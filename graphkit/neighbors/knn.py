"""knn_graph: the nearest neighbours of all points, to a recall that is asked for and measured.

Where few comparisons do, all are made. Otherwise points are cut into lists by k-means and each is compared
with those in the lists nearest to it, as many as hold the wanted share of the true neighbours of a sample:
first along the few axes that hold most of the vectors' length, then, with the best of them, by all columns.
Another sample tells the recall that was reached, and more is searched while it falls short.

References
----------
Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs", IEEE Transactions on Big Data, 2021.
"""

from __future__ import annotations

from functools import partial
from numbers import Integral
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from graphkit.checks import check_between, check_choice, check_whole, is_truth, shown
from graphkit.errors import InputError, ParameterError, naming_ours
from graphkit.gpu.backend import Backend, backend_of, is_gpu
from graphkit.gpu.placement import find_device
from graphkit.neighbors.arguments import as_vectors
from graphkit.neighbors.certainty import SPARE
from graphkit.neighbors.exact import nearest_by_distance
from graphkit.neighbors.gpu.search import search_bytes
from graphkit.neighbors.gpu.tensor_table import row_numbers
from graphkit.neighbors.gpu.tensors import as_tensor, device_of
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.neighbors.list_search import ListSearch
from graphkit.neighbors.vector_table import Metric
from graphkit.parallel import resolve_threads
from graphkit.seeds import check_seed

if TYPE_CHECKING:
    from graphkit.progress import Progress

_FEW_PRODUCTS = 2**36
"""Up to so many multiplications all points are compared: a second or so."""


@naming_ours
def knn_graph(
    vectors: ArrayLike,
    k: int = 15,
    *,
    metric: Metric = "euclidean",
    recall: float = 0.95,
    num_lists: int | None = None,
    num_probes: int | None = None,
    seed: int = 0,
    backend: Backend = "cpu",
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> KnnGraph:
    """Find the k nearest other points of every point.

    Parameters
    ----------
    vectors
        The points, finite in float32, [num_points, dim]; float64 is compared as that.
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
    backend
        Where to compare: "cpu"; "gpu", or "gpu:1" for torch's device 1 and so on, which compares all points;
        "auto" for a GPU where there is one, and room on it, unless `num_lists` or `num_probes` is given. If
        `vectors` is a tensor on that GPU, nothing is copied to the host, and the result is made of tensors.
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
        For a parameter outside its range or without effect, NaN or infinity; for a GPU that is not there, or
        too small.
    MissingDependencyError
        If backend "gpu" misses torch or triton.

    Notes
    -----
    Memory beside input and result: a copy of the vectors in float32; one and a half where few columns do not
    do after all.

    Candidates are found by products in float32 of vectors less their median; who of them is nearer, and how
    near, is worked out from the vectors themselves in float64, and so are the true neighbours that the recall
    is measured by.

    Examples
    --------
    >>> found = knn_graph([[0.0], [1.0], [3.0]], k=1)
    >>> found
    KnnGraph(3 points, k=1, euclidean, exact, recall 1.0000)
    >>> found.indices.ravel().tolist(), found.distances.ravel().tolist()
    ([1, 0, 1], [1.0, 1.0, 2.0])
    """
    check_choice("metric", metric, get_args(Metric))
    whole = num_lists is None and num_probes is None
    device = device_of(vectors, backend if whole else "cpu")
    points: Any = as_vectors(vectors, "vectors") if device is None else as_tensor(vectors, "vectors", device)
    k, num_lists, num_probes = check_search(len(points), k, recall, num_lists, num_probes)
    check_seed(seed)
    threads = resolve_threads(num_threads)
    if is_gpu(backend) and not whole:
        raise ParameterError(
            f"num_lists and num_probes have no effect with backend {backend}: it compares all points"
        )
    if device is None:
        device = find_device(
            backend if whole else "cpu", lambda: search_bytes(*_sizes(points), k + 1 + SPARE)
        )
    if (whole and are_few(*points.shape)) or recall == 1 or device is not None:
        return _exact(points, k, metric, backend_of(device), threads)
    search = ListSearch.begin(
        points,
        k,
        metric=metric,
        recall=recall,
        num_lists=num_lists,
        num_probes=num_probes,
        seed=seed,
        num_threads=threads,
    )
    step = None if progress is None else partial(progress, "neighbours")
    while search.is_worth_it:
        found, distances = search.lists.search(k, search.probes, search.candidates, step)
        search.complete(found, distances, threads)
        reached = search.reached(found, threads)
        if search.is_enough(reached):
            numbers = reached, search.lists.num_lists, search.probes, num_zero(points, metric)
            return KnnGraph(found, distances, metric, "lists", *numbers)
        search.look_further()
    return _exact(points, k, metric, "cpu", threads)


def are_few(num_points: int, dim: int) -> bool:
    """Whether all points are compared because that takes no time."""
    return num_points**2 * dim <= _FEW_PRODUCTS


def _sizes(points: Any) -> tuple[int, int, int]:
    return len(points), *points.shape


def check_search(
    num_points: int, k: int, recall: float, num_lists: int | None, num_probes: int | None
) -> tuple[int, int | None, int | None]:
    """Return k, lists and probes; raise `ParameterError` for a parameter of `knn_graph` outside its range."""
    if num_points < 2:
        raise InputError(f"neighbours are found among 2 points at least, got {num_points}")
    if not (isinstance(k, Integral) and not is_truth(k) and 1 <= k < num_points):
        raise ParameterError(
            f"k must be whole and in [1, {num_points - 1}] ({num_points} points), got {shown(k)}"
        )
    check_between("recall", recall, "(0, 1]")
    if num_lists is not None:
        num_lists = check_whole("num_lists", num_lists, 1, num_points)
    if num_probes is not None:
        num_probes = check_whole("num_probes", num_probes, 1, num_lists or int(np.sqrt(num_points)))
    return int(k), num_lists, num_probes


def _exact(points: Any, k: int, metric: Metric, backend: Backend, num_threads: int) -> KnnGraph:
    is_array = isinstance(points, np.ndarray)
    own = np.arange(len(points)) if is_array else row_numbers(points)
    rows, distances = nearest_by_distance(
        points, points, k, metric=metric, exclude=own, backend=backend, num_threads=num_threads
    )
    return KnnGraph(
        rows.astype(np.int32) if is_array else rows.int(),
        distances,
        metric,
        "exact",
        1.0,
        num_zero=num_zero(points, metric),
    )


def num_zero(points: Any, metric: Metric) -> int:
    """Return how many vectors are zero, where that matters."""
    return int((~points.any(axis=1)).sum()) if metric == "cosine" else 0
