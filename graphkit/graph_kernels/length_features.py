"""Features of a graph's nodes for each length of walk: estimates of the powers of its matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Indptr, Rows, Weights
from graphkit.errors import ParameterError
from graphkit.kernels.cpu import length_features as kernels
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True)
class LengthFeatures:
    """The matrices C_0 .. C_L, of which C_l has the expectation U^l, in one set of entries.

    A row's entries are ordered by column, then length, and a column stands once for each length at which it
    was reached. So the features ``sum_l f(l) C_l`` are one pass over the entries, for any f.

    Attributes
    ----------
    indptr
        Row offsets, int64 [num_nodes + 1].
    indices
        Columns, int32 [num_entries].
    lengths
        Steps of the walks, uint8 [num_entries].
    loads
        Values, float32 [num_entries].
    max_length
        L.

    Notes
    -----
    Memory: 9 bytes an entry; a row has at most ``num_walkers * max_length + 1``, and on average, p being the
    probability to halt, at most ``1 + num_walkers * (1 - p) / p``.
    """

    indptr: Indptr
    indices: Rows
    lengths: NDArray[np.uint8]
    loads: Weights
    max_length: int

    @property
    def num_nodes(self) -> int:
        """Number of rows and columns."""
        return len(self.indptr) - 1

    def matrix(self, length: int) -> scipy.sparse.csr_array:
        """Return C_length, float32 [num_nodes, num_nodes].

        Examples
        --------
        >>> from graphkit import Graph
        >>> from graphkit.graph_kernels.feature_walks import length_features
        >>> path = Graph.from_edges([(0, 1), (1, 2)])
        >>> length_features(path, num_walkers=1000, p_halt=0.5, max_length=2).matrix(0).toarray()
        array([[1., 0., 0.],
               [0., 1., 0.],
               [0., 0., 1.]], dtype=float32)
        """
        if not 0 <= length <= self.max_length:
            raise ParameterError(f"length must lie in [0, {self.max_length}], got {length}")
        chosen = self.lengths == length
        before = np.concatenate([[0], np.cumsum(chosen)])
        return square_csr(before[self.indptr], self.indices[chosen], self.loads[chosen])

    def combine(self, modulation: ArrayLike, *, num_threads: int | None = None) -> scipy.sparse.csr_array:
        """Return ``sum_l modulation[l] * C_l``, float32 [num_nodes, num_nodes], columns sorted.

        Parameters
        ----------
        modulation
            The factor of each length, at most max_length + 1 finite numbers; 0 for the lengths left out.
        num_threads
            Threads to use, >= 1; None for all cores.

        Raises
        ------
        ParameterError
            For more numbers than lengths, or one that is not finite.

        Examples
        --------
        >>> from graphkit import Graph
        >>> from graphkit.graph_kernels.feature_walks import length_features
        >>> walked = length_features(Graph.from_edges([(0, 1)]), num_walkers=2, p_halt=0.5, max_length=3)
        >>> walked.combine([2.0]).toarray()
        array([[2., 0.],
               [0., 2.]], dtype=float32)
        """
        factors = self._factors(modulation)
        threads = resolve_threads(num_threads)
        bounds = balanced_bounds(self.indptr, threads * RANGES_PER_THREAD)
        entries = self.indptr, self.indices, self.lengths, self.loads
        counts = np.zeros(self.num_nodes + 1, np.int64)
        run_ranges(
            lambda start, stop: kernels.count_columns(*entries[:3], factors, counts[1:], start, stop),
            bounds,
            threads,
        )
        indptr = np.cumsum(counts)
        columns, values = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
        run_ranges(
            lambda start, stop: kernels.combine(*entries, factors, indptr, columns, values, start, stop),
            bounds,
            threads,
        )
        return square_csr(indptr, columns, values)

    def _factors(self, modulation: ArrayLike) -> NDArray[np.float64]:
        given = np.asarray(modulation, np.float64)
        if given.ndim != 1 or len(given) > self.max_length + 1 or not np.isfinite(given).all():
            raise ParameterError(
                f"modulation must be at most {self.max_length + 1} finite numbers, one for each length from "
                f"0 to {self.max_length}, got {list(given.shape)}: {modulation!r}"
            )
        return np.concatenate([given, np.zeros(self.max_length + 1 - len(given))])


def square_csr(indptr: Indptr, columns: Rows, values: Weights) -> scipy.sparse.csr_array:
    """Return a square CSR array of sorted rows, without a copy of its entries."""
    import scipy.sparse

    num_nodes, num_entries = len(indptr) - 1, len(columns)
    matrix: Any = scipy.sparse.csr_array((num_nodes, num_nodes), dtype=np.float32)
    offsets = indptr.astype(np.int32) if num_entries <= np.iinfo(np.int32).max else indptr
    # Assigned, not passed: the constructor would copy 32-bit indices beside 64-bit offsets.
    matrix.data, matrix.indices, matrix.indptr = values, columns, offsets
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    features: scipy.sparse.csr_array = matrix
    return features
