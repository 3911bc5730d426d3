"""All scores of each source by igraph (PRPACK)."""

from __future__ import annotations

import igraph
import numpy as np
from protocol import Request, serve


def load(request: Request) -> igraph.Graph:
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    return igraph.Graph(n=num_nodes, edges=np.column_stack([source, arrays["indices"]]), directed=True)


def scores(graph: igraph.Graph, request: Request) -> list[list[float]]:
    damping = 1 - request["restart"]
    return [
        graph.personalized_pagerank(directed=True, damping=damping, reset_vertices=[source])
        for source in request["sources"]
    ]


serve(scores, load=load, save=lambda found, path: np.save(path, np.array(found)), packages=["igraph"])
