"""Random walks with the faults that other libraries had, and a right one to compare them with.

Plain Python, in rows of a graph. Each step is `choose(rng, weights, t, v)` on a matrix of weights.
"""

import numpy as np

from support.reference.walks import law


def walks_by(choose, graph, *, walk_length, walks_per_node, seed):
    """Walks of a step function: int64 [num_walks, walk_length], -1 behind a dead end."""
    rng = np.random.default_rng(seed)
    weights = graph.to_scipy().toarray().astype(np.float64)
    walks = np.full((walks_per_node * graph.num_nodes, walk_length), -1)
    for number, walk in enumerate(walks):
        t, v = None, number % graph.num_nodes
        walk[0] = v
        for step in range(1, walk_length):
            if not weights[v].any():
                break
            t, v = v, choose(rng, weights, t, v)
            walk[step] = v
    return walks


def first_order(rng, weights, t, v):
    """No bias at all."""
    return rng.choice(len(weights), p=weights[v] / weights[v].sum())


def right(p, q):
    """The law itself."""

    def choose(rng, weights, t, v):
        return rng.choice(len(weights), p=law(weights, t, v, p, q))

    return choose


def falls_through(p, q):
    """torch-cluster: a candidate refused by its own test is tried once more as if it were far."""
    largest = max(1 / p, 1, 1 / q)

    def choose(rng, weights, t, v):
        while True:
            x = first_order(rng, weights, None, v)
            if t is None:
                return x
            coin = rng.random() * largest
            if (x == t and coin < 1 / p) or (weights[x][t] > 0 and coin < 1) or coin < 1 / q:
                return x

    return choose


def unweighted_first_step(p, q):
    """SNAP: the first step does not look at weights."""

    def choose(rng, weights, t, v):
        return rng.choice(np.flatnonzero(weights[v])) if t is None else right(p, q)(rng, weights, t, v)

    return choose


def other_direction(p, q):
    """SNAP: on a directed graph, arcs t -> x count instead of x -> t."""

    def choose(rng, weights, t, v):
        if t is None:
            return first_order(rng, weights, t, v)
        near = [1 / p if x == t else 1 if weights[t][x] > 0 else 1 / q for x in range(len(weights))]
        return rng.choice(len(weights), p=weights[v] * near / (weights[v] * near).sum())

    return choose


def one_place_off(rng, weights, t, v):
    """CSRGraph: the search in the sums of a row may end one place too far, in the next row."""
    rows, columns = np.nonzero(weights)
    first, end = np.searchsorted(rows, [v, v + 1])
    slot = np.searchsorted(np.arange(end - first), rng.random() * (end - first))
    return columns[min(first + slot, len(columns) - 1)]


def never_back(rng, weights, t, v):
    """Takes p for infinite unless there is no other way."""
    share = weights[v].copy()
    if t is not None and np.count_nonzero(share) > 1:
        share[t] = 0
    return rng.choice(len(share), p=share / share.sum())
