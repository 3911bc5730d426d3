"""Vectors along the few axes that hold most of their length, for comparisons that need not be exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges
from graphkit.seeds import Stream, generator

_HELD = 0.92
"""Share of the squared length that the axes must hold."""

_STEP = 32
_FEW_COLUMNS, _MOST_COLUMNS = 192, 4096
"""With fewer columns there is little to save; with more, finding the axes costs more than it saves."""

_SAMPLE = 10_000


def reduced(vectors: Vectors, center: NDArray[np.float32], *, seed: int, num_threads: int) -> Vectors:
    """Return vectors less `center` along their longest axes, or with all columns where these are not few.

    Parameters
    ----------
    vectors
        float32 [num_vectors, dim].
    center
        What is taken from each of them, float32 [dim].
    seed
        Random seed: the axes are those of a sample.
    num_threads
        Threads, >= 1; they do not change the result.

    Returns
    -------
    float32 [num_vectors, columns]
        Products of two rows are nearly those of the rows of ``vectors - center``; columns <= dim / 2, or dim.
    """
    dim = vectors.shape[1]
    axes = _axes(vectors, center, seed) if _FEW_COLUMNS <= dim <= _MOST_COLUMNS else None
    if axes is None:
        return vectors - center
    shift = center @ axes
    result: Vectors = np.empty((len(vectors), axes.shape[1]), np.float32)

    def project(start: int, stop: int) -> None:
        np.matmul(vectors[start:stop], axes, out=result[start:stop])
        result[start:stop] -= shift

    run_ranges(project, even_bounds(len(vectors), RANGES_PER_THREAD * num_threads), num_threads)
    return result


def _axes(vectors: Vectors, center: NDArray[np.float32], seed: int) -> NDArray[np.float32] | None:
    """The longest axes of a sample, float32 [dim, columns]; None where too many are needed."""
    rows = generator(seed, Stream.KNN_SAMPLE, 0).choice(
        len(vectors), min(_SAMPLE, len(vectors)), replace=False
    )
    sample = vectors[np.sort(rows)] - center
    lengths, axes = np.linalg.eigh(sample.T @ sample)
    held = np.cumsum(lengths[::-1]) / max(float(lengths.sum()), 1e-30)
    columns = _STEP * -(-(int(np.searchsorted(held, _HELD)) + 1) // _STEP)
    if columns > vectors.shape[1] // 2:
        return None
    return np.ascontiguousarray(axes[:, ::-1][:, :columns])
