"""Personalised PageRank as a matrix that is only multiplied by thin ones, from both sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from graphkit.propagation.block_krylov import BLOCK
from graphkit.propagation.operators import SparseOperator
from graphkit.propagation.row_sums import reciprocal
from graphkit.propagation.thin_products import Matrix, ThinProducts


class PageRankSeries:
    """D sum_{i=1..num_terms} alpha (1 - alpha)^i P^i, P = D^-1 A, an `Operator` of float32.

    Parameters
    ----------
    adjacency
        A, square.
    strength
        Diagonal of D, the sums of A's rows, float64 [num_nodes]; a row of P without arcs is 0.
    alpha
        Restart, in (0, 1).
    num_terms
        >= 1; so many products by A, or by its transpose, make one by the series.
    num_threads
        Threads to use.

    Notes
    -----
    M = alpha (1 - alpha) A sum_{i=0..num_terms-1} (1 - alpha)^i P^i, and its transpose the same with that of
    A, while D stays: Horner's rule multiplies by either. Columns go by 32 at a time, with two arrays of so
    many between the products.
    """

    def __init__(
        self,
        adjacency: SparseOperator,
        strength: NDArray[np.float64],
        *,
        alpha: float,
        num_terms: int,
        num_threads: int,
    ):
        self.shape = adjacency.shape
        self._adjacency = adjacency
        self._keep = ((1 - alpha) * reciprocal(strength)).astype(np.float32)[:, None]
        self._factor = np.float32(alpha * (1 - alpha))
        self._num_terms = num_terms
        self._thin = ThinProducts(len(strength), num_threads)

    def times(self, block: Matrix, out: Matrix) -> None:
        """Write M · block into `out`."""
        self._by_columns(self._adjacency.times, block, out)

    def times_transposed(self, block: Matrix, out: Matrix) -> None:
        """Write Mᵀ · block into `out`."""
        self._by_columns(self._adjacency.times_transposed, block, out)

    def _by_columns(self, multiply: Callable[[Matrix, Matrix], None], block: Matrix, out: Matrix) -> None:
        for first in range(0, block.shape[1], BLOCK):
            columns = slice(first, first + BLOCK)
            out[:, columns] = self._factor * self._summed(multiply, block[:, columns])

    def _summed(self, multiply: Callable[[Matrix, Matrix], None], given: Matrix) -> Matrix:
        """A times the sum, for a few columns."""
        current, product = np.array(given, order="C"), np.empty(given.shape, given.dtype)

        def add(rows: slice) -> None:
            np.multiply(self._keep[rows], product[rows], out=current[rows])
            current[rows] += given[rows]

        for _ in range(1, self._num_terms):
            multiply(current, product)
            self._thin.each_block(add)
        multiply(current, product)
        return product
