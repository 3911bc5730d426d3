"""Graphs for tests."""

import numpy as np

from graphkit.graph.graph import Graph
from graphkit.graph.temporal import TemporalGraph
from graphkit.graph.typed import TypedGraph
from graphkit.methods.registry import find_method


def random_edges(num_nodes, num_edges, *, weighted=False, seed=0):
    """Edges with repetitions, self-loops, hubs and, with luck, isolated nodes; weights or None."""
    rng = np.random.default_rng(seed)
    edges = np.minimum(rng.geometric(min(1, 3 / num_nodes), size=(num_edges, 2)) - 1, num_nodes - 1)
    return edges, rng.uniform(0.1, 5.0, num_edges) if weighted else None


def random_graph(num_nodes, num_edges, *, directed=False, weighted=False, seed=0):
    """A graph of `random_edges`."""
    edges, weights = random_edges(num_nodes, num_edges, weighted=weighted, seed=seed)
    return Graph.from_edges(edges, weights, num_nodes=num_nodes, directed=directed)


AWKWARD = {
    "empty": {"edges": [], "num_nodes": 0},
    "one node": {"edges": [], "num_nodes": 1},
    "no edges": {"edges": [], "num_nodes": 3},
    "one self-loop": {"edges": [(0, 0)]},
    "self-loop and edge": {"edges": [(0, 0), (0, 1)]},
    "one edge": {"edges": [(5, 9)]},
    "repeated edge": {"edges": [(0, 1), (0, 1), (1, 0)]},
    "isolated nodes": {"edges": [(1, 3)], "num_nodes": 5},
    "sink": {"edges": [(0, 1), (2, 1)], "directed": True},
    "star": {"edges": [(0, leaf) for leaf in range(1, 70)]},
    "two components": {"edges": [(0, 1), (1, 2), (7, 8)]},
    "directed cycle": {"edges": [(0, 1), (1, 2), (2, 0)], "directed": True},
    "tiny weights": {"edges": [(0, 1), (1, 2)], "weights": [1e-30, 1e-30]},
    "huge weights": {"edges": [(0, 1), (1, 2)], "weights": [1e30, 1e30]},
    "string ids": {"edges": [("b", "a"), ("a", "ö x"), ("b", "c")], "weights": [1.0, 2.0, 0.5]},
    "large ids": {"edges": [(-(2**63), 2**63 - 1), (0, 2**63 - 1)]},
}
"""Arguments of `Graph.from_edges`, by name."""


def fitting(name, graph):
    """The graph with the types or times that the method needs."""
    takes = find_method(name).takes
    if takes == "types":
        return TypedGraph(graph, ["node"] * graph.num_nodes)
    if takes == "times":
        source, target, _ = graph.edge_rows()
        times = np.arange(len(source))
        return TemporalGraph.from_rows(source, target, times, graph.node_ids, directed=graph.directed)
    return graph
