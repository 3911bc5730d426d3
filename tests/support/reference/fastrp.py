"""FastRP by dense float64 matrices, from Chen et al. 2019 and the options' definitions."""

import numpy as np


def fastrp(
    adjacency,
    start,
    *,
    weights,
    beta,
    matrix="transition",
    normalize=True,
    standardize=True,
    concatenate=False,
    projected_features=None,
):
    """N = sum_i w_i N_i / |N_i| with N_1 = P L R, R = `start`; columns standardised."""
    arriving = adjacency.sum(axis=0)
    degree_factor = np.array([(d / arriving.sum()) ** beta if d > 0 else 0.0 for d in arriving])
    current = degree_factor[:, None] * start
    if projected_features is not None:
        level = np.sqrt((degree_factor**2).mean() / (start.shape[1] or projected_features.shape[1]))
        size = np.sqrt((projected_features**2).mean())
        current = np.hstack([current, projected_features * level / size])
    operator = adjacency.astype(np.float64)
    if matrix == "transition":
        leaving = adjacency.sum(axis=1, keepdims=True)
        operator = np.where(leaving > 0, adjacency / np.where(leaving > 0, leaving, 1), 0.0)
    blocks = []
    for weight in weights:
        current = operator @ current
        norms = np.sqrt((current**2).sum(axis=1, keepdims=True))
        block = np.where(norms > 0, current / np.where(norms > 0, norms, 1), 0) if normalize else current
        blocks.append((weight, block))
    if concatenate:
        return np.hstack([w * (scaled(b) if standardize else b) for w, b in blocks if w != 0])
    total = sum(w * b for w, b in blocks)
    return scaled(total) if standardize else total


def scaled(matrix):
    """Columns with mean 0 and standard deviation 1; constant columns are 0."""
    deviation = matrix.std(axis=0)
    deviation[deviation < 1e-9] = np.inf
    return (matrix - matrix.mean(axis=0)) / deviation
