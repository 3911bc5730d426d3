"""KnnGraph: the nearest neighbours of every point, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.neighbors.exact import Metric

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True, eq=False)
class KnnGraph:
    """The k nearest other points of each point, nearest first.

    Attributes
    ----------
    indices : int32 [num_points, k]
        Rows of the neighbours; never the point itself, never twice the same.
    distances : float32 [num_points, k]
        Rising. With "euclidean" the distances, with "cosine" 1 less the similarity, with "inner_product" the
        negative product.
    metric
        What nearness means here.
    method
        ``"exact"``: compared with every point; ``"lists"``: with those in the nearest lists.
    recall
        Share of the true neighbours that were found, measured on a sample; 1 where the search was exact.
    num_lists, num_probes
        Lists that the points are cut into, and how many of them a point looked into; 0 with "exact".
    num_zero
        Zero vectors, whose cosine similarity to all others is 0.
    """

    indices: Rows
    distances: NDArray[np.float32]
    metric: Metric
    method: Literal["exact", "lists"]
    recall: float
    num_lists: int = 0
    num_probes: int = 0
    num_zero: int = 0

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        how = f"{self.metric}, {self.method}, recall {self.recall:.4f}"
        return f"KnnGraph({len(self):,} points, k={self.k}, {how})"

    @property
    def k(self) -> int:
        """Neighbours of each point."""
        return int(self.indices.shape[1])

    def to_scipy(self) -> scipy.sparse.csr_array:
        """Return the distances as a SciPy CSR array, float32 [num_points, num_points], zeros stored."""
        import scipy.sparse

        indptr = np.arange(len(self) + 1, dtype=np.int64) * self.k
        arrays = self.distances.ravel(), self.indices.ravel(), indptr
        matrix: scipy.sparse.csr_array = scipy.sparse.csr_array(arrays, shape=(len(self), len(self)))
        matrix.sort_indices()
        return matrix
