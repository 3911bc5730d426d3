"""The strongest neighbours of a graph's nodes, for maps to show."""

from __future__ import annotations

import numpy as np

from graphkit.arrays import Rows
from graphkit.graph.graph import Graph


def strongest_neighbors(graph: Graph, k: int) -> Rows:
    """Return up to `k` neighbours of each node, int32 [num_nodes, k], -1 behind the last.

    Those of the largest weights come first; without weights, or where they are equal, those of the largest
    degree. Of a directed graph the targets of its arcs count; the node itself does not.
    """
    source = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    other = graph.indices != source
    source, target = source[other], graph.indices[other]
    keys = [target, -graph.degree[target]]
    if graph.weights is not None:
        keys.append(-graph.weights[other])
    order = np.lexsort((*keys, source))
    source, target = source[order], target[order]
    starts = np.searchsorted(source, np.arange(graph.num_nodes))
    place = np.arange(len(source)) - starts[source]
    rows = np.full((graph.num_nodes, k), -1, np.int32)
    held = place < k
    rows[source[held], place[held]] = target[held]
    return rows
