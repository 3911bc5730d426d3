"""Vectors along the few axes that hold most of their length, for comparisons that need not be exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.neighbors.vector_table import VectorTable
from graphkit.parallel import even_bounds, run_ranges
from graphkit.seeds import Stream, generator

_HELD = 0.92
"""Share of the squared length that the axes must hold."""

_STEP = 32
_FEW_COLUMNS, _MOST_COLUMNS = 192, 4096
"""With fewer columns there is little to save; with more, finding the axes costs more than it saves."""

_SAMPLE = 10_000

_PROJECTED = 1 << 18
"""Values that are prepared at a time, about."""


def reduced(table: VectorTable, *, seed: int, num_threads: int) -> Vectors:
    """Return prepared vectors along their longest axes, or with all columns where these are not few.

    Parameters
    ----------
    table
        The vectors.
    seed
        Random seed: the axes are those of a sample.
    num_threads
        Threads, >= 1; they do not change the result.

    Returns
    -------
    float32 [num_vectors, columns]
        Products of two rows are nearly those of the prepared vectors; columns <= num_columns / 2, or that.
    """
    num_rows, columns = len(table.vectors), table.num_columns
    axes = _axes(table, seed) if _FEW_COLUMNS <= columns <= _MOST_COLUMNS else None
    result: Vectors = np.empty((num_rows, columns if axes is None else axes.shape[1]), np.float32)

    def project(start: int, stop: int) -> None:
        prepared = table.prepared(slice(start, stop))
        if axes is None:
            result[start:stop] = prepared
        else:
            np.matmul(prepared, axes, out=result[start:stop])

    # Not by the threads: a product's bits may depend on the rows that are multiplied together.
    run_ranges(project, even_bounds(num_rows, -(-table.vectors.size // _PROJECTED)), num_threads)
    return result


def _axes(table: VectorTable, seed: int) -> NDArray[np.float32] | None:
    """The longest axes of a sample, float32 [num_columns, columns]; None where too many are needed."""
    size = len(table.vectors)
    rows = generator(seed, Stream.KNN_SAMPLE, 0).choice(size, min(_SAMPLE, size), replace=False)
    sample = table.prepared(np.sort(rows))
    lengths, axes = np.linalg.eigh(sample.T @ sample)
    held = np.cumsum(lengths[::-1]) / max(float(lengths.sum()), 1e-30)
    columns = _STEP * -(-(int(np.searchsorted(held, _HELD)) + 1) // _STEP)
    if columns > table.num_columns // 2:
        return None
    return np.ascontiguousarray(axes[:, ::-1][:, :columns])
