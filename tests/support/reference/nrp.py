"""NRP in dense float64, after Yang et al. 2020: PageRank by factors, and coordinate descent by loops."""

import numpy as np

from support.reference.degree_weights import sweep


def pagerank(adjacency, alpha, steps):
    """sum_{i=1..steps} alpha (1 - alpha)^i P^i, and the degrees that are P's denominators."""
    degree = adjacency.sum(axis=1)
    step = np.array([1 / d if d > 0 else 0.0 for d in degree])[:, None] * adjacency
    power, total = np.eye(len(adjacency)), np.zeros_like(adjacency)
    for i in range(1, steps + 1):
        power = power @ step
        total += alpha * (1 - alpha) ** i * power
    return total, degree


def pagerank_factors(adjacency, rank, alpha, steps, spare=32):
    """(X, Y): D X Y^T is D times PageRank, projected to where a step on it leads from A's right space."""
    adjacency = adjacency.astype(np.float64)
    total, degree = pagerank(adjacency, alpha, steps)
    series = degree[:, None] * total
    right = np.linalg.svd(adjacency)[2][: rank + spare].T
    space = np.linalg.qr(series @ right)[0]
    left, values, turned = np.linalg.svd(space.T @ series, full_matrices=False)
    root = np.sqrt(values[:rank])
    inverse = np.array([1 / d if d > 0 else 0.0 for d in degree])[:, None]
    return inverse * (space @ left[:, :rank]) * root, turned[:rank].T * root


def objective(product, forward, backward, out_degree, in_degree, penalty):
    """How far weighted products are from the degrees, a node's product with itself left out."""
    scores = forward[:, None] * product * backward
    np.fill_diagonal(scores, 0)
    missing = ((scores.sum(axis=0) - in_degree) ** 2).sum() + ((scores.sum(axis=1) - out_degree) ** 2).sum()
    return missing + penalty * ((forward**2).sum() + (backward**2).sum())


def reweighted(sources, targets, out_degree, in_degree, penalty, sweeps):
    """(forward, backward) after so many sweeps, backward ones first, each by the paper's formula."""
    forward, backward = out_degree.astype(np.float64).copy(), np.ones(len(sources))
    for _ in range(sweeps):
        sweep(targets, sources, backward, forward, in_degree, out_degree, penalty)
        sweep(sources, targets, forward, backward, out_degree, in_degree, penalty)
    return forward, backward
