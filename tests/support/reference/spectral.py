"""Spectral embedding, dense and in float64."""

import numpy as np


def normalized_adjacency(adjacency, extra=0.0):
    """(D + extra)^-1/2 A (D + extra)^-1/2; rows of nodes without edges are 0."""
    strength = adjacency.sum(axis=1) + extra
    root = np.where(strength > 0, strength, np.inf) ** -0.5
    return root[:, None] * adjacency * root


def spectral(adjacency, dim, *, regularization, power, normalize):
    """Leading eigenvectors of the normalised adjacency, scaled; and their eigenvalues."""
    mean = adjacency.sum() / len(adjacency)
    values, vectors = np.linalg.eigh(normalized_adjacency(adjacency, regularization * mean))
    values, vectors = values[::-1][:dim], vectors[:, ::-1][:, :dim]
    return unit_rows(vectors * values**power, normalize), values


def laplacian_eigenmaps(adjacency, dim):
    """Solutions of (D - A) x = lambda D x of a connected graph, smallest lambda > 0 first, x' D x = 1."""
    import scipy.linalg

    degrees = np.diag(adjacency.sum(axis=1))
    values, vectors = scipy.linalg.eigh(degrees - adjacency, degrees)
    return vectors[:, 1 : dim + 1], values[1 : dim + 1]


def unit_rows(vectors, normalize=True):
    """Rows divided by their length; those of zeros stay."""
    if not normalize:
        return vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
