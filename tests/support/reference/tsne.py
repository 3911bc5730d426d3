"""t-SNE by its definition, all pairs at once: van der Maaten and Hinton, JMLR 2008."""

import numpy as np


def pair_terms(positions):
    """1 / (1 + |y_i - y_j|**2) of all pairs, none of a point with itself; and y_i - y_j."""
    apart = positions[:, None].astype(float) - positions[None].astype(float)
    near = 1 / (1 + (apart**2).sum(axis=2))
    np.fill_diagonal(near, 0)
    return near, apart


def divergence(shares, positions):
    """KL(P || Q) of a dense P that sums to one."""
    near, _ = pair_terms(positions)
    model, held = near / near.sum(), shares > 0
    return (shares[held] * np.log(shares[held] / model[held])).sum()


def gradient(shares, positions, exaggeration=1.0):
    """Of the divergence by positions: 4 sum_j (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|**2)."""
    near, apart = pair_terms(positions)
    excess = (exaggeration * shares - near / near.sum()) * near
    return 4 * (excess[:, :, None] * apart).sum(axis=1)


def potential(positions, at):
    """The sum over positions y of 1 / (1 + |x - y|**2) at each x, and its slopes."""
    apart = at[:, None].astype(float) - positions[None].astype(float)
    near = 1 / (1 + (apart**2).sum(axis=2))
    return near.sum(axis=1), -2 * (near[:, :, None] ** 2 * apart).sum(axis=1)
