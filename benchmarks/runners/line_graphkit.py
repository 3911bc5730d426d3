"""LINE by graphkit, on a graph in memory: seconds of the whole call, and samples of all orders."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def embed(graph: graphkit.Graph, request: Request) -> tuple[np.ndarray, int]:
    both = request["order"] == "both"
    model = graphkit.LINE(
        dim=request["dim"] * (2 if both else 1),
        order=request["order"],
        samples=request["samples"],
        num_negatives=request["num_negatives"],
        seed=request["seed"],
        num_threads=request.get("num_threads"),
    )
    return model.fit_transform(graph), request["samples"] * (2 if both else 1)


serve(
    embed,
    load=load,
    save=lambda result, path: np.save(path, result[0]),
    amount=("sample", lambda result: result[1]),
    packages=["graphkit", "numpy", "numba"],
)
