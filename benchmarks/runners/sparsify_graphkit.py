"""Sparsification by graphkit; or, as the least that can be had, some edges drawn at random."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def run(graph: graphkit.Graph, request: Request) -> graphkit.Graph:
    if request["method"] != "random":
        return graphkit.sparsify(graph, method=request["method"], seed=request["seed"], **request["options"])
    source, target, _ = graph.edge_rows()
    kept = np.random.default_rng(request["seed"]).random(len(source)) < request["options"]["share"]
    return graphkit.Graph.from_edges(
        (source[kept], target[kept]), num_nodes=graph.num_nodes, self_loops="drop"
    )


def save(graph: graphkit.Graph, path: str) -> None:
    weights = np.ones(graph.num_arcs, np.float32) if graph.weights is None else graph.weights
    np.savez(path, indptr=graph.indptr, indices=graph.indices, weights=weights)


serve(run, load=load, save=save, packages=["graphkit", "numpy", "numba"])
