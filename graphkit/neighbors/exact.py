"""Exact nearest neighbours over FAISS: by cosine, inner product or Euclidean distance.

References
----------
Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs", IEEE Transactions on Big Data, 2021.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from numbers import Integral
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Vectors
from graphkit.backend import Backend, find_device
from graphkit.errors import ParameterError, unknown_choice
from graphkit.neighbors.on_device import search_bytes, search_on_device
from graphkit.neighbors.on_tensors import as_tensor, device_of, excluded_tensor, nearest_tensors
from graphkit.parallel import resolve_threads

Metric = Literal["cosine", "inner_product", "euclidean"]

_BLOCK_VALUES = 2**22
"""Values of one block of vectors (16 MiB): what a search holds beside its input and its result."""


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
        The rows to search, finite, [num_vectors, dim]; may be memory-mapped.
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
    O(num_queries · num_vectors · dim) time; 16 MiB a side beside input and result. Exact up to the
    rounding of float32, in which products are summed.

    Examples
    --------
    >>> found = nearest([[1, 0], [0, 1], [1, 1]], [[2, 0]], k=2)
    >>> found.rows
    array([[0, 2]])
    >>> found.scores.round(4)
    array([[1.    , 0.7071]], dtype=float32)
    """
    if metric not in get_args(Metric):
        raise unknown_choice("metric", str(metric), get_args(Metric))
    if device_of(vectors, backend) is not None:
        return _among_tensors(vectors, queries, k, metric, exclude, backend)
    database, wanted = as_vectors(vectors, "vectors"), as_vectors(queries, "queries")
    excluded = as_exclude(exclude, len(wanted))
    _check_shapes(database, wanted, k, excluded)
    prepare, most = PREPARE[metric](database), min(k + excluded.shape[1], len(database))
    device = find_device(backend, lambda: search_bytes(*_sizes(database, wanted), most))
    if device is not None:
        euclidean = metric == "euclidean"
        found, values = search_on_device(database, wanted, most, prepare, device, euclidean=euclidean)
        return _ordered(found, values, excluded, k, metric)
    with faiss_threads(resolve_threads(num_threads)):
        rows, scores = zip(
            *(
                _search(database, wanted[start:stop], k, metric, excluded[start:stop], prepare)
                for start, stop in query_bounds(*wanted.shape)
            ),
            strict=True,
        )
    return Nearest(np.concatenate(rows), np.concatenate(scores))


def _among_tensors(
    vectors: Any, queries: Any, k: int, metric: Metric, exclude: Any, backend: Backend
) -> Nearest:
    """Search where the vectors lie."""
    database = as_tensor(vectors, "vectors", vectors.device)
    wanted = as_tensor(queries, "queries", vectors.device)
    excluded = excluded_tensor(exclude, len(wanted), vectors.device)
    _check_shapes(database, wanted, k, excluded)
    found: Any = nearest_tensors(database, wanted, k, excluded, metric, backend)
    return Nearest(*found)


def _check_shapes(database: Any, queries: Any, k: int, excluded: Any) -> None:
    columns, found = database.shape[1], queries.shape[1]
    if columns != found:
        raise ParameterError(f"queries must have {columns} columns, as vectors, got {found}")
    check_k(k, len(database), excluded.shape[1])


def _search(
    database: Vectors,
    queries: Vectors,
    k: int,
    metric: Metric,
    excluded: NDArray[np.int64],
    prepare: Callable[[Vectors], Vectors],
) -> Nearest:
    """Search one block of queries in all blocks of the database; drop the excluded rows."""
    import faiss

    found = min(k + excluded.shape[1], len(database))
    euclidean = metric == "euclidean"
    heap = faiss.ResultHeap(len(queries), found, keep_max=not euclidean)
    kind = faiss.METRIC_L2 if euclidean else faiss.METRIC_INNER_PRODUCT
    wanted = prepare(queries)
    for start, stop in query_bounds(*database.shape):
        scores, rows = faiss.knn(wanted, prepare(database[start:stop]), min(found, stop - start), metric=kind)
        heap.add_result(scores, np.where(rows < 0, rows, rows + start))
    heap.finalize()
    if (heap.I < 0).any() or not np.isfinite(heap.D).all():
        raise ParameterError("vectors are too large: their products overflow float32; scale them down")
    scores = _distances(database, queries, heap.I) if euclidean else heap.D
    return _ordered(heap.I, scores, excluded, k, metric)


