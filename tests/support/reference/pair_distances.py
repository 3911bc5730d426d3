"""The nearest of candidates, by sorting the values of exact fractions."""

import math
from fractions import Fraction

import numpy as np


def nearest_of(vectors, query, candidates, kind):
    """Pairs (value, row), the smallest first, equal ones by row; sums are of exact fractions."""
    query = [Fraction(value) for value in query.tolist()]
    pairs = []
    for row in candidates.tolist():
        other = [Fraction(value) for value in vectors[row].tolist()]
        product = sum(a * b for a, b in zip(query, other, strict=True))
        square = sum(a * a for a in other)
        if kind == 0:
            value = math.sqrt(sum((a - b) ** 2 for a, b in zip(query, other, strict=True)))
        elif kind == 1:
            value = 1 - float(product) / math.sqrt(square) if square else 1.0
        else:
            value = -float(product)
        pairs.append((value if kind == 2 else _rounded(value), row))
    return sorted(pairs)


def _rounded(value):
    """To float32, and what rounding leaves of 0 to 0."""
    return float(np.float32(value)) if value > 1e-15 else 0.0
