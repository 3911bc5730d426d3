"""A map of a graph by igraph, networkx, or fa2-modified's ForceAtlas2; what they build of it is not timed."""

from __future__ import annotations

import random
from typing import Any

import igraph
import networkx
import numpy as np
from fa2_modified import ForceAtlas2
from protocol import Request, serve

SEED = 1


def load(request: Request) -> tuple[igraph.Graph, networkx.Graph]:
    arrays = np.load(request["input"])
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    once = source < arrays["indices"]
    edges = np.column_stack([source[once], arrays["indices"][once]])
    graph = networkx.empty_graph(num_nodes)
    graph.add_edges_from(edges.tolist())
    return igraph.Graph(n=num_nodes, edges=edges), graph


def positions(graphs: tuple[igraph.Graph, networkx.Graph], request: Request) -> Any:
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - what fa2-modified draws from
    few, graph = graphs
    method = request["method"]
    if method == "fa2":
        layout = ForceAtlas2(verbose=False)
        return layout.forceatlas2_igraph_layout(few)
    if method == "spring":
        return networkx.spring_layout(graph, seed=SEED)
    if method == "forceatlas2":
        return networkx.forceatlas2_layout(graph, seed=SEED)
    return getattr(few, f"layout_{method}")()


def save(found: Any, path: str) -> None:
    rows = [found[node] for node in range(len(found))]
    np.save(path, np.array(rows, dtype=np.float64))


serve(
    positions,
    load=load,
    save=save,
    packages=["igraph", "networkx", "fa2-modified", "numpy", "scipy"],
)
