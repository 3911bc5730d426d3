"""NetMF in dense float64, from Qiu et al. 2018: its matrices, and the vectors of their truncated SVD."""

import numpy as np


def window_sum(adjacency, window):
    """vol / T (P + ... + P^T) D^-1, P = D^-1 A; rows and columns of isolated nodes are zero."""
    adjacency = adjacency.astype(np.float64)
    degree = adjacency.sum(axis=1)
    inverse = np.array([1 / d if d > 0 else 0.0 for d in degree])
    step = inverse[:, None] * adjacency
    power, total = np.eye(len(adjacency)), np.zeros_like(adjacency)
    for _ in range(window):
        power = power @ step
        total += power
    return degree.sum() / window * total * inverse


def exact_matrix(adjacency, window, num_negatives):
    """Algorithm 3: log max(1, M), element by element."""
    return np.log(np.maximum(1, window_sum(adjacency, window) / num_negatives))


def rank_matrix(adjacency, window, num_negatives, rank):
    """Algorithm 4: log max(1, M) from the algebraically largest eigenpairs, those of eigenvalue 1 as one."""
    adjacency = adjacency.astype(np.float64)
    degree = adjacency.sum(axis=1)
    root = np.array([1 / np.sqrt(d) if d > 0 else 0.0 for d in degree])
    values, vectors = np.linalg.eigh(root[:, None] * adjacency * root)
    values, vectors = values[::-1], vectors[:, ::-1]
    count = rank - 1 + int((values > 1 - 1e-9).sum())
    filtered = np.array([max(0, sum(x**r for r in range(1, window + 1)) / window) for x in values])
    vectors, filtered = vectors[:, :count], filtered[:count]
    sums = root[:, None] * (vectors * filtered) @ vectors.T * root
    return np.log(np.maximum(1, degree.sum() / num_negatives * sums))


def svd_vectors(matrix, dim):
    """(U S^1/2, S) of the truncated singular value decomposition."""
    left, values, _ = np.linalg.svd(matrix)
    return left[:, :dim] * np.sqrt(values[:dim]), values[:dim]
