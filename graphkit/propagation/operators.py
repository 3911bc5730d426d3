"""Matrices that are only multiplied by thin ones: sparse with scaled rows and columns, dense, SciPy's."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import CACHE_LINE, aligned_zeros
from graphkit.checks import kind_of
from graphkit.errors import InputError
from graphkit.kernels.cpu import simd, spmm
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.thin_products import Matrix

if TYPE_CHECKING:
    from graphkit.arrays import Indptr, Rows
    from graphkit.graph.graph import Graph

Scale = NDArray[np.float64]
"""A factor for each row or column."""

COLUMNS = 64
"""Columns that are multiplied at a time: few, that their rows stay close, in an array by themselves."""


class Operator(Protocol):
    """A matrix by its products with thin ones, float32 or float64, rows contiguous."""

    shape: tuple[int, int]

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""


class SparseOperator:
    """M = diag(row_scale) S diag(column_scale), S sparse in CSR form and never copied.

    Parameters
    ----------
    indptr, indices
        Rows of S, int64 [num_rows + 1] and int32 [num_entries].
    values
        Entries, float32 [num_entries], of any sign; None for ones.
    shape
        (num_rows, num_columns).
    row_scale, column_scale
        float64 [num_rows] and [num_columns]; None for ones.
    symmetric
        Whether S is symmetric, so that its transpose need not be made.
    mirrored
        Where S has an entry (j, i) for each (i, j): for each entry the value of the other, float32
        [num_entries].
    num_threads
        Threads to use.

    Notes
    -----
    The transpose of an asymmetric S is made, once, when it is first multiplied by, unless it is `mirrored`.
    """

    def __init__(
        self,
        indptr: Indptr,
        indices: Rows,
        values: NDArray[np.float32] | None,
        shape: tuple[int, int],
        *,
        row_scale: Scale | None = None,
        column_scale: Scale | None = None,
        symmetric: bool = False,
        mirrored: NDArray[np.float32] | None = None,
        num_threads: int,
    ):
        self.shape = shape
        self._arrays = indptr, indices, values
        self._mirrored = mirrored
        self._row_scale, self._column_scale = row_scale, column_scale
        self._symmetric = symmetric
        self._num_threads = num_threads
        self._buffer: Matrix | None = None

    @classmethod
    def normalized_adjacency(
        cls, graph: Graph, *, regularization: float = 0.0, num_threads: int
    ) -> SparseOperator:
        """Return (D + tI)^-1/2 A (D + tI)^-1/2 of an undirected graph, t being so many mean strengths.

        Rows of isolated nodes are zero.
        """
        extra = regularization * float(graph.strength.mean()) if graph.num_nodes else 0.0
        scale = np.sqrt(reciprocal(graph.strength + extra))
        return cls(
            graph.indptr,
            graph.indices,
            graph.weights,
            (graph.num_nodes, graph.num_nodes),
            row_scale=scale,
            column_scale=scale,
            symmetric=True,
            num_threads=num_threads,
        )

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""
        self._multiply(self._arrays, self._row_scale, self._column_scale, block, out)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""
        arrays = self._arrays if self._symmetric else self._transposed
        self._multiply(arrays, self._column_scale, self._row_scale, block, out)

    @cached_property
    def _transposed(self) -> Any:
        indptr, indices, values = self._arrays
        if self._mirrored is not None:
            return indptr, indices, self._mirrored
        import scipy.sparse

        data = np.ones(len(indices), np.float32) if values is None else values
        turned = scipy.sparse.csr_array((data, indices, indptr), shape=self.shape).tocsc()
        return turned.indptr.astype(np.int64), turned.indices.astype(np.int32, copy=False), turned.data

    def _multiply(
        self, arrays: Any, left: Scale | None, right: Scale | None, block: Matrix, out: Matrix
    ) -> None:
        of_rows: Any = None if left is None else left.astype(block.dtype, copy=False)
        of_columns = None if right is None else right.astype(block.dtype, copy=False)[:, None]
        bounds = balanced_bounds(arrays[0], self._num_threads * RANGES_PER_THREAD)
        width = block.shape[1]
        if block.dtype != np.float32 or width % simd.LANES:
            gathered = block if of_columns is None else self._copy(block, of_columns, np.empty_like(block))
            multiply = partial(spmm.multiply, *arrays, of_rows, gathered, out)
            run_ranges(multiply, bounds, self._num_threads)
            return
        for first in range(0, width, COLUMNS):
            part = self._aligned(block[:, first : first + COLUMNS], of_columns)
            multiply = partial(spmm.multiply_in_registers, *arrays, of_rows, part, out, first)
            run_ranges(multiply, bounds, self._num_threads)

    def _aligned(self, part: Matrix, scale: Matrix | None) -> Matrix:
        """Some columns times a factor a row, contiguous, from where a cache line begins."""
        if scale is None and part.flags.c_contiguous and part.ctypes.data % CACHE_LINE == 0:
            return part
        if self._buffer is None or self._buffer.shape != part.shape:
            self._buffer = aligned_zeros(*part.shape)
        return self._copy(part, scale, self._buffer)

    def _copy(self, block: Matrix, scale: Matrix | None, out: Matrix) -> Matrix:
        def copy(start: int, stop: int) -> None:
            if scale is None:
                out[start:stop] = block[start:stop]
            else:
                np.multiply(block[start:stop], scale[start:stop], out=out[start:stop])

        run_ranges(copy, even_bounds(len(block), self._num_threads), self._num_threads)
        return out


class DenseOperator:
    """A dense matrix; BLAS multiplies blocks of its rows, which do not depend on the number of threads."""

    _BLOCK_ROWS = 512

    def __init__(self, matrix: Matrix, *, num_threads: int):
        self.shape = matrix.shape
        self._matrix = matrix
        self._num_threads = num_threads

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""
        self._multiply(self._matrix, block, out)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""
        self._multiply(self._matrix.T, block, out)

    def _multiply(self, left: Matrix, block: Matrix, out: Matrix) -> None:
        def work(start: int, stop: int) -> None:
            out[start:stop] = left[start:stop] @ block

        bounds = even_bounds(len(left), -(-len(left) // self._BLOCK_ROWS))
        run_ranges(work, bounds, self._num_threads)


class SciPyOperator:
    """A `scipy.sparse.linalg.LinearOperator`; its products are as deterministic as it makes them."""

    def __init__(self, operator: Any):
        self.shape = operator.shape
        self._operator = operator

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""
        out[:] = self._operator.matmat(block)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""
        out[:] = self._operator.rmatmat(block)


class Transposed:
    """The transpose of an operator."""

    def __init__(self, operator: Operator):
        self.shape = operator.shape[1], operator.shape[0]
        self._operator = operator

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""
        self._operator.times_transposed(block, out)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""
        self._operator.times(block, out)


class Normal:
    """MᵀM, a product after the other."""

    def __init__(self, operator: Operator):
        self.shape = operator.shape[1], operator.shape[1]
        self._operator = operator

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write MᵀM · block into `out`."""
        between = np.empty((self._operator.shape[0], block.shape[1]), block.dtype)
        self._operator.times(block, between)
        self._operator.times_transposed(between, out)

    times_transposed = times