def _ordered(
    rows: NDArray[np.int64], scores: Vectors, excluded: NDArray[np.int64], k: int, metric: Metric
) -> Nearest:
    """The best `k` that are not excluded, in order."""
    scores = scores.clip(-1, 1) if metric == "cosine" else scores
    return best_of(rows, scores, excluded, k, rising=metric == "euclidean")


def _sizes(database: Vectors, queries: Vectors) -> tuple[int, int, int]:
    return len(database), *queries.shape


def distances_of(scores: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    """Return distances made of the scores of `nearest`."""
    if metric == "euclidean":
        return scores
    return 1 - scores if metric == "cosine" else -scores


def best_of(
    rows: NDArray[np.int64], scores: Vectors, excluded: NDArray[np.int64], k: int, *, rising: bool
) -> Nearest:
    """Return rows sorted by score, then by number, the excluded ones last; the first `k` columns."""
    dropped = (rows[:, :, None] == excluded[:, None, :]).any(axis=2)
    order = np.lexsort((rows, scores if rising else -scores, dropped), axis=1)[:, :k]
    return Nearest(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))


def _distances(database: Vectors, queries: Vectors, rows: NDArray[np.int64]) -> Vectors:
    """Distances of the rows found, from differences, which are precise for near rows too."""
    distances = np.empty(rows.shape, np.float32)
    for column in range(rows.shape[1]):
        difference = database[rows[:, column]] - queries
        distances[:, column] = np.sqrt(np.vecdot(difference, difference))
    return distances


def unit_rows(vectors: Vectors) -> Vectors:
    """Return rows divided by their length; zero rows stay zero."""
    # Squares of float32 values from about 1e19 on, or below 1e-23, leave its range.
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    norms[norms == 0] = 1
    unit = np.empty_like(vectors)
    np.divide(vectors, norms[:, None], out=unit, dtype=np.float64, casting="same_kind")
    return unit


def _centered(database: Vectors) -> Callable[[Vectors], Vectors]:
    """A way to shift vectors by the mean of the database, which leaves all distances as they are."""
    # FAISS expands |x - y|² into products, which far from the origin lose the difference to rounding.
    center = center_of(database)
    return lambda vectors: vectors - center


def center_of(vectors: Vectors) -> NDArray[np.float32]:
    """Return the mean of rows."""
    center: NDArray[np.float32] = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return center


PREPARE: dict[Metric, Callable[[Vectors], Callable[[Vectors], Vectors]]] = {
    "cosine": lambda _: unit_rows,
    "inner_product": lambda _: lambda vectors: vectors,
    "euclidean": _centered,
}
"""What is done to vectors before their products are taken; it may depend on the database."""


def query_bounds(num_rows: int, dim: int) -> list[tuple[int, int]]:
    """Return ranges of rows of at most `_BLOCK_VALUES` values; one empty range for no rows."""
    step = max(1, _BLOCK_VALUES // dim)
    return [(start, min(start + step, num_rows)) for start in range(0, max(num_rows, 1), step)]


def as_vectors(values: ArrayLike, name: str) -> Vectors:
    """Return values as finite float32 rows, or raise `ParameterError`."""
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            vectors = np.ascontiguousarray(values, dtype=np.float32)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ParameterError(f"{name} must be an array of numbers [rows, dim]: {error}") from None
        # A sum of float32 values in float64 is finite if and only if each of them is.
        total = vectors.sum(dtype=np.float64)
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise ParameterError(f"{name} must have shape [rows, dim] with dim >= 1, got {vectors.shape}")
    if not np.isfinite(total):
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise ParameterError(f"{name} must be finite in float32, found NaN or infinity in row {row}")
    return vectors


def as_exclude(exclude: ArrayLike | None, num_queries: int) -> NDArray[np.int64]:
    """Return rows to leave out, int64 [num_queries, m], or raise `ParameterError`."""
    if exclude is None:
        return np.empty((num_queries, 0), np.int64)
    rows = np.asarray(exclude, dtype=np.int64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or len(rows) != num_queries:
        raise ParameterError(f"exclude must have one row for each of {num_queries} queries, got {rows.shape}")
    return rows


def check_k(k: int, num_vectors: int, num_excluded: int) -> None:
    """Refuse to look for more neighbours than there are."""
    highest = num_vectors - num_excluded
    if not (isinstance(k, Integral) and 1 <= k <= highest):
        less = f" less {num_excluded} excluded" if num_excluded else ""
        raise ParameterError(f"k must be whole and in [1, {highest}] ({num_vectors} vectors{less}), got {k}")


@contextlib.contextmanager
def faiss_threads(num_threads: int) -> Iterator[None]:
    """Let FAISS use this many threads; its setting is global, so it is put back."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(num_threads)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
