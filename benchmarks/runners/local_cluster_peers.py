"""Conductances of clusters around seeds: PageRank of NumPy, scikit-network or networkx; a sweep in NumPy."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse
from protocol import Request, serve

MOST = 1000
"""Iterations."""


class Graph(NamedTuple):
    indptr: np.ndarray
    indices: np.ndarray
    degree: np.ndarray
    prepared: Any


def load(request: Request) -> Graph:
    arrays = np.load(request["input"])
    indptr, indices = arrays["indptr"], arrays["indices"]
    return Graph(indptr, indices, np.diff(indptr), _PREPARE[request["ranking"]](indptr, indices))


def conductances(graph: Graph, request: Request) -> np.ndarray:
    rank: Callable[..., np.ndarray] = _RANK[request["ranking"]]
    return np.array([sweep(graph, rank(graph, seed, request)) for seed in request["seeds"]])


def sweep(graph: Graph, scores: np.ndarray) -> float:
    """The smallest conductance of the first nodes by score over degree."""
    nodes = np.flatnonzero(scores > 0)
    nodes = nodes[np.argsort(-scores[nodes] / graph.degree[nodes], kind="stable")]
    place = np.full(len(graph.degree), len(graph.degree))
    place[nodes] = np.arange(len(nodes))
    sizes = graph.degree[nodes]
    source = np.repeat(np.arange(len(nodes)), sizes)
    arcs = np.arange(len(source)) + np.repeat(graph.indptr[nodes] - np.cumsum(sizes) + sizes, sizes)
    target = place[graph.indices[arcs]]
    change = np.where(target > source, 1, np.where(target < source, -1, 0))
    cuts = np.cumsum(np.bincount(source, change, len(nodes)))
    volumes = np.cumsum(sizes)
    smaller = np.minimum(volumes, graph.degree.sum() - volumes)
    return float((cuts[smaller > 0] / smaller[smaller > 0]).min())


def push(graph: Graph, seed: int, request: Request) -> np.ndarray:
    """Forward push, a node's arcs at once."""
    restart, tolerance = request["restart"], request["tolerance"]
    settled, residual = np.zeros(len(graph.degree)), np.zeros(len(graph.degree))
    residual[seed], queue = 1, collections.deque([seed])
    limit = tolerance * graph.degree
    while queue:
        node = queue.popleft()
        mass, residual[node] = residual[node], 0
        settled[node] += restart * mass
        near = graph.indices[graph.indptr[node] : graph.indptr[node + 1]]
        before = residual[near]
        after = before + (1 - restart) * mass / graph.degree[node]
        residual[near] = after
        queue.extend(near[(before < limit[near]) & (after >= limit[near])].tolist())
    return np.where(settled > 0, settled + restart * residual, 0)


def by_scikit_network(graph: Graph, seed: int, request: Request) -> np.ndarray:
    from sknetwork.ranking import PageRank

    count = request["iterations"]
    ranker = PageRank(
        1 - request["restart"], n_iter=count or MOST, tol=0 if count else last_change(graph, request)
    )
    return np.asarray(ranker.fit_predict(graph.prepared, weights={seed: 1}))


def by_networkx(graph: Graph, seed: int, request: Request) -> np.ndarray:
    import networkx

    # Its limit is of the mean change.
    change = last_change(graph, request) / len(graph.degree)
    ranks = networkx.pagerank(graph.prepared, 1 - request["restart"], {seed: 1}, tol=change, max_iter=MOST)
    return np.array([ranks[node] for node in range(len(graph.degree))])


def last_change(graph: Graph, request: Request) -> float:
    """What an iteration may change, in all, where the error is at most the tolerance for each arc."""
    restart = request["restart"]
    return request["iterate_to"] * len(graph.indices) * restart / (1 - restart)


def matrix(indptr: np.ndarray, indices: np.ndarray) -> scipy.sparse.csr_matrix:
    return scipy.sparse.csr_matrix((np.ones(len(indices)), indices, indptr))


def networkx_graph(indptr: np.ndarray, indices: np.ndarray) -> Any:
    import networkx

    return networkx.from_scipy_sparse_array(matrix(indptr, indices))


_PREPARE = {"numpy": lambda *_: None, "scikit-network": matrix, "networkx": networkx_graph}
_RANK = {"numpy": push, "scikit-network": by_scikit_network, "networkx": by_networkx}

PACKAGES = ["numpy", "scipy"]

serve(conductances, load=load, save=lambda found, path: np.save(path, found), packages=PACKAGES)
