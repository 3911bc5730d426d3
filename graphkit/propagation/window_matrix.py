"""The matrix that skip-gram on random walks factorises: logarithms of how often nodes meet in a window.

J. Qiu, Y. Dong, H. Ma, J. Li, K. Wang, J. Tang, "Network Embedding as Matrix Factorization: Unifying
DeepWalk, LINE, PTE, and node2vec", WSDM 2018. Of an undirected graph, with P = D^-1 A, a window of T and b
negatives,

    log max(1, M),    M = vol / (b T) (P + P^2 + ... + P^T) D^-1,    vol = the sum of D.

Rows and columns of nodes without edges are zero. Both forms are symmetric up to rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu import spmm
from graphkit.parallel import even_bounds, run_ranges
from graphkit.propagation.powers import row_bits
from graphkit.propagation.row_sums import Arcs
from graphkit.propagation.thin_products import Matrix, single_threaded_blas

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

Dense = NDArray[np.float32]

_BLOCK_COLUMNS = 128
"""Columns of M that are computed side by side."""

_TILE_ROWS, _TILE_COLUMNS = 512, 2048
"""Of a product F F^T that is made where it is used: 4 MB."""


def exact_matrix(
    graph: Graph, *, window: int, num_negatives: float, num_threads: int, progress: Progress | None = None
) -> Dense:
    """Return log max(1, M), float32 [num_nodes, num_nodes].

    Parameters
    ----------
    graph
        An undirected graph; weights and loops count.
    window
        T, >= 1.
    num_negatives
        b, > 0.
    num_threads
        Threads to use.
    progress
        Called with ("window matrix", columns done, columns).

    Notes
    -----
    O(window * num_arcs * num_nodes) time. A block of columns is P (E + P (E + ...)), E being columns of the
    identity: sparse products alone.
    """
    columns = _WindowColumns(graph, window, num_negatives, num_threads)
    matrix = np.empty((graph.num_nodes, graph.num_nodes), np.float32)
    at_once = num_threads * _BLOCK_COLUMNS
    for first in range(0, graph.num_nodes, at_once):
        end = min(first + at_once, graph.num_nodes)
        bounds = [*range(first, end, _BLOCK_COLUMNS), end]
        run_ranges(lambda start, stop: columns.fill(matrix, start, stop), bounds, num_threads)
        if progress is not None:
            progress("window matrix", end, graph.num_nodes)
    return matrix


class _WindowColumns:
    """Blocks of columns of log max(1, M)."""

    def __init__(self, graph: Graph, window: int, num_negatives: float, num_threads: int):
        self._graph = graph
        self._window = window
        arcs = Arcs(graph.indptr, graph.indices, graph.weights, num_threads)
        self._left = graph.indptr, graph.indices, *arcs.transition(graph.strength)
        # log(vol / (b T d_j)); nothing is added where a column is zero.
        logs = log_shares(graph.strength) + np.log(window * float(num_negatives))
        self._shift = np.where(np.isfinite(logs), -logs, 0).astype(np.float32)

    def fill(self, matrix: Dense, start: int, stop: int) -> None:
        """Write columns `start` to `stop` of the matrix."""
        num_nodes, count = len(matrix), np.arange(stop - start)
        block, product = (np.empty((num_nodes, len(count)), np.float32) for _ in range(2))
        identity = np.searchsorted(start + count, np.arange(num_nodes + 1))
        entries = row_bits(identity), identity, count, np.ones(len(count), np.float32)
        spmm.multiply_sparse(*self._left, *entries, block[None], 0, num_nodes)
        for _ in range(1, self._window):
            block[start + count, count] += 1
            spmm.multiply(*self._left, block, product, 0, num_nodes)
            block, product = product, block
        columns = matrix[:, start:stop]
        with np.errstate(divide="ignore"):
            np.log(block, out=columns)
        columns += self._shift[start:stop]
        np.maximum(columns, 0, out=columns)


def log_shares(strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(d_j / vol), -inf for a node without edges."""
    with np.errstate(divide="ignore"):
        logs: NDArray[np.float64] = np.log(strength) - np.log(max(strength.sum(), np.finfo(float).tiny))
    return logs


def mean_power(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return (x + x^2 + ... + x^window) / window of each value, but 0 where that is negative.

    Examples
    --------
    >>> mean_power(np.array([1.0, 0.5, -0.5]), 2).tolist()
    [1.0, 0.375, 0.0]
    """
    positive = values[values > 0]
    # Of a geometric series; 1 - x is without rounding where x is near 1.
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = -positive * np.expm1(window * np.log(positive)) / (1 - positive)
    means = np.zeros_like(values)
    means[values > 0] = np.where(positive == 1, 1.0, sums / window)
    return means


class LowRankMatrix:
    """log max(1, F F^T + B), known by its products: `graphkit.propagation.operators.Operator`.

    Parameters
    ----------
    factor
        F, float32 [num_nodes, rank].
    labels
        Component of each node, int32 [num_nodes].
    shares
        B_ij where i and j are both in component c, float32 [num_components]; it is 0 where they are not.
    num_threads
        Threads to use.

    Notes
    -----
    A product takes O(num_nodes^2 * (rank + columns)) time and some 12 MB a thread beside the result.
    """

    def __init__(
        self, factor: Vectors, labels: NDArray[np.int32], shares: NDArray[np.float32], *, num_threads: int
    ):
        self.shape = len(factor), len(factor)
        self._factor, self._labels, self._shares = factor, labels, shares
        self._num_threads = num_threads

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write the matrix times `block` into `out`."""
        thin = block.astype(np.float32, copy=False)

        def rows(start: int, stop: int) -> None:
            out[start:stop] = 0
            for first in range(0, len(thin), _TILE_COLUMNS):
                columns = slice(first, first + _TILE_COLUMNS)
                out[start:stop] += self._tile(slice(start, stop), columns) @ thin[columns]

        run_ranges(rows, self._row_bounds(), self._num_threads)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write the matrix times `block` into `out`: it is symmetric."""
        self.times(block, out)

    def dense(self) -> Dense:
        """Return the matrix itself, float32 [num_nodes, num_nodes]."""
        matrix = np.empty(self.shape, np.float32)

        def rows(start: int, stop: int) -> None:
            matrix[start:stop, start:] = self._tile(slice(start, stop), slice(start, None))
            matrix[stop:, start:stop] = matrix[start:stop, stop:].T

        with single_threaded_blas():
            run_ranges(rows, self._row_bounds(), self._num_threads)
        return matrix

    def _tile(self, rows: slice, columns: slice) -> Dense:
        tile: Dense = self._factor[rows] @ self._factor[columns].T
        together = self._labels[rows, None] == self._labels[columns]
        np.add(tile, self._shares[self._labels[rows]][:, None], out=tile, where=together)
        np.maximum(tile, 1, out=tile)
        np.log(tile, out=tile)
        return tile

    def _row_bounds(self) -> list[int]:
        return even_bounds(len(self._factor), -(-len(self._factor) // _TILE_ROWS))
