"""NetSMF's and LightNE's path sampling in plain Python, and its exact distributions by dense float64."""

import numpy as np

from support.reference.philox import draw

COUNT, PATH = 43, 44
"""Streams of the numbers of samples, and of the paths."""


def share_kept(weights, degree, u, v, thinning):
    """LightNE: min(1, c (w / d_u + w / d_v))."""
    return min(1.0, thinning * (weights[u, v] / degree[u] + weights[u, v] / degree[v]))


def expected_count(weights, u, v, total, thinning):
    """Samples of edge {u, v} that are kept, of `total` that the arcs share by weight."""
    degree = weights.sum(axis=1)
    arcs = 1 if u == v else 2
    return total * arcs * weights[u, v] / degree.sum() * share_kept(weights, degree, u, v, thinning)


def edges(weights):
    """Edges once, from the lower end, as rows of the matrix hold them; with the place of each arc."""
    place, found = 0, []
    for u in range(len(weights)):
        for v in range(len(weights)):
            if weights[u, v] > 0:
                if v >= u:
                    found.append((u, v, place))
                place += 1
    return found


def placed(weights, total, thinning, seed):
    """(u, v, value) of each sample, in order: the rest of a number is rounded up by one word an arc."""
    samples = []
    degree = weights.sum(axis=1)
    for u, v, place in edges(weights):
        expected = expected_count(weights, u, v, total, thinning)
        count = int(expected) + (draw(seed, place, 0, COUNT)[0] < (expected - int(expected)) * 2**32)
        samples += [(u, v, 1 / share_kept(weights, degree, u, v, thinning))] * count
    return samples


def path_ends(neighbors, table, u, v, number, window, seed):
    """The ends of path `number` through (u, v), the lower first; `table` alias tables by node, or None."""
    words = [word for step in range(window) for word in draw(seed, number, step, PATH)]
    steps = words[0] * window >> 32
    left = words[1] * (steps + 1) >> 32
    ends, place = [u, v], 2
    for side in [0] * left + [1] * (steps - left):
        row = neighbors[ends[side]]
        slot = words[place] * len(row) >> 32
        if table is not None:
            threshold, other = table[ends[side]][slot]
            slot = slot if words[place + 1] < threshold else other
            place += 1
        place += 1
        ends[side] = row[slot]
    return min(ends), max(ends)


def end_distribution(weights, u, v, window):
    """P(the ends of a path through (u, v) are i and j), [num_nodes, num_nodes], by all r and k."""
    step = weights / weights.sum(axis=1, keepdims=True)
    powers = [np.linalg.matrix_power(step, k) for k in range(window)]
    total = np.zeros_like(step)
    for r in range(1, window + 1):
        for k in range(1, r + 1):
            total += np.outer(powers[k - 1][u], powers[r - k][v]) / r
    return total / window


def expected_sum(weights, window, total, thinning):
    """The expectation of what paths count, half of it in each direction, [num_nodes, num_nodes]."""
    degree = weights.sum(axis=1)
    found = np.zeros_like(weights)
    for u, v, _ in edges(weights):
        count = expected_count(weights, u, v, total, thinning)
        value = count / share_kept(weights, degree, u, v, thinning)
        found += value * end_distribution(weights, u, v, window)
    return (found + found.T) / 2
