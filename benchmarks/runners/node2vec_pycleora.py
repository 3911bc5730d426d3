"""node2vec by pycleora: walks in Python, a dense matrix of co-occurrences, and its full SVD.

It has no negative samples and no threads of its own beyond NumPy's.
"""

from __future__ import annotations

import numpy as np
from protocol import Request, serve
from pycleora import SparseMatrix
from pycleora.algorithms import embed_node2vec


def load(request: Request) -> tuple[SparseMatrix, np.ndarray, int]:
    """The library's graph, the row that each of its nodes has in ours, and the number of ours."""
    arrays = np.load(request["input"])
    source = np.repeat(np.arange(len(arrays["indptr"]) - 1), np.diff(arrays["indptr"]))
    once = source < arrays["indices"]
    lines = (f"{a} {b}" for a, b in zip(source[once], arrays["indices"][once], strict=True))
    graph = SparseMatrix.from_iterator(lines, "complex::reflexive::node")
    return graph, np.array(graph.entity_ids, dtype=np.int64), len(arrays["indptr"]) - 1


def embed(data: tuple[SparseMatrix, np.ndarray, int], request: Request) -> np.ndarray:
    graph, rows, num_nodes = data
    vectors = embed_node2vec(
        graph,
        feature_dim=request["dim"],
        num_walks=request["walks_per_node"],
        walk_length=request["walk_length"],
        window_size=request["window"],
        p=request["p"],
        q=request["q"],
        seed=request["seed"],
    )
    # Nodes without edges are not in its graph.
    ordered = np.zeros((num_nodes, request["dim"]), vectors.dtype)
    ordered[rows] = vectors
    return ordered


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["pycleora", "numpy", "scipy"],
)
