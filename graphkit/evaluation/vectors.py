"""Vectors as evaluation takes them: an array or an Embedding, finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array
from graphkit.embedding import Embedding
from graphkit.errors import InputError

_LARGEST = 1e15
"""Products of larger values with gradients leave float32's range."""


def as_vectors(vectors: Any) -> NDArray[Any]:
    """Return vectors as float32 or float64 [num_nodes, dim >= 1], all finite.

    Raises
    ------
    InputError
        For another shape or type, or for the first row that holds NaN, infinity or a number beyond 1e15.
    """
    array = vectors.vectors if isinstance(vectors, Embedding) else as_array("vectors", vectors)
    if array.ndim != 2 or array.shape[1] == 0 or array.dtype.kind not in "fiu":
        raise InputError(
            f"vectors must be numbers [num_nodes, dim >= 1], got {array.dtype} {list(array.shape)}"
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    _check_finite(array)
    return array


def unit_rows(vectors: NDArray[Any]) -> NDArray[Any]:
    """Return the rows divided by their Euclidean length; zero rows stay zero."""
    norms = np.linalg.norm(vectors.astype(np.float64, copy=False), axis=1)
    norms[norms == 0] = 1
    unit: NDArray[Any] = (vectors / norms[:, None]).astype(vectors.dtype)
    return unit


def _check_finite(vectors: NDArray[Any]) -> None:
    # NaN passes through both; no copy is made of a large matrix.
    if not len(vectors) or max(vectors.max(), -vectors.min()) <= _LARGEST:
        return
    row = int(np.flatnonzero(~(np.abs(vectors) <= _LARGEST).all(axis=1))[0])
    raise InputError(f"vectors must be finite and at most {_LARGEST:.0e} in size; row {row} is not")
