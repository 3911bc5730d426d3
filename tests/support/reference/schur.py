"""Schur complements by dense float64."""

import numpy as np


def laplacian(adjacency):
    """D - A of a dense symmetric matrix, loops left out."""
    plain = adjacency - np.diag(np.diag(adjacency))
    return np.diag(plain.sum(axis=1)) - plain


def schur_complement(matrix, rows):
    """L_CC - L_CF L_FF^+ L_FC of a dense Laplacian; components of which nothing stays vanish."""
    gone = np.setdiff1d(np.arange(len(matrix)), rows)
    inner = np.linalg.pinv(matrix[np.ix_(gone, gone)])
    return matrix[np.ix_(rows, rows)] - matrix[np.ix_(rows, gone)] @ inner @ matrix[np.ix_(gone, rows)]
