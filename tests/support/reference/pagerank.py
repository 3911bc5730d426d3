"""Personalised PageRank by definition: a linear system in float64, and push one node at a time."""

import numpy as np


def transition(graph, source):
    """The walk's matrix, dense; a row without arcs leads to the source."""
    weights = np.zeros((graph.num_nodes, graph.num_nodes))
    for row in range(graph.num_nodes):
        for place in range(graph.indptr[row], graph.indptr[row + 1]):
            weight = 1.0 if graph.weights is None else float(graph.weights[place])
            weights[row, graph.indices[place]] += weight
        if graph.indptr[row] == graph.indptr[row + 1]:
            weights[row, source] = 1.0
    return weights / weights.sum(axis=1, keepdims=True)


def exact(graph, source, restart):
    """Solve pi = restart * e_s + (1 - restart) * P^T pi."""
    matrix, start = transition(graph, source), np.zeros(graph.num_nodes)
    start[source] = restart
    return np.linalg.solve(np.eye(graph.num_nodes) - (1 - restart) * matrix.T, start)


FRONTIER, SHARE_OF_MEAN, ROW_IN_ARCS = 256, 0.5, 4
"""When sweeps begin and end; what share of the mean residual is pushed; what a row costs beside its arcs."""


def push(graph, source, restart, tolerance):
    """p + restart * r after Andersen, Chung and Lang's loop, first come first served; and the sum of r.

    As soon as more than one node in `FRONTIER` waits, `sweeps` go on, and the loop ends what they leave.
    """
    matrix = transition(graph, source)
    limit = tolerance * np.maximum(1, np.diff(graph.indptr))
    few = graph.num_nodes // FRONTIER
    settled, residual = np.zeros(graph.num_nodes), np.zeros(graph.num_nodes)
    residual[source] = 1.0
    waiting = [source] if residual[source] >= limit[source] else []
    most = few
    while waiting:
        if len(waiting) > most:
            settled, residual = sweeps(graph, matrix, settled, residual, restart, tolerance, few)
            waiting, most = np.flatnonzero(residual >= limit).tolist(), graph.num_nodes
            continue
        node = waiting.pop(0)
        mass, residual[node] = residual[node], 0.0
        settled[node] += restart * mass
        for other in np.flatnonzero(matrix[node]):
            residual[other] += (1 - restart) * mass * matrix[node, other]
            if residual[other] >= limit[other] and other not in waiting:
                waiting.append(other)
    return settled + restart * residual, residual.sum()


def sweeps(graph, matrix, settled, residual, restart, tolerance, few):
    """Push rows in order, those whose residual is above a threshold that shrinks; p and r afterwards.

    What comes to a node without arcs is lost, and what is there is then divided by what is not lost.
    """
    settled, residual, degree = settled.copy(), residual.copy(), np.diff(graph.indptr)
    lost, seen, pushed, last = 0.0, np.zeros(graph.num_nodes, bool), 1, False
    while not last or pushed > few:
        mean = residual.sum() / (degree.sum() + ROW_IN_ARCS * graph.num_nodes)
        limit = SHARE_OF_MEAN * mean * (np.maximum(1, degree) + ROW_IN_ARCS)
        if last or SHARE_OF_MEAN * mean <= tolerance * (1 - lost):
            limit, last = tolerance * (1 - lost) * np.maximum(1, degree), True
        pushed = 0
        for node in range(graph.num_nodes):
            if residual[node] < limit[node]:
                continue
            pushed += 1
            mass, residual[node] = residual[node], 0.0
            if degree[node] == 0:
                settled[node] += restart * mass
                lost += (1 - restart) * mass
                continue
            own = matrix[node, node] if seen[node] else 0.0
            seen[node] = True
            mass /= 1 - (1 - restart) * own
            settled[node] += restart * mass
            shares = (1 - restart) * mass * matrix[node]
            if own > 0:
                shares[node] = 0.0
            residual += shares
    return settled / (1 - lost), residual / (1 - lost)
