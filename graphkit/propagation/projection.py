"""Random projection matrices: the same for a seed, whatever the threads."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MIN_EMIN, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Vectors, Weights, aligned_zeros
from graphkit.kernels.cpu import projection as kernels
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges
from graphkit.seeds import Stream

BLOCK_WIDTH = 128
"""Columns are cut into blocks of at most this many: 512 bytes a row, gathered as one piece."""

SPARSE_DENSITY = 0.01
"""Below this share of non-zero entries a projection is multiplied in sparse form."""

SparseRows = tuple[Indptr, Rows, Weights]


def allocate_blocks(num_rows: int, dim: int) -> NDArray[np.float32]:
    """Return zeros for a matrix [num_rows, dim], float32 [num_blocks, num_rows, width], aligned."""
    num_blocks = -(-dim // BLOCK_WIDTH)
    return aligned_zeros(num_blocks, num_rows, -(-dim // num_blocks))


@dataclass(frozen=True)
class Projection:
    """A random matrix R [num_rows, dim], never stored: any of its rows is made from counters.

    Attributes
    ----------
    dim
        Number of columns.
    sparsity
        s >= 1: entries are +-sqrt(s / dim) with probability 1 / (2s) each, else 0. None: entries are
        normal with variance 1 / dim. Either way E[R Rᵀ] = I.
    seed
        Random seed.
    stream
        What the randomness is for.
    num_threads
        Threads to use.
    """

    dim: int
    sparsity: float | None
    seed: int
    stream: Stream
    num_threads: int

    @property
    def _key(self) -> np.uint64:
        """The seed as kernels take it: compiled for small ints they would refuse those from 2**63 on."""
        return np.uint64(self.seed)

    @property
    def is_sparse(self) -> bool:
        """Whether so few entries are not zero that `sparse_rows` is the better form."""
        return self.sparsity is not None and 1 / self.sparsity < SPARSE_DENSITY

    def sparse_rows(self, row_values: NDArray[np.float64]) -> SparseRows:
        """Return diag(row_values) R in CSR form: offsets, columns, values."""
        num_rows = len(row_values)
        counts = np.zeros(num_rows + 1, np.int64)
        thresholds, scaled = self.thresholds(), self.entry_values(row_values)
        bounds = even_bounds(num_rows, self.num_threads * RANGES_PER_THREAD)
        run_ranges(
            lambda start, stop: kernels.count_rows(
                self._key, self.stream, thresholds, counts[1:], start, stop
            ),
            bounds,
            self.num_threads,
        )
        indptr = np.cumsum(counts)
        columns, values = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
        run_ranges(
            lambda start, stop: kernels.fill_sparse(
                self._key, self.stream, self.dim, scaled, indptr, columns, values, start, stop
            ),
            bounds,
            self.num_threads,
        )
        return indptr, columns, values

    def fill(self, row_values: NDArray[np.float64], blocks: NDArray[np.float32]) -> None:
        """Write diag(row_values) R into `blocks`, float32 [num_blocks, num_rows, width]."""
        scaled = self.entry_values(row_values)
        thresholds = self.thresholds()

        def kernel(start: int, stop: int) -> None:
            if thresholds is None:
                kernels.fill_gaussian(self._key, self.stream, self.dim, scaled, blocks, start, stop)
            else:
                kernels.fill_dense(self._key, self.stream, self.dim, thresholds, scaled, blocks, start, stop)

        run_ranges(
            kernel, even_bounds(len(row_values), self.num_threads * RANGES_PER_THREAD), self.num_threads
        )

    def filled(self, row_values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return diag(row_values) R, float32 [num_blocks, num_rows, width]."""
        blocks = allocate_blocks(len(row_values), self.dim)
        self.fill(row_values, blocks)
        return blocks

    def dense(self, num_rows: int) -> Vectors:
        """Return R itself, float32 [num_rows, dim]; for a small number of rows."""
        return np.hstack(list(self.filled(np.ones(num_rows))))[:, : self.dim]

    def entry_values(self, row_values: NDArray[np.float64]) -> Weights:
        """Return the size that entries of each row have; of normal ones, the standard deviation."""
        values: Weights = (row_values * np.sqrt((self.sparsity or 1.0) / self.dim)).astype(np.float32)
        return values

    def thresholds(self) -> NDArray[np.uint64] | None:
        """Return P(a row has at most k entries) in units of 2**-64, k < dim; None for normal entries."""
        return None if self.sparsity is None else binomial_thresholds(self.dim, 1 / self.sparsity)


CELLS_PER_THRESHOLD = 1000
"""For estimates of time: the values of a projection that are drawn while a threshold of a column is found."""


def binomial_thresholds(trials: int, share: float) -> NDArray[np.uint64]:
    """Return P(at most k of so many trials succeed) in units of 2**-64, rounded down, k < trials.

    Each succeeds with probability `share`, in (0, 1]. With 60 digits, so that sums over thousands of terms
    are right in all 64 bits.

    Examples
    --------
    >>> binomial_thresholds(2, 0.5) / 2**64
    array([0.25, 0.75])
    """
    found = np.zeros(trials, np.uint64)
    if share == 1:
        return found
    with localcontext(prec=60, Emin=MIN_EMIN):
        success = Decimal(share)
        failure = 1 - success
        term, total = failure**trials, Decimal(0)
        for k in range(trials):
            total += term
            found[k] = min(int(total * 2**64), 2**64 - 1)
            term *= success * (trials - k) / (failure * (k + 1))
    return found
