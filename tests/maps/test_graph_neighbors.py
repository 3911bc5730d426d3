"""The strongest neighbours of nodes: by weight, then by degree, never the node itself."""

import numpy as np
import pytest

from graphkit.graph.graph import Graph
from graphkit.maps import MapFrame
from graphkit.maps.graph_neighbors import strongest_neighbors


def reference(graph, k):
    rows = np.full((graph.num_nodes, k), -1)
    for node in range(graph.num_nodes):
        arcs = range(graph.indptr[node], graph.indptr[node + 1])
        weights = np.ones(graph.num_arcs) if graph.weights is None else graph.weights
        order = sorted(
            (arc for arc in arcs if graph.indices[arc] != node),
            key=lambda arc: (-weights[arc], -graph.degree[graph.indices[arc]], graph.indices[arc]),
        )
        found = [graph.indices[arc] for arc in order[:k]]
        rows[node, : len(found)] = found
    return rows


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_they_are_the_strongest(weighted, directed):
    rng = np.random.default_rng(1)
    ends = rng.integers(0, 60, (2, 400)) ** 2 // 60
    weights = rng.integers(1, 4, 400).astype(np.float32) if weighted else None
    graph = Graph.from_edges(tuple(ends), weights, num_nodes=62, directed=directed)
    assert np.array_equal(strongest_neighbors(graph, 5), reference(graph, 5))


def test_a_map_of_a_graph_has_them():
    graph = Graph.from_edges(([0, 0, 1, 3], [1, 2, 2, 3]), num_nodes=5)
    frame = MapFrame.of_graph(graph, np.zeros((5, 2)), {"kind": list("aabbc")})
    assert list(frame.columns) == ["degree", "core", "kind"]
    assert frame.columns["core"].tolist()[:3] == [2, 2, 2]
    assert frame.neighbors[:, :2].tolist() == [[1, 2], [0, 2], [0, 1], [-1, -1], [-1, -1]]
    assert frame.distances is None