def as_operator(matrix: Any, *, symmetric: bool = False, num_threads: int) -> Operator:
    """Return what is given as an operator: one of these, a SciPy sparse array, an array, a `LinearOperator`.

    Raises
    ------
    InputError
        For anything else, or complex numbers.
    """
    if hasattr(matrix, "times_transposed"):
        operator: Operator = matrix
        return operator
    import scipy.sparse
    import scipy.sparse.linalg

    if np.issubdtype(getattr(matrix, "dtype", None) or np.float64, np.complexfloating):
        raise InputError("operator must have real entries, got complex ones")
    if scipy.sparse.issparse(matrix):
        sparse: Any = matrix
        rows = sparse.tocsr()
        return SparseOperator(
            rows.indptr.astype(np.int64),
            rows.indices.astype(np.int32, copy=False),
            rows.data.astype(np.float32, copy=False),
            rows.shape,
            symmetric=symmetric,
            num_threads=num_threads,
        )
    if isinstance(matrix, np.ndarray) and matrix.ndim == 2:
        dtype = np.float64 if matrix.dtype == np.float64 else np.float32
        return DenseOperator(matrix.astype(dtype, copy=False), num_threads=num_threads)
    if isinstance(matrix, scipy.sparse.linalg.LinearOperator):
        return SciPyOperator(matrix)
    raise InputError(f"operator must be a matrix or a LinearOperator, got {kind_of(matrix)}")
