"""All scores of each source, exact up to a tolerance a node, by graphkit."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"], directed=True)


def scores(graph: graphkit.Graph, request: Request) -> list[np.ndarray]:
    ranker = graphkit.PersonalizedPageRank(
        restart=request["restart"], tolerance=request["error"] / graph.num_arcs
    )
    return [ranker.vector(graph, source) for source in request["sources"]]


serve(
    scores, load=load, save=lambda found, path: np.save(path, found), packages=["graphkit", "numpy", "numba"]
)
