"""Weights of nodes by which products of their vectors add up to degrees: one sweep of coordinate descent.

R. Yang, J. Shi, X. Xiao, Y. Yang, S. Bhowmick, "Homogeneous Network Embedding for Massive Graphs via
Reweighted Personalized PageRank", VLDB 2020. With s_ij = w_j x_i . y_j, w and y being the other side's, the
weight v_i of x_i goes towards the minimum of

    sum_i (d_i - v_i sum_{j != i} s_ij)^2 + sum_j (e_j - sum_{i != j} v_i s_ij)^2 + penalty sum_i v_i^2

as a function of v_i alone, but not below `least`; one i after the other. Of its curvature,
(sum_{j != i} s_ij)^2 + sum_{j != i} s_ij^2 + penalty, the second term is the paper's estimate,
dim / 2 sum_c x_ic^2 sum_{j != i} w_j^2 y_jc^2.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def sweep_weights(vectors, others, turned, degrees, other_degrees, other_weights, penalty, least, weights):
    """One sweep over all i; weights[i] = v_i, float64 [num_nodes], are **written**.

    `vectors` x and `others` y float32 [num_nodes, dim]; `turned` float64 [num_nodes, dim], the rows of x
    times sum_j w_j^2 y_j y_j^T; `degrees` d, `other_degrees` e and `other_weights` w float64 [num_nodes]. All
    sums over nodes are kept up to date, so that a node takes O(dim) time.
    """
    num_nodes, dim = vectors.shape
    # sum_j w_j y_j, and the same times e_j.
    total, demand = np.zeros(dim), np.zeros(dim)
    # sum_j w_j^2 y_jc^2.
    squares = np.zeros(dim)
    # sum_i v_i x_i; sum_j w_j v_j s_jj y_j; the matrix of `turned` times the first.
    mass, own, moved = np.zeros(dim), np.zeros(dim), np.zeros(dim)
    for j in range(num_nodes):
        product = 0.0
        for c in range(dim):
            product += np.float64(vectors[j, c]) * np.float64(others[j, c])
        same = other_weights[j] * product
        for c in range(dim):
            y = other_weights[j] * np.float64(others[j, c])
            total[c] += y
            demand[c] += other_degrees[j] * y
            squares[c] += y * y
            mass[c] += weights[j] * np.float64(vectors[j, c])
            own[c] += weights[j] * same * y
            moved[c] += weights[j] * turned[j, c]
    for i in range(num_nodes):
        product, reached, wanted, square, estimate, known, crossed, through = (
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        )
        for c in range(dim):
            x, y = np.float64(vectors[i, c]), np.float64(others[i, c])
            product += x * y
            reached += x * total[c]
            wanted += x * demand[c]
            square += x * turned[i, c]
            weighted = other_weights[i] * y
            estimate += x * x * (squares[c] - weighted * weighted)
            known += x * moved[c]
            crossed += x * own[c]
            through += y * mass[c]
        same = other_weights[i] * product
        reached -= same
        wanted -= other_degrees[i] * same
        square -= same * same
        before = weights[i]
        # What the other nodes give each j already: without j itself, and without i.
        given = known - same * other_weights[i] * through - before * square - (crossed - before * same * same)
        curvature = reached * reached + 0.5 * dim * estimate + penalty
        # Without a penalty nothing is left where no product is: such a node keeps the least.
        value = least
        if curvature > 0.0:
            value = max(least, (degrees[i] * reached + wanted - given) / curvature)
        weights[i] = value
        change = value - before
        for c in range(dim):
            mass[c] += change * np.float64(vectors[i, c])
            own[c] += change * same * other_weights[i] * np.float64(others[i, c])
            moved[c] += change * turned[i, c]
