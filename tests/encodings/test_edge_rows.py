"""Rows of edges against Python's sort, and what is refused."""

import numpy as np
import pytest
from support.graphs import random_edges
from support.reference import edge_order

from graphkit.encodings.edge_rows import edge_rows, ordered_edges
from graphkit.errors import InputError


@pytest.mark.parametrize(
    ("num_nodes", "num_edges"), [(0, 0), (1, 0), (1, 3), (63, 64), (65, 300), (1000, 900)]
)
def test_order_is_that_of_a_sort(num_nodes, num_edges):
    edges = random_edges(max(num_nodes, 1), num_edges)[0].T
    indptr, indices, order = ordered_edges(edges, num_nodes)
    wanted = edge_order.ordered(*edges)
    assert order.tolist() == wanted
    assert indices.tolist() == edges[1][wanted].tolist()
    assert np.diff(indptr).tolist() == np.bincount(edges[0], minlength=num_nodes).tolist()


@pytest.mark.parametrize("weighted", [False, True])
def test_repeated_edges_are_one(weighted):
    edges, weights = random_edges(40, 300, weighted=weighted)
    rows = edge_rows(edges.T, weights, 40)
    wanted = edge_order.merged(*edges.T, weights)
    source = np.repeat(np.arange(40), np.diff(rows.indptr))
    assert list(zip(source.tolist(), rows.indices.tolist())) == sorted(wanted)
    if weighted:
        np.testing.assert_allclose(rows.weights, [wanted[ends] for ends in sorted(wanted)], rtol=1e-14)
    sums = np.zeros(40)
    for (node, _), weight in wanted.items():
        sums[node] += weight
    np.testing.assert_allclose(rows.strength, sums)


def test_symmetry_is_told():
    edges = random_edges(30, 100)[0].T
    both = np.concatenate([edges, edges[::-1]], axis=1)
    weights = np.random.default_rng(0).uniform(1, 2, edges.shape[1])
    twice = np.concatenate([weights, weights])
    assert edge_rows(both, None, 30).is_symmetric
    assert edge_rows(both, twice, 30).is_symmetric
    twice[0] *= 1.1
    assert not edge_rows(both, twice, 30).is_symmetric
    # In the highest row, the lowest, or no row is the arc that lacks.
    for lone in ([0, 1], [1, 0], [28, 29], [29, 28]):
        assert not edge_rows(np.array(lone)[:, None], None, 30).is_symmetric
    assert edge_rows(np.empty((2, 0), np.int64), None, 3).is_symmetric


def test_loops_come_and_go():
    edges = np.array([[0, 0, 3, 3], [0, 3, 0, 3]])
    rows = edge_rows(edges, np.array([5.0, 1.0, 1.0, 2.0]), 5)
    with_ends = rows.with_loops_at_ends()
    assert with_ends.indptr.tolist() == [0, 2, 3, 4, 6, 7]
    assert with_ends.indices.tolist() == [0, 3, 1, 2, 0, 3, 4]
    assert with_ends.weights.tolist() == [5, 1, 1, 1, 1, 2, 1]
    without = rows.without_loops()
    assert (without.indptr.tolist(), without.indices.tolist()) == ([0, 1, 1, 1, 2, 2], [3, 0])
    assert without.weights.tolist() == [1, 1]
    assert rows.to_graph().num_arcs == 4


@pytest.mark.parametrize(
    ("edges", "weights", "message"),
    [
        ([[0], [3]], None, "edge 0 leads from 0 to 3, but nodes are 0 to 2"),
        ([[0, -1], [1, 1]], None, "edge 1 leads from -1 to 1"),
        ([[0, 1], [1, 0]], [1.0], "2 edges but 1 in edge_weight"),
        ([[0, 1], [1, 0]], [1.0, 0.0], "edge_weight of edge 1 is 0; weights must be finite and > 0"),
        ([[0, 1], [1, 0]], [np.nan, 1.0], "edge_weight of edge 0 is nan"),
    ],
)
def test_what_is_no_edge_is_refused(edges, weights, message):
    with pytest.raises(InputError, match=message):
        edge_rows(np.array(edges), None if weights is None else np.array(weights), 3)
