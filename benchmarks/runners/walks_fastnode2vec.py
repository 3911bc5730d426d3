"""Random walks by fastnode2vec, one call of its sampler a walk, in as many threads as it would train with.

The library's Graph takes an iterable of edges; its arrays are set here, as that constructor would have made
them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from fastnode2vec import Graph
from padded_walks import count_steps, padded
from protocol import Request, serve, threads


def load(request: Request) -> Graph:
    arrays = np.load(request["input"])
    graph = Graph([], directed=True, weighted=False, verbose=False)
    graph.indptr, graph.indices = arrays["indptr"].astype(np.int32), arrays["indices"].astype(np.int32)
    graph.node_names = np.arange(len(graph.indptr) - 1)
    return graph


def walk(graph: Graph, request: Request) -> list[list[int]]:
    length, p, q = request["walk_length"], request["p"], request["q"]

    def some(starts: np.ndarray) -> list[list[int]]:
        return [graph.generate_random_walk(length, p, q, start) for start in starts]

    starts = np.tile(np.arange(len(graph.node_names)), request["walks_per_node"])
    with ThreadPoolExecutor(threads()) as pool:
        return [walk for part in pool.map(some, np.array_split(starts, threads())) for walk in part]


serve(
    walk,
    load=load,
    save=lambda walks, path: np.save(path, padded(walks)),
    amount=("step", count_steps),
    packages=["fastnode2vec", "numba", "numpy"],
)
