"""The nearest neighbours of all points, by graphkit."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def neighbors(vectors: np.ndarray, request: Request) -> np.ndarray:
    return graphkit.knn_graph(vectors, request["k"], recall=request["recall"], seed=1).indices


serve(
    neighbors,
    load=lambda request: np.load(request["input"]),
    save=lambda rows, path: np.save(path, rows),
    packages=["graphkit", "numpy", "numba", "faiss-cpu"],
)
