"""Whether products in float32 can have missed a near vector; functions of NumPy's arrays and torch's alike.

Products of n columns, and squared lengths, are off by some roots of n units of float32's rounding, relative
to the lengths; so is |q - x|**2, relative to (|q| + |x|)**2. A query's neighbours are certain if none of the
vectors that were left out, by products not nearer than `last`, can be nearer than the farthest that was kept.
"""

from __future__ import annotations

import math
from typing import Any

SPARE = 8
"""Vectors that are compared directly beside those that are looked for."""

_UNIT = 2.0**-24
_EQUAL = 1 + 4 * _UNIT
"""Distances are rounded to float32: one that is larger by less may be equal then."""


def rounding(num_columns: int) -> float:
    """Return by how much a product of so many columns is off at most, relative to the lengths."""
    return (8 + math.sqrt(num_columns)) * _UNIT


def certain_distances(farthest: Any, last: Any, lengths: Any, num_columns: int) -> Any:
    """Whether queries of these lengths have their nearest.

    Parameters
    ----------
    farthest
        The distance of the farthest that was kept, float64 [num_queries].
    last
        The squared distance, by products, that no vector left out is below, [num_queries].
    lengths, num_columns
        Norms of the prepared queries, [num_queries], and their columns.
    """
    # A vector nearer than the farthest is no longer than the query and that distance together.
    error = rounding(num_columns) * (2 * lengths + farthest) ** 2
    return (farthest * _EQUAL) ** 2 + error < last


def certain_products(smallest: Any, last: Any, longest: Any, num_columns: int) -> Any:
    """Whether queries of length 1 have the largest products with vectors, the longest of length `longest`.

    Parameters
    ----------
    smallest
        The smallest product that was kept, float64 [num_queries].
    last
        The product that no vector left out is above, [num_queries].
    longest, num_columns
        The largest norm of the prepared vectors, and their columns.
    """
    return smallest > last + rounding(num_columns) * longest
