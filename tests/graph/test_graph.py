"""Graph: what it holds and what it turns into."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.graphs import AWKWARD, random_graph

from graphkit.errors import InputError, ParameterError, UnknownNodeError
from graphkit.graph.graph import Graph

KINDS = [(False, False), (False, True), (True, False), (True, True)]


@pytest.fixture(params=AWKWARD.values(), ids=AWKWARD.keys())
def awkward(request):
    return Graph.from_edges(**request.param)


def test_invariants(awkward):
    assert awkward.indptr.dtype == np.int64
    assert awkward.indices.dtype == np.int32
    assert awkward.degree.sum() == awkward.in_degree.sum() == awkward.num_arcs
    assert len(awkward.node_ids) == awkward.num_nodes == len(awkward.degree)
    assert awkward.strength.shape == (awkward.num_nodes,)
    source, target, _ = awkward.edge_rows()
    assert len(source) == awkward.num_edges
    assert awkward.has_edges(source, target).all()
    if not awkward.directed:
        assert awkward.has_edges(target, source).all()
        assert (source <= target).all()


def test_edges_build_the_same_graph(awkward):
    source, target, weights = awkward.to_edges()
    again = Graph.from_edges((source, target), weights, awkward.node_ids, directed=awkward.directed)
    assert_same(awkward, again)


def test_networkx_agrees(awkward):
    other = awkward.to_networkx()
    assert list(other.nodes) == awkward.node_ids.tolist()
    assert other.number_of_edges() == awkward.num_edges
    assert nx.number_of_selfloops(other) == awkward.num_self_loops
    components = nx.weakly_connected_components(other) if awkward.directed else nx.connected_components(other)
    wanted = {frozenset(component) for component in components}
    labels = awkward.connected_components()
    found = {frozenset(awkward.node_ids[labels == label].tolist()) for label in set(labels.tolist())}
    assert found == wanted
    sizes = np.bincount(labels, minlength=0)
    assert (np.diff(sizes) <= 0).all()
    assert awkward.largest_component().num_nodes == (sizes[0] if len(sizes) else 0)


@pytest.mark.parametrize(("directed", "weighted"), KINDS)
def test_scipy_and_pyg_hold_the_same_matrix(directed, weighted):
    graph = random_graph(50, 200, directed=directed, weighted=weighted)
    matrix = graph.to_scipy()
    assert np.shares_memory(matrix.indices, graph.indices)
    dense = matrix.toarray()
    assert directed or np.array_equal(dense, dense.T)
    np.testing.assert_allclose(graph.strength, dense.sum(axis=1), rtol=1e-6)
    data = graph.to_pyg()
    rebuilt = np.zeros_like(dense)
    rebuilt[data.edge_index[0], data.edge_index[1]] = data.edge_weight if weighted else 1
    assert np.array_equal(rebuilt, dense)
    assert data.num_nodes == 50
    assert data.is_directed() == directed


@pytest.mark.parametrize(("directed", "weighted"), KINDS)
def test_subgraph(directed, weighted):
    graph = random_graph(50, 200, directed=directed, weighted=weighted)
    ids = [7, 0, 3, 49, 1]
    part = graph.subgraph(ids)
    assert part.node_ids.tolist() == ids
    assert np.array_equal(part.to_scipy().toarray(), graph.to_scipy().toarray()[np.ix_(ids, ids)])
    with pytest.raises(InputError, match="more than once"):
        graph.subgraph([1, 1])


def test_counts_of_a_small_graph():
    graph = Graph.from_edges([("a", "b"), ("b", "b"), ("b", "c")])
    assert (graph.num_nodes, graph.num_edges, graph.num_arcs, graph.num_self_loops) == (3, 3, 5, 1)
    assert graph.degree.tolist() == [1, 3, 1]
    assert graph.neighbors("b").tolist() == ["a", "b", "c"]


def test_rows_of_numbers_ascend_and_of_strings_follow_the_list():
    assert Graph.from_edges([(9, 2), (5, 9)]).node_ids.tolist() == [2, 5, 9]
    assert Graph.from_edges([("z", "a"), ("m", "z")]).node_ids.tolist() == ["z", "a", "m"]
    assert Graph.from_edges([(9, 2)], node_ids=[9, 4, 2]).node_ids.tolist() == [9, 4, 2]


def test_nothing_can_be_written():
    graph = random_graph(10, 20, weighted=True)
    for array in (graph.indptr, graph.indices, graph.weights, graph.node_ids, graph.degree, graph.strength):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(12)), st.integers(0, 1000))
def test_relabelling_permutes_the_matrix(order, seed):
    graph = random_graph(12, 30, directed=True, weighted=True, seed=seed)
    source, target, weights = graph.to_edges()
    permuted = Graph.from_edges((source, target), weights, node_ids=order, directed=True)
    assert np.array_equal(permuted.to_scipy().toarray(), graph.to_scipy().toarray()[np.ix_(order, order)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"edges": np.zeros((2, 3), int)}, r"edges must have the shape \[num_edges, 2\], got \[2, 3\]"),
        ({"edges": [(1, 2), (3,)]}, "edge 1: expected a pair of node ids, got"),
        ({"edges": ["ab"]}, "edge 0: expected a pair"),
        ({"edges": [(1, "a")]}, "all whole numbers or all strings, found int and str"),
        ({"edges": [(1.5, 2.0)]}, "whole numbers of 64 bits, got float"),
        ({"edges": [(True, False)]}, "got bool"),
        ({"edges": [(2**63, 1)]}, "whole numbers of 64 bits"),
        ({"edges": [(None, 1)]}, "found NoneType and int"),
        ({"edges": (np.array([1]), np.array([1, 2]))}, "1 source ids but 2 target ids"),
        ({"edges": [(0, 1)], "weights": [1.0, 2.0]}, "weights must be 1 numbers"),
        ({"edges": [(0, 1)], "weights": ["x"]}, "weights must be 1 numbers"),
        ({"edges": [(0, 1), (1, 2)], "weights": [1.0, 0.0]}, "edge 1: a weight must be a finite .* got 0.0"),
        ({"edges": [(0, 1)], "weights": [-1]}, "edge 0: a weight must be .* got -1"),
        ({"edges": [(0, 1)], "weights": [np.nan]}, "got nan"),
        ({"edges": [(0, 1)], "weights": [np.inf]}, "got inf"),
        ({"edges": [(0, 1)], "weights": [1e-60]}, "got 1e-60"),
        ({"edges": [(0, 1)], "weights": [1e60]}, "got 1e\\+60"),
        ({"edges": [(0, 5)], "num_nodes": 3}, "5"),
        ({"edges": [(0, 5)], "node_ids": [0, 1]}, "5"),
        ({"edges": [(0, 1)], "node_ids": [0, 1, 0]}, "node id 0 appears more than once"),
        ({"edges": [(0, 1)], "num_nodes": -1}, "num_nodes must be a whole number from 0"),
    ],
)
def test_bad_edges(arguments, message):
    with pytest.raises((InputError, ParameterError), match=message):
        Graph.from_edges(**arguments)


def test_unknown_node():
    with pytest.raises(UnknownNodeError, match="no node has the id 'dgo'; did you mean 'dog'"):
        Graph.from_edges([("dog", "cat")]).neighbors("dgo")
    with pytest.raises(UnknownNodeError, match="no node has the id 7"):
        Graph.from_edges([(0, 1)]).neighbors(7)
    with pytest.raises(UnknownNodeError, match="the ids here are whole numbers"):
        Graph.from_edges([(0, 1)]).neighbors("0")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (([0, 1], [0], None), "indptr must be int64"),
        ((np.array([0, 2]), np.array([0], np.int32), None), "end with the number of arcs"),
        ((np.array([0, 1]), np.array([0]), None), r"indices must be int32 \[:\], got int64 \[1\]"),
        ((np.array([0, 1]), np.array([0], np.int32), np.ones(2, np.float32)), "1 arcs but 2 weights"),
    ],
)
def test_arrays_that_do_not_fit(arrays, message):
    indptr = np.array(arrays[0], np.int32) if isinstance(arrays[0], list) else arrays[0]
    indices = np.array(arrays[1], np.int32) if isinstance(arrays[1], list) else arrays[1]
    with pytest.raises(InputError, match=message):
        Graph(indptr, indices, arrays[2])


def assert_same(one, other):
    """Equal to the bit, ids and all."""
    assert one.directed == other.directed
    assert one.node_ids.tolist() == other.node_ids.tolist()
    assert np.array_equal(one.indptr, other.indptr)
    assert np.array_equal(one.indices, other.indices)
    assert (one.weights is None) == (other.weights is None)
    assert one.weights is None or np.array_equal(one.weights, other.weights)
