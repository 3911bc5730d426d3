"""The nearest neighbours of all points, by pynndescent."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve, threads
from pynndescent import NNDescent


def neighbors(vectors: np.ndarray, request: Request) -> np.ndarray:
    index = NNDescent(vectors, n_neighbors=request["k"] + 1, random_state=1, n_jobs=threads())
    return index.neighbor_graph[0]


serve(
    neighbors,
    load=lambda request: np.load(request["input"]),
    save=lambda rows, path: np.save(path, rows),
    packages=["pynndescent", "numba", "numpy"],
)
