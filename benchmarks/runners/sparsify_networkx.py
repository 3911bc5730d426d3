"""A spanner by networkx."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> networkx.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"]).to_networkx()


def run(graph: networkx.Graph, request: Request) -> Any:
    return networkx.spanner(graph, request["stretch"], seed=request["seed"])


def save(spanner: networkx.Graph, path: str) -> None:
    edges = np.array([edge for edge in spanner.edges if edge[0] != edge[1]])
    graph = graphkit.Graph.from_edges(edges, num_nodes=spanner.number_of_nodes())
    weights = np.ones(graph.num_arcs, np.float32)
    np.savez(path, indptr=graph.indptr, indices=graph.indices, weights=weights)


serve(run, load=load, save=save, packages=["networkx", "numpy"])
