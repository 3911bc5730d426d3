"""DeepWalk by graphkit, on a graph in memory; counts the trained pairs."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def embed(graph: graphkit.Graph, request: Request) -> tuple[np.ndarray, int]:
    # What is this contender's own, whatever the others are asked for.
    request = request | request.get("own", {})
    model = graphkit.DeepWalk(
        dim=request["dim"],
        walks_per_node=request["walks_per_node"],
        walk_length=request["walk_length"],
        window=request["window"],
        seed=request["seed"],
    )
    return model.fit_transform(graph), model.pairs_


serve(
    embed,
    load=load,
    save=lambda result, path: np.save(path, result[0]),
    amount=("pair", lambda result: result[1]),
    packages=["graphkit", "numpy", "numba"],
)
