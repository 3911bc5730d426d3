"""Series in the walk's matrix: dense powers in float64, the matrix exponential, an inverse."""

import numpy as np
import scipy.linalg


def dense(edges, weights, num_nodes):
    """A, dense: weights of repeated edges added, without weights each edge once."""
    matrix = np.zeros((num_nodes, num_nodes))
    for place, (source, target) in enumerate(np.asarray(edges).T):
        if weights is None:
            matrix[source, target] = 1.0
        else:
            matrix[source, target] += float(weights[place])
    return matrix


def transition(matrix, *, stays=False):
    """D^-1 A; a row without arcs is zero, or leads to itself."""
    step = np.zeros_like(matrix)
    for row, total in enumerate(matrix.sum(axis=1)):
        if total > 0:
            step[row] = matrix[row] / total
        elif stays:
            step[row, row] = 1.0
    return step


def powers(step, last):
    """P^0 to P^last, [last + 1, num_nodes, num_nodes]."""
    found = [np.eye(len(step))]
    for _ in range(last):
        found.append(found[-1] @ step)
    return np.stack(found)


def reached(matrix, num_steps):
    """Which pairs a walk of so many steps at most leads from and to."""
    return (powers((matrix > 0).astype(float), num_steps) > 0).any(axis=0)


def heat(step, time):
    """exp(-t (I - P))."""
    return scipy.linalg.expm(-time * (np.eye(len(step)) - step))


def pagerank(step, restart):
    """r (I - (1 - r) P)^-1."""
    return restart * np.linalg.inv(np.eye(len(step)) - (1 - restart) * step)
