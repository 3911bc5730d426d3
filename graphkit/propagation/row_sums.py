"""Row sums of the powers of an adjacency matrix, by which the powers are scaled.

A^k grows and shrinks with the k-th power of the weights, and beside a hub a leaf's rows are small; float32
holds neither. So a power is kept as A^k X = diag(2^e) M: row i's exponent e_i is that of its sum, and M has
moderate numbers. Since the factors are powers of two, M has the bits that float32 would give where it holds
A^k X.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Weights
from graphkit.kernels.cpu import row_sums
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges

Exponents = NDArray[np.int32]

_LEAST = 2.0**-100


@dataclass(frozen=True)
class RowSums:
    """Row i of a matrix sums to ``sizes[i] * 2**exponents[i]``.

    Attributes
    ----------
    sizes
        In [1/2, 1], or 0 for a row of zeros, float64 [num_nodes].
    exponents
        int32 [num_nodes]; that of a row of zeros is below all others.
    """

    sizes: NDArray[np.float64]
    exponents: Exponents

    def factors(self) -> NDArray[np.float32]:
        """Return 2**exponents divided by the largest row sum, float32 [num_nodes]."""
        highest = int(self.exponents.max(initial=row_sums.EMPTY))
        norm = float(np.ldexp(self.sizes, self.exponents - highest).max(initial=0.0))
        return np.ldexp(1 / norm if norm > 0 else 0.0, self.exponents - highest).astype(np.float32)


@dataclass(frozen=True)
class Arcs:
    """Rows of an adjacency matrix, as CSR arrays; not all of them, where they are a shard's.

    Attributes
    ----------
    indptr, indices, weights
        int64 [num_rows + 1]; int32 and float32 [num_arcs], or None.
    num_threads
        Threads to use.
    """

    indptr: Indptr
    indices: Rows
    weights: Weights | None
    num_threads: int

    def row_sums(self, before: RowSums) -> RowSums:
        """Return the row sums of A^(k+1) from those of A^k."""
        num_rows = len(self.indptr) - 1
        sums = RowSums(np.empty(num_rows), np.empty(num_rows, np.int32))
        self._run(
            lambda start, stop: row_sums.sum_rows(
                *(self.indptr, self.indices, self.weights, before.sizes, before.exponents),
                *(sums.sizes, sums.exponents, start, stop),
            )
        )
        return sums

    def scaled(self, before: Exponents, after: Exponents, out: Weights) -> Weights:
        """Write the weights by which a product has rows of exponents `after` from `before`; return `out`."""
        self._run(
            lambda start, stop: row_sums.scale_arcs(
                *(self.indptr, self.indices, self.weights, before, after, out, start, stop)
            )
        )
        return out

    def transition(self, strength: NDArray[np.float64]) -> tuple[Weights | None, NDArray[np.float32]]:
        """Return (weights, scale), whose products are those of D⁻¹A, D being these rows' `strength`.

        The weights are as they are, unless they or their sums are near the ends of float32's range.
        """
        if self.weights is None or is_moderate(strength):
            return self.weights, reciprocal(strength).astype(np.float32)
        sizes, exponents = np.frexp(strength)
        none = np.zeros(int(self.indices.max(initial=-1)) + 1, np.int32)
        return self.scaled(none, exponents, np.empty_like(self.weights)), reciprocal(sizes).astype(np.float32)

    def _run(self, kernel: Callable[[int, int], None]) -> None:
        bounds = balanced_bounds(self.indptr, self.num_threads * RANGES_PER_THREAD)
        run_ranges(kernel, bounds, self.num_threads)


def is_moderate(strength: NDArray[np.float64]) -> bool:
    """Whether float32 holds sums of so much, and what they are divided by."""
    positive = strength[strength > 0]
    return bool(((positive > _LEAST) & (positive < 1 / _LEAST)).all())


def reciprocal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / values, 0 where the value is 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def of_identity(num_nodes: int) -> RowSums:
    """Return the row sums of A^0."""
    return RowSums(np.ones(num_nodes), np.zeros(num_nodes, np.int32))
