"""KnnGraph: the nearest neighbours of every point, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_choice
from graphkit.errors import ParameterError
from graphkit.neighbors.vector_table import Metric
from graphkit.preview import ROWS, html_preview

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True, eq=False)
class KnnGraph:
    """The k nearest other points of each point, nearest first.

    Of vectors that lie on a GPU, indices and distances are tensors there; `to_host` copies them.

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
        ``"exact"``: compared with every point; ``"lists"``: with those in the nearest lists; ``"given"``: by
        `from_arrays`.
    recall
        Share of the true neighbours that were found, measured on a sample; 1 where the search was exact, NaN
        where it is not known.
    num_lists, num_probes
        Lists that the points are cut into, and how many of them a point looked into; 0 with "exact".
    num_zero
        Zero vectors, whose cosine similarity to all others is 0.
    """

    indices: Rows
    distances: NDArray[np.float32]
    metric: Metric
    method: Literal["exact", "lists", "given"]
    recall: float
    num_lists: int = 0
    num_probes: int = 0
    num_zero: int = 0

    @classmethod
    def from_arrays(cls, indices: ArrayLike, distances: ArrayLike, metric: Metric = "euclidean") -> Self:
        """Take the neighbours that another library found, for `LargeVis` or a map.

        Parameters
        ----------
        indices
            Rows of the neighbours, ints [num_points, k]. Where the first is the point itself, as UMAP,
            pynndescent and FAISS have it, it is left out.
        distances
            Rising, finite, [num_points, k]; see above for what they are by metric.
        metric
            "euclidean", "cosine" or "inner_product".

        Raises
        ------
        ParameterError
            For shapes that do not fit, rows that are no points, a point among its own neighbours or twice
            among another's, or distances that fall.

        Examples
        --------
        >>> KnnGraph.from_arrays([[0, 1], [1, 0], [2, 1]], [[0, 1], [0, 1], [0, 2]])
        KnnGraph(3 points, k=1, euclidean, given)
        """
        check_choice("metric", metric, get_args(Metric))
        rows, lengths = np.asarray(indices), np.asarray(distances, np.float32)
        if rows.ndim != 2 or rows.dtype.kind not in "iu" or rows.shape != lengths.shape:
            raise ParameterError(
                "indices must be whole numbers [num_points, k] and distances of that shape, got "
                f"{rows.dtype} {list(rows.shape)} and {list(lengths.shape)}"
            )
        own = np.arange(len(rows))
        if rows.shape[1] and (rows[:, 0] == own).all():
            rows, lengths = rows[:, 1:], lengths[:, 1:]
        if not rows.size or rows.min() < 0 or rows.max() >= len(rows):
            raise ParameterError(f"indices must lie in [0, {len(rows)}), one neighbour a point at least")
        ordered = np.sort(rows, axis=1)
        wrong = (rows == own[:, None]).any(axis=1) | (np.diff(ordered, axis=1) == 0).any(axis=1)
        if wrong.any():
            raise ParameterError(f"row {int(wrong.argmax())} of indices holds the point itself or one twice")
        if not np.isfinite(lengths).all() or (np.diff(lengths, axis=1) < 0).any():
            raise ParameterError("distances must be finite and rise along each row")
        arrays = np.ascontiguousarray(rows, np.int32), np.ascontiguousarray(lengths)
        return cls(*arrays, metric, "given", float("nan"))

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        how = f"{self.metric}, {self.method}"
        if self.method != "given":
            how += f", recall {self.recall:.4f}"
        return f"KnnGraph({len(self):,} points, k={self.k}, {how})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the first points' nearest."""
        nearest = zip(self.indices[:ROWS, 0].tolist(), self.distances[:ROWS, 0].tolist(), strict=True)
        rows = [(point, *found) for point, found in enumerate(nearest)]
        return html_preview(repr(self), ["point", "nearest", "distance"], rows, num_rows=len(self))

    @property
    def k(self) -> int:
        """Neighbours of each point."""
        return int(self.indices.shape[1])

    def to_host(self) -> KnnGraph:
        """Return the same made of arrays; itself, if it is."""
        tensors: tuple[Any, ...] = self.indices, self.distances
        if isinstance(self.indices, np.ndarray):
            return self
        indices, distances = (tensor.cpu().numpy() for tensor in tensors)
        return replace(self, indices=indices, distances=distances)

    def to_scipy(self) -> scipy.sparse.csr_array:
        """Return the distances as a SciPy CSR array, float32 [num_points, num_points], zeros stored."""
        import scipy.sparse

        indptr = np.arange(len(self) + 1, dtype=np.int64) * self.k
        there = self.to_host()
        # Copies: their rows are sorted in place.
        arrays = there.distances.flatten(), there.indices.flatten(), indptr
        matrix: scipy.sparse.csr_array = scipy.sparse.csr_array(arrays, shape=(len(self), len(self)))
        matrix.sort_indices()
        return matrix
