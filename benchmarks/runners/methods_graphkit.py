"""A method of graphkit by its name, on a data set by its name, or on what a split leaves of it."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit
from graphkit.methods.registry import make_method


def load(request: Request) -> graphkit.Graph:
    graph = graphkit.datasets.load(request["input"]).graph
    if request["test_ratio"] == 0:
        return graph
    return graphkit.evaluation.split_edges(graph, request["test_ratio"], seed=request["seed"]).train_graph


def embed(graph: graphkit.Graph, request: Request) -> np.ndarray:
    base = make_method(request["base"], seed=request["seed"], **request["settings"])
    if "core" in request:
        base = graphkit.KCoreEmbedding(base=base, seed=request["seed"], **request["core"])
    return base.fit_transform(graph)


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["graphkit", "numpy", "numba"],
)
