"""A digest of a graph: what tells that it is still the same."""

from __future__ import annotations

import json

import numpy as np

from graphkit.files.digests import array_digest
from graphkit.graph.graph import Graph


def graph_digest(graph: Graph) -> str:
    """Return a digest of a graph's nodes, arcs and weights, of times and types where it has some.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph_digest(Graph.from_edges([(0, 1)])) == graph_digest(Graph.from_edges([(0, 2)]))
    False
    """
    ids = graph.node_ids
    names = ids if ids.dtype.kind == "i" else np.frombuffer(json.dumps(ids.tolist()).encode(), np.uint8)
    arrays = [graph.indptr, graph.indices, names, *([] if graph.weights is None else [graph.weights])]
    arrays += graph.more_arrays().values()
    return array_digest(np.array([graph.directed]), *arrays)
