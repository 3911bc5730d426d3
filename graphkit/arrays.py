"""The kinds of arrays that travel through the house, by name and dtype."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Indptr: TypeAlias = NDArray[np.int64]
"""Row offsets of a CSR matrix, ``[num_nodes + 1]``."""

Rows: TypeAlias = NDArray[np.int32]
"""Node rows (0 .. num_nodes - 1); the column indices of a CSR matrix too."""

Weights: TypeAlias = NDArray[np.float32]
"""Arc weights, finite and > 0, ``[num_arcs]``."""

Vectors: TypeAlias = NDArray[np.float32]
"""Embedding rows, ``[num_nodes, dim]``."""

Mask: TypeAlias = NDArray[np.bool_]

NodeIds: TypeAlias = NDArray[Any]
"""The caller's node ids, unique, ``[num_nodes]``: int64 or `numpy.dtypes.StringDType`."""

CACHE_LINE = 64
"""Bytes."""

_SAMPLE = 512
_FEW_STEPS = 1e-3


def aligned_zeros(*shape: int) -> Vectors:
    """Return float32 zeros that begin where a cache line does: no vector of 16 then lies in two of them.

    Examples
    --------
    >>> aligned_zeros(1000, 128).ctypes.data % 64
    0
    """
    size = math.prod(shape)
    numbers = np.zeros(size + CACHE_LINE // 4, np.float32)
    first = -numbers.ctypes.data % CACHE_LINE // 4
    return numbers[first : first + size].reshape(shape)


def loses_digits(vectors: NDArray[Any]) -> bool:
    """Whether in float32 columns of a sample are off by more than a thousandth of what their values span.

    Examples
    --------
    >>> near_zero = np.random.default_rng(0).normal(size=(9, 2))
    >>> loses_digits(near_zero), loses_digits(near_zero + 1e7)
    (False, True)
    """
    if vectors.dtype == np.float32 or not vectors.size:
        return False
    rows = np.linspace(0, len(vectors) - 1, min(len(vectors), _SAMPLE)).astype(np.int64)
    exact = vectors[rows].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        lost = np.abs(exact - exact.astype(np.float32)).max(axis=0)
        span = np.ptp(exact, axis=0)
        return bool((lost[span > 0] > _FEW_STEPS * span[span > 0]).any())
