"""A matrix method of graphkit by its name, or a factorisation, on a graph in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from protocol import Request, serve, threads

import graphkit
from graphkit.methods.registry import make_method
from graphkit.propagation.factorization import leading_eigenvectors
from graphkit.propagation.operators import SparseOperator


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def run(graph: graphkit.Graph, request: Request) -> Any:
    if request["method"] == "eigenvectors":
        operator = SparseOperator.normalized_adjacency(graph, num_threads=threads())
        found = leading_eigenvectors(
            operator, request["dim"], tolerance=request["tolerance"], seed=request["seed"]
        )
        return found.vectors, found.values
    model = make_method(request["method"], seed=request["seed"], dim=request["dim"], **request["settings"])
    vectors = model.fit_transform(graph)
    if "filter" in request:
        vectors = graphkit.propagate(vectors, graph, request["filter"])
    return vectors, None


serve(
    run,
    load=load,
    save=lambda result, path: np.savez(
        path, vectors=result[0], **({} if result[1] is None else {"values": result[1]})
    ),
    packages=["graphkit", "numpy", "numba"],
)
