"""node2vec by fastnode2vec: rejection sampling within gensim's training threads.

No seed is given: with one, every batch of walks starts from the same random numbers. The library's Graph
takes an iterable of edges; its arrays are set here, as that constructor would have made them.
"""

from __future__ import annotations

import numpy as np
from fastnode2vec import Graph, Node2Vec
from protocol import Request, serve, threads


def load(request: Request) -> Graph:
    arrays = np.load(request["input"])
    graph = Graph([], directed=True, weighted=False, verbose=False)
    graph.indptr, graph.indices = arrays["indptr"].astype(np.int32), arrays["indices"].astype(np.int32)
    graph.node_names = np.arange(len(graph.indptr) - 1)
    return graph


def embed(graph: Graph, request: Request) -> np.ndarray:
    model = Node2Vec(
        graph,
        dim=request["dim"],
        walk_length=request["walk_length"],
        window=request["window"],
        negative=request["num_negatives"],
        p=request["p"],
        q=request["q"],
        workers=threads(),
    )
    model.train(epochs=request["walks_per_node"], verbose=False)
    return model.wv[graph.node_names.tolist()]


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["fastnode2vec", "gensim", "numba", "numpy"],
)
