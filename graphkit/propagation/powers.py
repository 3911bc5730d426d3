"""Powers of a graph's matrix times dense rows, in two buffers, never forming the power."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Vectors, Weights, aligned_zeros
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu import spmm
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges
from graphkit.propagation.projection import Projection, SparseRows, allocate_blocks
from graphkit.propagation.row_sums import Arcs, of_identity, reciprocal

Blocks = NDArray[np.float32]

Sums = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Of each column, and of its squares."""

Left = tuple[Indptr, Rows, Weights | None, NDArray[np.float32] | None]
"""Rows of a matrix that is multiplied, as `spmm` takes them: offsets, indices, weights, rows' factors."""

REDUCTION_RANGES = 64
"""Fixed, so that the order of a sum over all rows does not depend on the number of threads."""


class Propagation:
    """The operator P = D⁻¹A (transition) or A (adjacency) of a graph.

    Parameters
    ----------
    graph
        The graph; (P X)[i] runs over the arcs leaving node i. A row without arcs gives zeros.
    transition
        Whether rows are divided by the sum of their weights.
    num_threads
        Threads to use.

    Notes
    -----
    Of A, each product is the next power, and its rows are scaled: see `graphkit.propagation.row_sums`.
    """

    def __init__(self, graph: Graph, *, transition: bool, num_threads: int):
        self.graph = graph
        self.num_threads = num_threads
        self.bounds = balanced_bounds(graph.indptr, num_threads * RANGES_PER_THREAD)
        self._arcs = Arcs(graph.indptr, graph.indices, graph.weights, num_threads)
        self._sums = None if transition else of_identity(graph.num_nodes)
        self._weights: Weights | None
        self._scale: NDArray[np.float32] | None = None
        if transition:
            self._weights, self._scale = self._arcs.transition(graph.strength)
        else:
            self._weights = np.empty(graph.num_arcs, np.float32)

    def zeros(self, num_columns: int) -> Vectors:
        """Return room for a result, float32 [num_nodes, num_columns], all 0."""
        return np.zeros((self.graph.num_nodes, num_columns), np.float32)

    def times_projection(self, random: Projection, row_values: NDArray[np.float64]) -> Blocks:
        """Return P diag(row_values) R, float32 [num_blocks, num_nodes, width]."""
        if not random.is_sparse:
            return self.times(random.filled(row_values))
        out = allocate_blocks(self.graph.num_nodes, random.dim)
        self.multiply_sparse(random.sparse_rows(row_values), out)
        return out

    def times(self, blocks: Blocks) -> Blocks:
        """Return P times `blocks`, float32 [num_blocks, num_nodes, width]."""
        out = aligned_zeros(*blocks.shape)
        self.multiply(blocks, out)
        return out

    def multiply(self, blocks: Blocks, out: Blocks) -> None:
        """Write P times `blocks` into `out`; both float32 [num_blocks, num_nodes, width]."""
        left = self._next_left()
        for block, out_block in zip(blocks, out, strict=True):
            self._multiply_block(left, block, out_block)

    def multiply_sparse(self, right: SparseRows, out: Blocks) -> None:
        """Write P times a sparse matrix in CSR form into `out`, float32 [num_blocks, num_nodes, width]."""
        left = self._next_left()
        indptr, columns, values = right
        _, num_rows, width = out.shape
        block, place = np.divmod(columns.astype(np.int64), width)
        slots = block * (num_rows * width) + place
        bits = row_bits(indptr)
        run_ranges(
            lambda start, stop: spmm.multiply_sparse(
                *left,
                *(bits, indptr, slots, values),
                *(out, start, stop),
            ),
            self.bounds,
            self.num_threads,
        )

    def powers(self, first: Blocks) -> Iterator[Blocks]:
        """Yield N_1 = `first`, N_2 = P N_1, N_3 = P N_2, …; each is overwritten by the next but one."""
        current = first
        yield current
        spare = aligned_zeros(*first.shape)
        while True:
            self.multiply(current, spare)
            current, spare = spare, current
            yield current

    def add_scaled(self, blocks: Blocks, weight: float, total: Vectors, *, normalize: bool) -> None:
        """Add `weight` times the rows of `blocks`, each divided by its L2 norm if `normalize`, to `total`.

        `blocks` are the last product. If not `normalize`, a power of A is divided by its largest row sum.
        """
        factors = None if normalize or self._sums is None else self._sums.factors()
        run_ranges(
            lambda start, stop: spmm.add_scaled(blocks, factors, weight, normalize, total, start, stop),
            even_bounds(len(total), self.num_threads * RANGES_PER_THREAD),
            self.num_threads,
        )

    def standardize(self, matrix: Vectors, weight: float) -> None:
        """Bring each column to mean 0 and standard deviation `weight`, in place; a constant one becomes 0."""
        num_rows, dim = matrix.shape
        if num_rows == 0:
            return
        bounds = even_bounds(num_rows, REDUCTION_RANGES)

        def partial(start: int, stop: int) -> Sums:
            sums, squares = np.empty(dim), np.empty(dim)
            spmm.column_sums(matrix, sums, squares, start, stop)
            return sums, squares

        parts = run_ranges(partial, bounds, self.num_threads)
        mean, factor = standardization(parts, num_rows, weight)
        run_ranges(
            lambda start, stop: spmm.shift_and_scale(matrix, mean, factor, start, stop),
            bounds,
            self.num_threads,
        )

    def result(self, total: Vectors) -> Vectors:
        """Return the result as an array: as it is."""
        return total

    def _next_left(self) -> Left:
        """What the next product takes."""
        if self._sums is not None and self._weights is not None:
            before, self._sums = self._sums, self._arcs.row_sums(self._sums)
            self._arcs.scaled(before.exponents, self._sums.exponents, self._weights)
        return self.graph.indptr, self.graph.indices, self._weights, self._scale

    def _multiply_block(self, left: Left, block: Vectors, out: Vectors) -> None:
        run_ranges(
            lambda start, stop: spmm.multiply(*left, block, out, start, stop),
            self.bounds,
            self.num_threads,
        )


def row_bits(indptr: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return which rows of a CSR matrix have entries, a bit a row, as `spmm.multiply_sparse` takes them."""
    return np.packbits(np.diff(indptr) > 0, bitorder="little")


def standardization(
    parts: Sequence[Sums], num_rows: int, weight: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (mean, factor) that bring columns to mean 0 and deviation `weight`.

    `parts` are sums over parts of the rows. A constant column's factor is 0.
    """
    mean = np.asarray(sum(sums for sums, _ in parts) / num_rows)
    variance = np.maximum(sum(squares for _, squares in parts) / num_rows - mean**2, 0)
    # Of a constant column only rounding errors of the two sums are left.
    variance[variance < 1e-14 * mean**2] = 0
    return mean, weight * reciprocal(np.sqrt(variance))
