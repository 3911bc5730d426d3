"""Local clustering and online labels by definition: dense float64, one node at a time."""

import collections
import math

import numpy as np
import scipy.linalg


def dense(graph, labels=None, low=1.0):
    """The weights, dense; with labels, those of edges between differing ones multiplied by `low`."""
    weights = np.zeros((graph.num_nodes, graph.num_nodes))
    for row in range(graph.num_nodes):
        for place in range(graph.indptr[row], graph.indptr[row + 1]):
            weights[row, graph.indices[place]] = 1.0 if graph.weights is None else graph.weights[place]
    if labels is None:
        return weights
    labels = np.asarray(labels, np.float64)
    return weights * (1 - (1 - low) * np.abs(labels[:, None] - labels[None, :]))


def start_of(weights, seeds):
    start = np.zeros(len(weights))
    start[seeds] = 1 / len(seeds)
    return start


def pagerank(weights, seeds, restart):
    """Exact personalised PageRank."""
    return np.mean(pageranks(weights, seeds, restart), axis=0)


def pageranks(weights, seeds, restart):
    """Exact personalised PageRank of each seed, [num_seeds, num_nodes]; seeds have edges."""
    degree = weights.sum(axis=1)
    step = np.divide(weights, degree[:, None], out=np.zeros_like(weights), where=degree[:, None] > 0)
    system = np.eye(len(weights)) - (1 - restart) * step.T
    return np.linalg.solve(system, restart * np.eye(len(weights))[:, seeds]).T


def push(weights, seeds, restart, tolerance):
    """p + restart * r at the pushed nodes, 0 elsewhere, after Andersen, Chung and Lang's loop."""
    degree, arcs = weights.sum(axis=1), (weights > 0).sum(axis=1)
    p, r = np.zeros(len(weights)), start_of(weights, seeds)
    queue = collections.deque(sorted(seed for seed in seeds if r[seed] >= tolerance * arcs[seed]))
    pushed = set()
    while queue:
        u = queue.popleft()
        pushed.add(u)
        mass, r[u] = r[u], 0.0
        p[u] += restart * mass
        for v in np.flatnonzero(weights[u]):
            before = r[v]
            r[v] += (1 - restart) * mass * weights[u, v] / degree[u]
            if before < tolerance * arcs[v] <= r[v]:
                queue.append(v)
    inside = np.isin(np.arange(len(weights)), list(pushed))
    return np.where(inside, p + restart * r, 0.0)


def heat(weights, seeds, time):
    """Exact heat-kernel PageRank."""
    degree = weights.sum(axis=1)
    step = np.divide(weights, degree[:, None], out=np.zeros_like(weights), where=degree[:, None] > 0)
    return math.exp(-time) * scipy.linalg.expm(time * step.T) @ start_of(weights, seeds)


def flow(weights, seeds, mass, arcs, rounds=20000):
    """The dual solution of flow diffusion, p = 2, by Gauss-Seidel sweeps over all nodes with x kept >= 0."""
    degree = weights.sum(axis=1)
    net = mass * start_of(weights, seeds) - arcs
    x = np.zeros(len(weights))
    for _ in range(rounds):
        before = x.copy()
        for u in range(len(x)):
            if degree[u] > weights[u, u]:
                inflow = weights[u] @ x - weights[u, u] * x[u]
                x[u] = max(0.0, (net[u] + inflow) / (degree[u] - weights[u, u]))
        if np.abs(x - before).max() <= 1e-12 * max(1.0, x.max()):
            return x
    raise AssertionError("Gauss-Seidel did not converge")


def conductances(weights, order):
    """(cut, volume, conductance) of the sets of the first 1, 2, ... nodes of an order, each anew."""
    total, found = weights.sum(), []
    for size in range(1, len(order) + 1):
        inside = np.isin(np.arange(len(weights)), order[:size])
        cut, volume = weights[inside][:, ~inside].sum(), weights[inside].sum()
        smaller = min(volume, total - volume)
        found.append((cut, volume, cut / smaller if smaller > 1e-9 else math.inf))
    return found


def best_sweep(weights, scores):
    """The nodes > 0 of the best set of a sweep over scores, ranked as given, and its conductance."""
    nodes = np.flatnonzero(scores > 0)
    order = nodes[np.lexsort((nodes, -scores[nodes]))]
    values = [phi for *_, phi in conductances(weights, order)]
    best = int(np.argmin(values))
    return order[: best + 1], values[best]


def graph_kernel(weights, name, rho, beta=None):
    """The kernels of Zhou, Sun and Babanezhad, by inverses: 2 lambda (lambda / n I + K)^-1."""
    size, degree = len(weights), weights.sum(axis=1)
    if name == "laplacian":
        return 2 * rho * size * np.linalg.inv(rho * np.eye(size) + np.diag(degree) - weights)
    root = np.divide(1, np.sqrt(degree), out=np.zeros(size), where=degree > 0)
    adjacency = root[:, None] * weights * root[None, :]
    k = {
        "normalized": lambda: np.eye(size) - adjacency,
        "damped": lambda: np.eye(size) - beta * adjacency,
        "shifted": lambda: beta * np.eye(size) + np.eye(size) - adjacency,
    }[name]()
    return 2 * rho * size * np.linalg.inv(rho * np.eye(size) + k)


def simplex(scores):
    """The nearest point of the simplex, by bisection of the level."""
    low, high = scores.min() - 1, scores.max()
    for _ in range(60):
        level = (low + high) / 2
        low, high = (level, high) if np.maximum(scores - level, 0).sum() > 1 else (low, level)
    return np.maximum(scores - high, 0)


def relaxation(kernel, nodes, labels, num_classes):
    """Scores before each label is learnt, [num_labels, num_classes], with the whole kernel at hand."""
    size = len(kernel)
    gradients = np.zeros((num_classes, size))
    a, t, found = 0.0, 2.0 * size**2, []
    for node, label in zip(nodes, labels):
        sums = gradients @ kernel[:, node]
        scores = -sums / math.sqrt(a + num_classes * t)
        found.append(scores)
        chances = simplex(scores)
        support = chances > 1e-12
        if support[label]:
            gradient = support / support.sum()
        else:
            rivals = scores.copy()
            rivals[label] = -math.inf
            gradient = (np.arange(num_classes) == rivals.argmax()).astype(float)
        gradient = gradient - (np.arange(num_classes) == label)
        gradients[:, node] = gradient
        a += 2 * gradient @ sums + kernel[node, node] * gradient @ gradient
        t -= kernel[node, node]
    return np.array(found)
