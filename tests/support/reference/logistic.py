"""The objective of penalised logistic regression, by plain loops in double precision."""

import math


def objective(weights, rows, truth, penalty):
    """``½ |w|² + C Σ log(1 + exp(-y (w·x)))``, x ending in a constant 1 and y in {-1, 1}."""
    total = sum(w * w for w in weights) / 2
    for row, is_true in zip(rows, truth, strict=True):
        z = sum(w * x for w, x in zip(weights, [*row, 1.0], strict=True))
        total += penalty * math.log1p(math.exp(-z if is_true else z))
    return total
