"""Random walks by graphkit, on a graph in memory."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def walk(graph: graphkit.Graph, request: Request) -> np.ndarray:
    return graphkit.random_walks(
        graph,
        walk_length=request["walk_length"],
        walks_per_node=request["walks_per_node"],
        p=request["p"],
        q=request["q"],
        seed=request["seed"],
    )


serve(
    walk,
    load=load,
    save=lambda walks, path: np.save(path, walks),
    amount=("step", lambda walks: int(np.count_nonzero(walks[:, 1:] >= 0))),
    packages=["graphkit", "numpy", "numba"],
)
