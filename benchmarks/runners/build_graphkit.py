"""Edge array to ``graphkit.Graph``: undirected, rows sorted, repeats merged."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def build(edges: np.ndarray, request: Request) -> graphkit.Graph:
    return graphkit.Graph.from_edges(edges, num_nodes=request["num_nodes"])


def describe(graph: graphkit.Graph) -> Request:
    return {"arcs": graph.num_arcs, "squares": int(np.sum(graph.degree**2))}


serve(
    build, load=lambda request: np.load(request["input"]), describe=describe, packages=["graphkit", "numpy"]
)
