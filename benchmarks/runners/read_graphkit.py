"""Text to graph by ``graphkit.read_graph``: ids relabelled, rows sorted, repeats merged."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def read(_: None, request: Request) -> graphkit.Graph:
    return graphkit.read_graph(request["path"], directed=request["directed"])


def describe(graph: graphkit.Graph) -> Request:
    return {"nodes": graph.num_nodes, "edges": graph.num_edges, "squares": int(np.sum(graph.degree**2))}


serve(read, describe=describe, packages=["graphkit", "numpy", "polars"])
