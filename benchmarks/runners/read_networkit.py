"""Text to graph by networkit's edge-list reader, told that the ids have no gaps (its fast path: no
relabelling)."""

from __future__ import annotations

import networkit
import numpy as np
from protocol import Request, serve


def read(_: None, request: Request) -> networkit.Graph:
    reader = networkit.graphio.EdgeListReader(
        request["separator"], 0, continuous=True, directed=request["directed"]
    )
    return reader.read(request["path"])


def describe(graph: networkit.Graph) -> Request:
    degree = np.array([graph.degree(node) for node in graph.iterNodes()], np.int64)
    return {"nodes": graph.numberOfNodes(), "edges": graph.numberOfEdges(), "squares": int(np.sum(degree**2))}


serve(read, describe=describe, packages=["networkit"])
