"""The first nodes by personalised PageRank, by graphkit."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"], directed=True)


def top(graph: graphkit.Graph, request: Request) -> np.ndarray:
    ranker = graphkit.PersonalizedPageRank(restart=request["restart"], method=request["method"])
    return ranker.top(graph, request["k"], request["sources"]).rows


serve(top, load=load, save=lambda rows, path: np.save(path, rows), packages=["graphkit", "numpy", "numba"])
