"""Vectors carried outwards by the equations themselves, solved densely in double precision."""

import numpy as np


def layers(matrix, inside):
    """Steps from the nearest row that is inside, -1 where no arc leads; `matrix` holds weights."""
    depth = np.where(inside, 0, -1)
    step = 0
    while True:
        near = (np.array(matrix)[depth == step] > 0).any(axis=0) & (depth < 0)
        if not near.any():
            return depth
        step += 1
        depth[near] = step


def carried_outwards(matrix, inside, vectors):
    """Layer by layer: each row of it is the mean of its neighbours further in or in the same layer.

    Rows that nothing reaches are zeros.
    """
    matrix = np.array(matrix, np.float64)
    np.fill_diagonal(matrix, 0)
    depth = layers(matrix, inside)
    result = np.where(inside[:, None], vectors, 0.0)
    for step in range(1, depth.max(initial=0) + 1):
        new, known = np.flatnonzero(depth == step), np.flatnonzero((depth >= 0) & (depth < step))
        within, inwards = matrix[np.ix_(new, new)], matrix[np.ix_(new, known)]
        degree = within.sum(axis=1) + inwards.sum(axis=1)
        result[new] = np.linalg.solve(np.diag(degree) - within, inwards @ result[known])
    return result
