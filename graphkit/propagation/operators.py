"""Matrices that are only multiplied by thin ones: sparse with scaled rows and columns, dense, SciPy's."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import kind_of
from graphkit.errors import InputError
from graphkit.kernels.cpu import spmm
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.thin_products import Matrix

if TYPE_CHECKING:
    from graphkit.arrays import Indptr, Rows
    from graphkit.graph.graph import Graph

Scale = NDArray[np.float64]
"""A factor for each row or column."""


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
    num_threads
        Threads to use.

    Notes
    -----
    The transpose of an asymmetric S is made, once, when it is first multiplied by.
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
        num_threads: int,
    ):
        self.shape = shape
        self._arrays = indptr, indices, values
        self._row_scale, self._column_scale = row_scale, column_scale
        self._symmetric = symmetric
        self._num_threads = num_threads

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
        import scipy.sparse

        indptr, indices, values = self._arrays
        data = np.ones(len(indices), np.float32) if values is None else values
        turned = scipy.sparse.csr_array((data, indices, indptr), shape=self.shape).tocsc()
        return turned.indptr.astype(np.int64), turned.indices.astype(np.int32, copy=False), turned.data

    def _multiply(
        self, arrays: Any, left: Scale | None, right: Scale | None, block: Matrix, out: Matrix
    ) -> None:
        indptr = arrays[0]
        if right is not None:
            block = self._scaled(block, right)
        left = None if left is None else left.astype(block.dtype, copy=False)
        in_registers = block.dtype == np.float32 and block.shape[1] % spmm.REGISTER_COLUMNS == 0
        multiply = spmm.multiply_in_registers if in_registers else spmm.multiply
        run_ranges(
            lambda start, stop: multiply(*arrays, left, block, out, start, stop),
            balanced_bounds(indptr, self._num_threads * RANGES_PER_THREAD),
            self._num_threads,
        )

    def _scaled(self, block: Matrix, scale: Scale) -> Matrix:
        factors = scale.astype(block.dtype, copy=False)[:, None]
        scaled = np.empty_like(block)
        run_ranges(
            lambda start, stop: np.multiply(block[start:stop], factors[start:stop], out=scaled[start:stop]),
            even_bounds(len(block), self._num_threads),
            self._num_threads,
        )
        return scaled


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
