"""The whole vector of personalised PageRank of each source, by igraph (PRPACK)."""

from __future__ import annotations

import igraph
import numpy as np
from first_rows import first_rows
from protocol import Request, serve


def load(request: Request) -> igraph.Graph:
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    return igraph.Graph(n=num_nodes, edges=np.column_stack([source, arrays["indices"]]), directed=True)


def scores(graph: igraph.Graph, request: Request) -> tuple[int, list[list[float]]]:
    damping = 1 - request["restart"]
    found = [
        graph.personalized_pagerank(directed=True, damping=damping, reset_vertices=[source])
        for source in request["sources"]
    ]
    return request["k"], found


def save(result: tuple[int, list[list[float]]], path: str) -> None:
    k, found = result
    np.save(path, np.stack([first_rows(np.arange(len(vector)), np.array(vector), k) for vector in found]))


serve(scores, load=load, save=save, packages=["igraph"])
