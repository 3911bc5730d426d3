"""Exact nearest neighbours over FAISS: by cosine, inner product or Euclidean distance.

References
----------
Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs", IEEE Transactions on Big Data, 2021.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Vectors
from graphkit.checks import check_choice
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.gpu.backend import Backend
from graphkit.gpu.placement import find_device
from graphkit.neighbors.arguments import as_exclude, as_vectors, check_k, query_bounds
from graphkit.neighbors.certainty import SPARE, certain_distances, certain_products
from graphkit.neighbors.direct import Found, first_rows, nearest_of, nearest_of_all
from graphkit.neighbors.faiss_threads import faiss_threads
from graphkit.neighbors.gpu.search import DeviceRows, search_bytes
from graphkit.neighbors.gpu.tensors import as_tensor, device_of, excluded_tensor, in_order, nearest_tensors
from graphkit.neighbors.vector_table import Metric, Points, VectorTable, lengths_of
from graphkit.parallel import resolve_threads

Scan = Callable[[Vectors, int], tuple[NDArray[np.int64], NDArray[np.floating[Any]], float]]
"""Takes prepared queries, and how many to find. Returns rows [num_queries, count], -1 for none; the squared
distance or product that no vector left out passes, [num_queries]; the largest norm, if products count."""

_FEW_QUERIES = 16

_TINY = float(np.finfo(np.float32).tiny)


class Nearest(NamedTuple):
    """The nearest rows of each query, best first."""

    rows: NDArray[np.int64]
    """Row numbers in the searched vectors, [num_queries, k]."""

    scores: NDArray[np.float32]
    """Similarities (falling) or, with "euclidean", distances (rising), [num_queries, k]."""


def nearest(
    vectors: ArrayLike,
    queries: ArrayLike,
    k: int = 10,
    *,
    metric: Metric = "cosine",
    exclude: ArrayLike | None = None,
    backend: Backend = "cpu",
    num_threads: int | None = None,
) -> Nearest:
    """Find the `k` rows of `vectors` that are nearest to each query, by comparing with every row.

    Cosine similarity is ``<x, y> / (|x| |y|)``, clipped to [-1, 1], and 0 where x or y is zero.

    Parameters
    ----------
    vectors
        The rows to search, finite in float32, [num_vectors, dim]; float64 is compared as that. May be
        memory-mapped.
    queries
        What to search for, finite, [num_queries, dim].
    k
        Neighbours a query, >= 1; with `exclude` [num_queries, m] at most num_vectors - m.
    metric
        "cosine" or "inner_product" (the largest first) or "euclidean" (the smallest first).
    exclude
        Rows that must not be among a query's neighbours, such as its own; int [num_queries] or
        [num_queries, m], -1 for none.
    backend
        Where to compare: "cpu", "gpu", "gpu:1" for torch's device 1 and so on, or "auto", which takes a GPU
        where there is one, and room on it. Sums are made in another order there. If `vectors` is a tensor on
        that GPU, nothing is copied to the host, and rows and scores are tensors there.
    num_threads
        >= 1, or None for all cores.

    Returns
    -------
    Nearest
        ``rows`` int64 and ``scores`` float32, both [num_queries, k]. Equal scores are ordered by row.

    Raises
    ------
    ParameterError
        For an unknown metric, a `k` outside its range, shapes that do not fit, NaN or infinity; for a GPU
        that is not there, or too small.
    MissingDependencyError
        If backend "gpu" misses torch or triton.

    Notes
    -----
    O(num_queries · num_vectors · dim) time; 16 MiB a side beside input and result, and with "cosine" 8 bytes
    a vector. Candidates come from products in float32; distances, and who is nearer, from the vectors
    themselves in float64, with which all are compared where products cannot tell (`certainty`).

    Examples
    --------
    >>> found = nearest([[1, 0], [0, 1], [1, 1]], [[2, 0]], k=2)
    >>> found.rows
    array([[0, 2]])
    >>> found.scores.round(4)
    array([[1.    , 0.7071]], dtype=float32)
    """
    rows, distances = nearest_by_distance(
        vectors,
        queries,
        k,
        metric=metric,
        exclude=exclude,
        backend=backend,
        num_threads=num_threads,
    )
    return scored(rows, distances, metric)


def scored(rows: Any, distances: Any, metric: Metric) -> Nearest:
    """Return what is found with similarities in place of distances, arrays or tensors; see `nearest`."""
    if metric == "euclidean":
        return Nearest(rows, distances)
    if metric == "inner_product":
        return Nearest(rows, -distances)
    scores = 1 - distances
    # Near 1 a similarity has fewer digits than its distance from there: others may be equal now.
    if isinstance(scores, np.ndarray):
        order = np.lexsort((rows, -scores), axis=1)
        return Nearest(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))
    ordered: Any = in_order(rows, scores, -scores)
    return Nearest(*ordered)


def nearest_by_distance(
    vectors: ArrayLike,
    queries: ArrayLike,
    k: int,
    *,
    metric: Metric,
    exclude: ArrayLike | None = None,
    backend: Backend = "cpu",
    num_threads: int | None = None,
) -> tuple[Any, Any]:
    """Do as `nearest`, but return rows and distances, float32, as in `KnnGraph`; tensors for tensors."""
    check_choice("metric", metric, get_args(Metric))
    if device_of(vectors, backend) is not None:
        return _among_tensors(vectors, queries, k, metric, exclude, backend)
    found, values = nearest_in_float64(
        vectors, queries, k, metric=metric, exclude=exclude, backend=backend, num_threads=num_threads
    )
    return found, as_distances(values, metric)


def nearest_in_float64(
    vectors: ArrayLike,
    queries: ArrayLike,
    k: int,
    *,
    metric: Metric,
    exclude: ArrayLike | None = None,
    backend: Backend = "cpu",
    num_threads: int | None = None,
) -> Found:
    """Do as `nearest_by_distance`, of arrays, but return the distances that were compared, float64."""
    database, wanted = as_vectors(vectors, "vectors"), as_vectors(queries, "queries")
    excluded = as_exclude(exclude, len(wanted))
    k = _checked_k(database, wanted, k, excluded)
    most = min(k + excluded.shape[1] + SPARE, len(database))
    device = find_device(backend, lambda: search_bytes(len(database), len(wanted), wanted.shape[1], most))
    threads = resolve_threads(num_threads)
    if device is None:
        return search_on_cpu(database, wanted, k, excluded, metric, threads)
    table = VectorTable.of(database, metric)
    return search(table, wanted, k, excluded, DeviceRows.of(table, device).scan, threads)


def search_on_cpu(
    database: Points,
    queries: Points,
    k: int,
    excluded: NDArray[np.int64],
    metric: Metric,
    num_threads: int,
) -> Found:
    """Find the k nearest of each query; see `nearest`."""
    if len(queries) > _FEW_QUERIES:
        table = VectorTable.of(database, metric)
        return search(table, queries, k, excluded, scan_of(table), num_threads)
    # To prepare all vectors would take longer.
    table = VectorTable.plain(database, metric)
    found, values = nearest_of_all(table, table.asked(queries)[0], excluded, k, num_threads)
    zero = ~queries.any(axis=1) & (metric == "cosine")
    found[zero], values[zero] = first_rows(excluded[zero], k), 1.0
    return found, values


def search(
    table: VectorTable,
    queries: Points,
    k: int,
    excluded: NDArray[np.int64],
    scan: Scan,
    num_threads: int,
) -> Found:
    """Find the k nearest of each query, by products where they can tell, and else by direct comparison."""
    held = queries.any(axis=1)
    if table.metric == "euclidean" or held.all():
        return _search(table, queries, k, excluded, scan, num_threads)
    # To a vector of zeros all are equally near.
    found, values = first_rows(excluded, k), np.full((len(queries), k), float(table.metric == "cosine"))
    found[held], values[held] = _search(table, queries[held], k, excluded[held], scan, num_threads)
    return found, values


def _search(
    table: VectorTable,
    queries: Points,
    k: int,
    excluded: NDArray[np.int64],
    scan: Scan,
    num_threads: int,
) -> Found:
    """As `search`, block after block of queries."""
    with faiss_threads(num_threads):
        parts = [
            _search_block(table, queries[start:stop], k, excluded[start:stop], scan, num_threads)
            for start, stop in query_bounds(*queries.shape)
        ]
    found, values = map(np.concatenate, zip(*parts, strict=True))
    return found, values


def _search_block(
    table: VectorTable,
    queries: Points,
    k: int,
    excluded: NDArray[np.int64],
    scan: Scan,
    num_threads: int,
) -> Found:
    exact, wanted = table.asked(queries)
    candidates, last, longest = scan(wanted, min(k + excluded.shape[1] + SPARE, len(table.vectors)))
    held = (candidates[:, :, None] != excluded[:, None, :]).all(axis=2)
    found, values = nearest_of(table, exact, np.where(held, candidates, -1), k, num_threads)
    everyone = candidates.shape[1] == len(table.vectors)
    doubtful = (found[:, -1] < 0) | ~(
        everyone | _certain(table, queries, wanted, values[:, -1], last, longest)
    )
    if doubtful.any():
        some = np.flatnonzero(doubtful)
        found[some], values[some] = nearest_of_all(table, exact[some], excluded[some], k, num_threads)
    return found, values


def _certain(
    table: VectorTable,
    queries: Points,
    wanted: Vectors,
    farthest: NDArray[np.float64],
    last: NDArray[np.floating[Any]],
    longest: float,
) -> Any:
    """Whether no vector that was left out by its product can be nearer than the `farthest` that was kept."""
    with np.errstate(over="ignore", invalid="ignore"):
        if table.by_distance:
            apart = farthest if table.metric == "euclidean" else np.sqrt(2 * farthest)
            return certain_distances(apart * table.scale, last, lengths_of(wanted), table.num_columns)
        smallest = (-farthest - queries @ table.center) * table.scale / lengths_of(queries)
        return certain_products(smallest, last, longest, table.num_columns)


def scan_of(table: VectorTable) -> Scan:
    """Return what takes products with all vectors of a table, block after block, on the CPU."""

    def scan(wanted: Vectors, count: int) -> tuple[NDArray[np.int64], NDArray[np.floating[Any]], float]:
        import faiss

        kind = faiss.METRIC_L2 if table.by_distance else faiss.METRIC_INNER_PRODUCT
        heap = faiss.ResultHeap(len(wanted), count, keep_max=not table.by_distance)
        longest = 0.0
        for start, stop in query_bounds(*table.vectors.shape):
            points = table.prepared(slice(start, stop))
            scores, rows = faiss.knn(wanted, points, min(count, stop - start), metric=kind)
            heap.add_result(scores, np.where(rows < 0, rows, rows + start))
            if not table.by_distance:
                longest = max(longest, float(lengths_of(points).max(initial=0)))
        heap.finalize()
        return heap.I, heap.D[:, -1], longest

    return scan


def as_distances(values: NDArray[np.float64], metric: Metric) -> NDArray[np.float32]:
    """Return values as float32, or say that it cannot hold them."""
    with np.errstate(over="ignore"):
        distances = values.astype(np.float32)
    what = "distances" if metric == "euclidean" else "products"
    if not np.isfinite(distances).all():
        raise ParameterError(f"vectors are too large: their {what} overflow float32; scale them down")
    sizes = np.abs(values)
    if ((sizes > 0) & (sizes < _TINY)).any():
        warn_of_tiny(what)
    return distances


def warn_of_tiny(what: str) -> None:
    """Say that distances are smaller than float32 can tell apart."""
    message = f"vectors are so near to one another that their {what} underflow float32; scale them up"
    warnings.warn(message, GraphkitWarning, stacklevel=2)


def _among_tensors(
    vectors: Any, queries: Any, k: int, metric: Metric, exclude: Any, backend: Backend
) -> tuple[Any, Any]:
    """Search where the vectors lie."""
    database = as_tensor(vectors, "vectors", vectors.device)
    wanted = as_tensor(queries, "queries", vectors.device)
    excluded = excluded_tensor(exclude, len(wanted), vectors.device)
    k = _checked_k(database, wanted, k, excluded)
    return nearest_tensors(database, wanted, k, excluded, metric, backend)


def _checked_k(database: Any, queries: Any, k: int, excluded: Any) -> int:
    """k, the shapes being as they must."""
    columns, found = database.shape[1], queries.shape[1]
    if columns != found:
        raise ParameterError(f"queries must have {columns} columns, as vectors, got {found}")
    return check_k(k, len(database), excluded.shape[1])
