"""Text to graph by igraph's edge-list reader, whose ids are numbers without gaps (no relabelling)."""

from __future__ import annotations

import igraph
import numpy as np
from protocol import Request, serve


def read(_: None, request: Request) -> igraph.Graph:
    return igraph.Graph.Read_Edgelist(request["path"], directed=request["directed"])


def describe(graph: igraph.Graph) -> Request:
    degree = np.array(graph.degree(mode="out"), np.int64)
    return {"nodes": graph.vcount(), "edges": graph.ecount(), "squares": int(np.sum(degree**2))}


serve(read, describe=describe, packages=["igraph"])
