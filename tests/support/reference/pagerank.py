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


def push(graph, source, restart, tolerance):
    """p + restart * r after Andersen, Chung and Lang's loop, first come first served; and the sum of r."""
    matrix = transition(graph, source)
    limit = tolerance * np.maximum(1, np.diff(graph.indptr))
    settled, residual = np.zeros(graph.num_nodes), np.zeros(graph.num_nodes)
    residual[source] = 1.0
    waiting = [source] if residual[source] >= limit[source] else []
    while waiting:
        node = waiting.pop(0)
        mass, residual[node] = residual[node], 0.0
        settled[node] += restart * mass
        for other in np.flatnonzero(matrix[node]):
            residual[other] += (1 - restart) * mass * matrix[node, other]
            if residual[other] >= limit[other] and other not in waiting:
                waiting.append(other)
    return settled + restart * residual, residual.sum()
