"""Conductances of clusters around seeds, by graphkit."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    graph = graphkit.Graph(arrays["indptr"], arrays["indices"])
    graphkit.local_cluster(graph, request["seeds"][0], tolerance=0.01)
    return graph


def conductances(graph: graphkit.Graph, request: Request) -> np.ndarray:
    options = {"restart": request["restart"], "tolerance": request["tolerance"]}
    if request.get("at_once"):
        return np.array(
            [each.conductance for each in graphkit.local_clusters(graph, request["seeds"], **options)]
        )
    return np.array([graphkit.local_cluster(graph, seed, **options).conductance for seed in request["seeds"]])


serve(
    conductances,
    load=load,
    save=lambda found, path: np.save(path, found),
    packages=["graphkit", "numpy", "numba"],
)
