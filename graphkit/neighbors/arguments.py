"""What a search is given: vectors, rows to leave out, the number of neighbours; and what is refused."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_array, is_truth, shown
from graphkit.errors import ParameterError
from graphkit.neighbors.vector_table import Points

_BLOCK_VALUES = 2**22
"""Values of one block of vectors (16 MiB): what a search holds beside its input and its result."""

_LARGEST = float(np.finfo(np.float32).max)


def as_vectors(values: ArrayLike, name: str) -> Points:
    """Return values as rows of float32, or of float64 if float32 cannot hold them, or raise `ParameterError`.

    They must be finite in float32, as distances are.
    """
    try:
        given: NDArray[Any] = np.asarray(values)
        exact = np.float32 if np.can_cast(given.dtype, np.float32) else np.float64
        vectors: Points = np.ascontiguousarray(given, dtype=exact)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"{name} must be an array of numbers [rows, dim]: {error}") from None
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise ParameterError(f"{name} must have shape [rows, dim] with dim >= 1, got {vectors.shape}")
    if not _is_finite(vectors):
        row = int(np.flatnonzero(~(np.abs(vectors) <= _LARGEST).all(axis=1))[0])
        raise ParameterError(f"{name} must be finite in float32, found NaN or infinity in row {row}")
    return vectors


def _is_finite(vectors: Points) -> bool:
    if vectors.dtype == np.float32:
        # A sum of float32 values in float64 is finite if and only if each of them is.
        with np.errstate(invalid="ignore"):
            return bool(np.isfinite(vectors.sum(dtype=np.float64)))
    return bool(vectors.min(initial=0) >= -_LARGEST and vectors.max(initial=0) <= _LARGEST)


def query_bounds(num_rows: int, dim: int) -> list[tuple[int, int]]:
    """Return ranges of rows of at most `_BLOCK_VALUES` values; one empty range for no rows."""
    step = max(1, _BLOCK_VALUES // dim)
    return [(start, min(start + step, num_rows)) for start in range(0, max(num_rows, 1), step)]


def as_exclude(exclude: ArrayLike | None, num_queries: int) -> NDArray[np.int64]:
    """Return rows to leave out, int64 [num_queries, m], or raise `ParameterError`."""
    if exclude is None:
        return np.empty((num_queries, 0), np.int64)
    given = as_array("exclude", exclude)
    if given.size and given.dtype.kind not in "iu":
        raise ParameterError(f"exclude must be whole numbers, rows of vectors, got {given.dtype}")
    rows = given.astype(np.int64, copy=False)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or len(rows) != num_queries:
        raise ParameterError(f"exclude must have one row for each of {num_queries} queries, got {rows.shape}")
    return rows


def check_k(k: int, num_vectors: int, num_excluded: int) -> int:
    """Return k; refuse to look for more neighbours than there are."""
    highest = num_vectors - num_excluded
    if not (isinstance(k, Integral) and not is_truth(k) and 1 <= k <= highest):
        less = f" less {num_excluded} excluded" if num_excluded else ""
        raise ParameterError(
            f"k must be whole and in [1, {highest}] ({num_vectors} vectors{less}), got {shown(k)}"
        )
    return int(k)
