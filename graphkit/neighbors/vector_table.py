"""Vectors to search, and how they are prepared so that products in float32 tell the near ones from the far.

|q - x|**2 = |q|**2 - 2 <q, x> + |x|**2 in float32 loses what is small beside |x|**2, and squares leave the
range of float32 from 1e19 on, or below 1e-23. So vectors are kept as they come, float32 or float64; what is
multiplied is their difference from a center, in units of its usual length, worked out in float64. Who is near
is decided by the vectors themselves (`graphkit.neighbors.direct`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors

Metric = Literal["cosine", "inner_product", "euclidean"]

Points = NDArray[Any]
"""Vectors as they were given, float32 or float64 [num_points, dim]."""

SAMPLE = 512
"""Vectors whose median is the center."""

_PREPARED_VALUES = 1 << 18
"""Values that are in float64 at a time."""


@dataclass(frozen=True)
class VectorTable:
    """Vectors to search by a metric.

    Cosines are compared as distances of unit vectors. A zero vector has no direction, and its cosine to all
    others is 0: it gets one of its own, in a column beyond the others.

    Attributes
    ----------
    vectors
        As they were given, float32 or float64 [num_vectors, dim].
    metric
        "cosine", "inner_product" or "euclidean".
    lengths
        Their norms, float64 [num_vectors], with "cosine"; else empty.
    center
        What is taken from each, or from its unit vector, float64 [dim].
    scale
        What the difference is multiplied by, a power of two.
    """

    vectors: Points
    metric: Metric
    lengths: NDArray[np.float64]
    center: NDArray[np.float64]
    scale: float

    @classmethod
    def of(cls, vectors: Points, metric: Metric, *, centered: bool = True) -> Self:
        """Choose center and scale by a sample: medians, which a few vectors far from others do not move."""
        table = cls.plain(vectors, metric)
        if not len(vectors):
            return table
        lengths = table.lengths
        sample = np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).astype(np.int64)
        exact = table._exact(vectors[sample], lengths[sample] if len(lengths) else lengths)
        center = np.median(exact, axis=0) if centered else table.center
        norms = np.linalg.norm(exact - center, axis=1)
        return replace(table, center=center, scale=scale_of(float(np.median(norms)) or float(norms.max())))

    @classmethod
    def plain(cls, vectors: Points, metric: Metric) -> Self:
        """Vectors that are compared as they are: about the origin, in units of 1."""
        lengths = lengths_of(vectors) if metric == "cosine" else np.empty(0)
        return cls(vectors, metric, lengths, np.zeros(vectors.shape[1]), 1.0)

    @property
    def by_distance(self) -> bool:
        """Whether the nearest are those of the smallest distance, not of the largest product."""
        return self.metric != "inner_product"

    @property
    def has_zeros(self) -> bool:
        """Whether there is a column for zero vectors."""
        return not self.lengths.all()

    @property
    def num_columns(self) -> int:
        """Columns of prepared vectors."""
        return int(self.vectors.shape[1]) + self.has_zeros

    def prepared(self, rows: slice | NDArray[Any] = slice(None)) -> Vectors:
        """Return some of the vectors ready to be multiplied, float32 [num_rows, num_columns]."""
        return self._in_units(self.vectors[rows], self.lengths[rows] if len(self.lengths) else self.lengths)

    def queries_of(self, rows: NDArray[Any]) -> Points:
        """Return some of the vectors as queries that are compared with all; see `asked`."""
        points = self.vectors[rows]
        return self._exact(points, self.lengths[rows]) if self.metric == "cosine" else points

    def asked(self, queries: Points) -> tuple[Points, Vectors]:
        """Return queries ready to be compared with vectors, and to be multiplied with prepared ones.

        Of cosines both are those of unit vectors. A product's order does not depend on the query's length,
        nor on what is taken from all vectors alike.
        """
        if self.metric == "euclidean":
            return queries, self._in_units(queries, self.lengths)
        lengths = lengths_of(queries)
        unit = queries / np.where(lengths == 0, 1, lengths)[:, None]
        if self.metric == "inner_product":
            return queries, unit.astype(np.float32)
        return unit, self._in_units(unit, np.ones(len(unit)))

    def _in_units(self, points: Points, lengths: NDArray[np.float64]) -> Vectors:
        """Points less the center, times the scale, float32; what is too large for float32 is infinite."""
        result: Vectors = np.zeros((len(points), self.num_columns), np.float32)
        step = max(1, _PREPARED_VALUES // points.shape[1])
        for start in range(0, len(points), step):
            part = slice(start, start + step)
            exact = self._exact(points[part], lengths[part]) - self.center
            exact *= self.scale
            with np.errstate(over="ignore"):
                result[part, : points.shape[1]] = exact
        if self.has_zeros:
            result[:, -1] = self.scale * (lengths == 0)
        return result

    def _exact(self, points: Points, lengths: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the metric compares: points, or their unit vectors."""
        if self.metric != "cosine":
            return points.astype(np.float64, copy=False)
        unit: NDArray[np.float64] = points / np.where(lengths == 0, 1, lengths)[:, None]
        return unit


def lengths_of(vectors: Points) -> NDArray[np.float64]:
    """Return the norms of vectors, float64 [num_vectors]."""
    # Squares of float32 values from about 1e19 on, or below 1e-23, leave its range.
    squares: NDArray[np.float64] = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return np.sqrt(squares)


def scale_of(usual: float) -> float:
    """Return the power of two that brings a usual norm to between 1/2 and 1; 1 for a norm of 0."""
    return float(np.ldexp(1.0, -int(np.frexp(usual)[1]))) if usual else 1.0
