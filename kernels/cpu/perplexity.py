"""Weights of nearest neighbours by perplexity, as in t-SNE and LargeVis."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_MOST_STEPS = 200
_CLOSE = 1e-5
"""Of the entropy to its target, in nats; both as in the authors' code."""


@njit(nogil=True, cache=True)
def weigh_neighbors(squares, perplexity, weights, start, stop):
    """Make weights[i] = exp(-beta_i * squares[i]) / their sum, beta_i such that e**entropy is the perplexity.

    L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 2008. `squares` float32
    [num_points, k], squared distances; `weights` float32 [num_points, k], **written**. Where no beta has that
    entropy, as among neighbours at one distance, the weights tend to equal shares of the nearest.
    """
    target = math.log(perplexity)
    for row in range(start, stop):
        nearest = squares[row].min()
        beta, low, high = 1.0, 0.0, math.inf
        scale = squares[row].mean() - nearest
        beta = 1.0 / scale if scale > 0 else 1.0
        for _ in range(_MOST_STEPS):
            entropy = _weigh_row(squares[row], nearest, beta, weights[row])
            if abs(entropy - target) < _CLOSE:
                break
            if entropy > target:
                low = beta
                beta = 2 * beta if high == math.inf else (beta + high) / 2
            else:
                high = beta
                beta = (low + beta) / 2


@njit(nogil=True, cache=True)
def _weigh_row(squares, nearest, beta, weights):
    """Set the weights of a row, and return their entropy in nats."""
    total, mean = 0.0, 0.0
    for place in range(len(squares)):
        gap = np.float64(squares[place]) - nearest
        weight = math.exp(-beta * gap)
        weights[place] = weight
        total += weight
        mean += weight * gap
    for place in range(len(squares)):
        weights[place] /= total
    return math.log(total) + beta * mean / total
