"""ProNE as its authors compute it, dense and in float64; weights and loops count."""

import numpy as np
from scipy.special import iv

from support.reference.spectral import unit_rows


def log_ratios(adjacency):
    """M: ln p_ij - ln P_j where there is an arc."""
    shares = row_shares(adjacency)
    noise = shares.sum(axis=0) ** 0.75
    noise /= noise.sum()
    matrix = np.zeros_like(adjacency)
    for i, j in zip(*np.nonzero(adjacency), strict=True):
        matrix[i, j] = np.log(shares[i, j]) - np.log(noise[j])
    return matrix


def row_shares(matrix):
    """Rows divided by their sum."""
    sums = matrix.sum(axis=1, keepdims=True)
    return matrix / np.where(sums > 0, sums, 1)


def root_of_svd(matrix, dim):
    """U S^1/2 of the leading `dim` singular triplets."""
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    return left[:, :dim] * np.sqrt(values[:dim])


def band_passed(adjacency, vectors, mu, theta, order=10):
    """(A + wI)(X - g(L) X) / w by the authors' series in (L - mu)^2 / 2 - 1, w being the mean weight."""
    num_nodes = len(adjacency)
    weight = adjacency.sum() / max(1, np.count_nonzero(adjacency))
    looped = adjacency / weight + np.eye(num_nodes)
    shifted = np.eye(num_nodes) - row_shares(looped) - mu * np.eye(num_nodes)
    argument = shifted @ shifted / 2 - np.eye(num_nodes)
    before, now = vectors, argument @ vectors
    smooth = iv(0, theta) * before - 2 * iv(1, theta) * now
    for i in range(2, order):
        before, now = now, 2 * argument @ now - before
        smooth += (-1) ** i * 2 * iv(i, theta) * now
    return looped @ (vectors - smooth)


def prone(adjacency, dim, mu=0.2, theta=0.5):
    """Both steps."""
    first = unit_rows(root_of_svd(log_ratios(adjacency), dim))
    return unit_rows(root_of_svd(band_passed(adjacency, first, mu, theta), dim))
