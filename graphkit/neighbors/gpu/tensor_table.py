"""Vectors to search that are a tensor, prepared and compared where they lie; as of `vector_table`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.neighbors.certainty import certain_distances, certain_products
from graphkit.neighbors.gpu.search import in_blocks
from graphkit.neighbors.vector_table import SAMPLE, Metric, scale_of

if TYPE_CHECKING:
    import torch


class TensorTable:
    """Vectors to search by a metric.

    Parameters
    ----------
    vectors
        float32 or float64 [num_vectors, dim].
    metric
        "cosine", "inner_product" or "euclidean".
    """

    def __init__(self, vectors: torch.Tensor, metric: Metric):
        import torch

        self.vectors, self.metric = vectors, metric
        self.lengths = lengths_of(vectors) if metric == "cosine" else None
        size = len(vectors)
        rows = torch.linspace(0, size - 1, min(size, SAMPLE), device=vectors.device).long()
        exact = self._exact(rows)
        self.center = exact.median(0).values
        norms = lengths_of(exact - self.center)
        self.scale = scale_of(float(norms.median()) or float(norms.max()))
        self._has_zeros = self.lengths is not None and not bool(self.lengths.all())

    def prepared(self) -> torch.Tensor:
        """Return the vectors ready to be multiplied, float32."""
        numbers = row_numbers(self.vectors)
        return in_blocks(lambda rows: self._in_units(self._exact(rows), self._is_zero(rows)), numbers)

    def asked(self, queries: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return queries ready to be compared, float64, and to be multiplied with prepared vectors."""
        exact = queries.double()
        if self.metric == "euclidean":
            return exact, self._in_units(exact, None)
        unit = _over(exact, lengths_of(exact))
        if self.metric == "inner_product":
            return exact, unit.float()
        return unit, self._in_units(unit, None)

    def distances(self, exact: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Return how far rows are from each query, by direct comparison, float64 of `places`' shape."""
        import torch

        columns = [self._between(exact, self._exact(column), self._is_zero(column)) for column in places.T]
        return torch.stack(columns, 1)

    def all_distances(self, exact: torch.Tensor, part: slice) -> torch.Tensor:
        """Return how far each of some rows is from each query, float64 [num_queries, num_rows]."""
        import torch

        rows = row_numbers(self.vectors)[part]
        points = self._exact(rows)
        if self.metric == "inner_product":
            return -(exact @ points.T)
        apart = torch.cdist(exact, points, compute_mode="donot_use_mm_for_euclid_dist")
        return self._finished(apart, self._is_zero(rows))

    def certain(
        self,
        queries: torch.Tensor,
        wanted: torch.Tensor,
        farthest: torch.Tensor,
        last: torch.Tensor,
        longest: float,
    ) -> Any:
        """As `graphkit.neighbors.exact` has it."""
        columns = wanted.shape[1]
        if self.metric != "inner_product":
            apart = farthest if self.metric == "euclidean" else (2 * farthest) ** 0.5
            return certain_distances(apart * self.scale, last.double(), lengths_of(wanted), columns)
        exact = queries.double()
        smallest = _over((-farthest - exact @ self.center)[:, None], lengths_of(exact))[:, 0] * self.scale
        return certain_products(smallest, last.double(), longest, columns)

    def _between(
        self, exact: torch.Tensor, points: torch.Tensor, is_zero: torch.Tensor | None
    ) -> torch.Tensor:
        if self.metric == "inner_product":
            return -(exact * points).sum(1)
        return self._finished((exact - points).square().sum(1).sqrt(), is_zero)

    def _finished(self, apart: torch.Tensor, is_zero: torch.Tensor | None) -> torch.Tensor:
        """Distances, or those of unit vectors as cosines, rounded so that what is equal is so."""
        if is_zero is None:
            return apart.float().double()
        cosines = (apart.square() / 2).clamp(max=2).masked_fill(apart < PARALLEL, 0)
        return cosines.masked_fill(is_zero, 1).float().double()

    def _exact(self, rows: torch.Tensor) -> torch.Tensor:
        points = self.vectors[rows].double()
        return points if self.lengths is None else _over(points, self.lengths[rows])

    def _is_zero(self, rows: torch.Tensor) -> torch.Tensor | None:
        return None if self.lengths is None else self.lengths[rows] == 0

    def _in_units(self, exact: torch.Tensor, is_zero: torch.Tensor | None) -> torch.Tensor:
        import torch

        units = ((exact - self.center) * self.scale).float()
        if not self._has_zeros:
            return units
        last = units.new_zeros(len(units)) if is_zero is None else is_zero * self.scale
        return torch.cat([units, last[:, None].float()], 1)


PARALLEL = 1e-15
"""Of a distance of unit vectors: what rounding leaves of 0."""


def lengths_of(vectors: torch.Tensor) -> torch.Tensor:
    """Return the norms of vectors, float64 [num_vectors]."""
    import torch

    return in_blocks(lambda block: torch.linalg.vector_norm(block, dim=1, dtype=torch.float64), vectors)


def row_numbers(rows: torch.Tensor) -> torch.Tensor:
    """Return 0, 1, 2, … for some rows, int64 [num_rows], where they lie."""
    import torch

    return torch.arange(len(rows), device=rows.device)


def _over(points: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Points over their lengths; those of length 0 stay."""
    return points / lengths.masked_fill(lengths == 0, 1)[:, None]
