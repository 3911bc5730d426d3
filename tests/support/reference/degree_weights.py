"""A sweep of coordinate descent on the weights of nodes, by the formula of Yang et al. 2020, dense."""

import numpy as np


def sweep(vectors, others, weights, other_weights, degrees, other_degrees, penalty):
    """Move `weights` one after the other, each to its best value given the rest, at least 1 / size."""
    size, dim = vectors.shape
    scores = vectors @ (others * other_weights[:, None]).T
    np.fill_diagonal(scores, 0)
    for i in range(size):
        rest = other_degrees - weights @ scores + weights[i] * scores[i]
        top = degrees[i] * scores[i].sum() + np.delete(rest * scores[i], i).sum()
        squares = (np.delete(others * other_weights[:, None], i, axis=0) ** 2).sum(axis=0)
        bottom = scores[i].sum() ** 2 + dim / 2 * (vectors[i] ** 2 * squares).sum() + penalty
        weights[i] = max(1 / size, top / bottom) if bottom > 0 else 1 / size
