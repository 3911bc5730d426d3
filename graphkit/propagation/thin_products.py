"""Products of tall, thin matrices, the same bits on any number of threads.

BLAS splits a product among its threads as it likes, so sums over rows depend on their number. Here rows are
cut into ranges that depend on their number alone, BLAS works within one range on one thread, and sums of
ranges are added in float64 in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.parallel import even_bounds, run_ranges

Matrix = NDArray[np.floating[Any]]
"""float32 or float64, rows contiguous."""

_MOST_RANGES = 64
_RANGE_ROWS = 1024
"""Rows of a range at least, where there are few."""

_BLOCK_ROWS = 4096
"""Rows whose sums are float32's own, within a range."""


def single_threaded_blas() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread a call."""
    from threadpoolctl import threadpool_limits

    context: AbstractContextManager[Any] = threadpool_limits(1, "blas")
    return context


class ThinProducts:
    """Products over the rows of matrices [num_rows, few]; within `single_threaded_blas` only.

    Parameters
    ----------
    num_rows
        Rows of every matrix.
    num_threads
        Threads to use.

    Attributes
    ----------
    ranges
        Bounds of the ranges whose sums are added in their order.
    blocks
        Bounds of the blocks of rows that BLAS multiplies at a time.
    """

    def __init__(self, num_rows: int, num_threads: int):
        self.num_threads = num_threads
        self.ranges = even_bounds(num_rows, min(_MOST_RANGES, -(-num_rows // _RANGE_ROWS)))
        self.blocks = even_bounds(num_rows, max(len(self.ranges) - 1, -(-num_rows // _BLOCK_ROWS)))

    def gram(self, left: Matrix, right: Matrix, *, exact: bool = False) -> NDArray[np.float64]:
        """Return leftᵀ right, float64 [left columns, right columns]; if `exact`, float64 all the way."""
        dtype = np.float64 if exact else left.dtype

        def partial(start: int, stop: int) -> NDArray[np.float64]:
            return gram_of_range(left[start:stop], right[start:stop], dtype)

        return np.asarray(sum(run_ranges(partial, self.ranges, self.num_threads)))

    def times(self, left: Matrix, right: NDArray[np.float64], out: Matrix) -> None:
        """Write left · right into `out`, which may be columns of `left`."""
        small = right.astype(left.dtype)
        if np.may_share_memory(left, out) or out.dtype != left.dtype:
            self.each_block(lambda rows: np.copyto(out[rows], left[rows] @ small))
        else:
            run_ranges(
                lambda start, stop: np.matmul(left[start:stop], small, out=out[start:stop]),
                self.blocks,
                self.num_threads,
            )

    def subtract(self, matrix: Matrix, left: Matrix, right: NDArray[np.float64]) -> None:
        """Subtract left · right from `matrix`, in place."""
        small = right.astype(left.dtype)

        def block(rows: slice) -> None:
            matrix[rows] -= left[rows] @ small

        self.each_block(block)

    def squares(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the sum of the squares of each column, float64 [columns]."""
        return self._sum(lambda rows: _squares(matrix[rows]))

    def squares_of_differences(
        self, matrix: Matrix, other: Matrix, factors: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the sum of the squares of each column of matrix - other * factors, float64 [columns]."""
        return self._sum(lambda rows: _squares(matrix[rows] - other[rows] * factors))

    def normalize_rows(self, matrix: Matrix) -> None:
        """Divide each row by its L2 norm, in place; one of zeros stays."""

        def block(rows: slice) -> None:
            part = matrix[rows]
            norms = np.sqrt(np.einsum("ij,ij->i", part, part, dtype=np.float64))
            part /= np.where(norms > 0, norms, 1)[:, None]

        self.each_block(block)

    def largest_entries(self, matrix: Matrix) -> Matrix:
        """Return the entry of each column that is largest by absolute value, the first of equal ones."""
        parts = run_ranges(
            lambda start, stop: largest_of_columns(matrix[start:stop]), self.blocks, self.num_threads
        )
        return largest_of_columns(np.array(parts))

    def _sum(self, of_block: Callable[[slice], NDArray[np.float64]]) -> NDArray[np.float64]:
        parts = run_ranges(lambda start, stop: of_block(slice(start, stop)), self.blocks, self.num_threads)
        return np.asarray(sum(parts))

    def each_block(self, work: Callable[[slice], None]) -> None:
        """Call `work` with slices that cover the rows, on threads."""
        run_ranges(lambda start, stop: work(slice(start, stop)), self.blocks, self.num_threads)


def gram_of_range(left: Matrix, right: Matrix, dtype: Any) -> NDArray[np.float64]:
    """Return leftᵀ right of a range's rows, block by block in `dtype`, float64 in all."""
    total = np.zeros((left.shape[1], right.shape[1]))
    for first in range(0, len(left), _BLOCK_ROWS):
        rows = slice(first, first + _BLOCK_ROWS)
        one, other = (part[rows].astype(dtype, copy=False) for part in (left, right))
        total += one.T @ other
    return total


def largest_of_columns(matrix: Matrix) -> Matrix:
    """Return the entry of each column that is largest by absolute value, the first of equal ones."""
    entries: Matrix = np.take_along_axis(matrix, np.abs(matrix).argmax(axis=0)[None], axis=0)[0]
    return entries


def _squares(matrix: NDArray[Any]) -> NDArray[np.float64]:
    squares: NDArray[np.float64] = np.einsum("ij,ij->j", matrix, matrix, dtype=np.float64)
    return squares
