"""A map of a graph by LargeVis or t-SNE."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit

METHODS = {"largevis": graphkit.LargeVis, "tsne": graphkit.TSNE}


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def positions(graph: graphkit.Graph, request: Request) -> np.ndarray:
    return METHODS[request["method"]](seed=1, **request.get("settings", {})).fit_transform(graph)


serve(
    positions,
    load=load,
    save=lambda found, path: np.save(path, found),
    packages=["graphkit", "numpy", "numba"],
)
