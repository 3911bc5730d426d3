"""A method of graphkit by its name, on a graph in memory that may be directed; sources and targets of NRP."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit
from graphkit.methods.registry import make_method


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"], directed=bool(request["directed"]))


def embed(graph: graphkit.Graph, request: Request) -> np.ndarray:
    model = make_method(request["method"], seed=request["seed"], dim=request["dim"], **request["settings"])
    vectors = model.fit_transform(graph)
    if "filter" in request:
        vectors = graphkit.propagate(vectors, graph, request["filter"])
    return vectors


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.savez(path, vectors=vectors),
    packages=["graphkit", "numpy", "numba"],
)
