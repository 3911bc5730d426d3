"""Ends of walks with restart in plain Python, and personalised PageRank by dense float64."""

import numpy as np

from support.reference.philox import draw

RESTART = 45


def walk_end(neighbors, table, start, number, alpha, seed):
    """Where walk `number` from `start` stops; `table` alias tables by node, or None."""
    node, step = start, 0
    while True:
        go_on, slot, coin, _ = draw(seed, number, step, RESTART)
        row = neighbors[node]
        if go_on >= round(alpha * 2**32) or not row:
            return node
        place = slot * len(row) >> 32
        if table is not None:
            threshold, other = table[node][place]
            place = place if coin < threshold else other
        node, step = row[place], step + 1


def end_distribution(weights, alpha):
    """P(a walk from i stops at j), [num_nodes, num_nodes]; a walk stops where no arc leaves."""
    weights = weights.astype(np.float64)
    strength = weights.sum(axis=1)
    stops = np.where(strength > 0, 1 - alpha, 1.0)
    step = alpha * weights / np.where(strength > 0, strength, 1)[:, None]
    return np.linalg.inv(np.eye(len(weights)) - step) * stops
