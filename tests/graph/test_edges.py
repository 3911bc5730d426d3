"""Ids that are rows already: checked, not looked up."""

import numpy as np
import pytest

from graphkit.errors import ParameterError
from graphkit.graph import edges as edges_module
from graphkit.graph.graph import Graph
from graphkit.graph.relabel import UnlistedNodeError, relabel

NUM_EDGES = 3 * edges_module._EDGES_PER_RANGE + 1


def random_pairs(num_nodes, num_edges=NUM_EDGES):
    return np.random.default_rng(num_edges).integers(0, num_nodes, (num_edges, 2))


@pytest.fixture
def no_lookup(monkeypatch):
    def fail(*arguments):
        raise AssertionError("looked up")

    monkeypatch.setattr(edges_module, "relabel", fail)


@pytest.mark.parametrize("num_edges", [0, 1, 2, 65, edges_module._EDGES_PER_RANGE, NUM_EDGES])
@pytest.mark.parametrize("given", [{"num_nodes": 1000}, {"node_ids": range(1000)}])
def test_rows_are_the_ids(no_lookup, num_edges, given):
    pairs = random_pairs(1000, num_edges)
    for columns in (pairs, pairs.astype(np.uint16), (pairs[:, 0].tolist(), pairs[:, 1].tolist())):
        graph = Graph.from_edges(columns, directed=True, **given)
        wanted = np.zeros((1000, 1000), bool)
        wanted[pairs[:, 0], pairs[:, 1]] = True
        assert np.array_equal(graph.to_scipy().toarray() > 0, wanted)
        assert graph.node_ids.tolist() == list(range(1000))


def test_other_lists_are_looked_up():
    order = np.random.default_rng(0).permutation(50)
    pairs = random_pairs(50, 200)
    graph = Graph.from_edges(pairs, node_ids=order)
    assert graph.node_ids.tolist() == order.tolist()
    assert graph.has_edges(graph.rows(pairs[:, 0]), graph.rows(pairs[:, 1])).all()


@pytest.mark.parametrize("bad", [-1, 1000, 2**32, 2**63 - 1, -(2**63)])
@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("position", [0, 70_000, NUM_EDGES - 1])
def test_an_id_outside_names_itself_and_the_first_edge(bad, end, position):
    pairs = random_pairs(1000)
    pairs[position, end] = bad
    pairs[position + 1 :, 1 - end] = 2000
    with pytest.raises(UnlistedNodeError, match=f"edge {position} names the node {bad}, ") as caught:
        Graph.from_edges(pairs, num_nodes=1000)
    assert caught.value.position == position
    with pytest.raises(UnlistedNodeError) as wanted:
        relabel(pairs[:, 0], pairs[:, 1], np.arange(1000))
    assert str(caught.value) == str(wanted.value)


def test_of_two_ids_outside_the_source_is_named():
    with pytest.raises(UnlistedNodeError, match="edge 1 names the node 5, "):
        Graph.from_edges([(0, 1), (5, 9)], num_nodes=2)


def test_no_node_at_all():
    assert Graph.from_edges([], num_nodes=0).num_nodes == 0
    with pytest.raises(UnlistedNodeError, match="edge 0 names the node 0, "):
        Graph.from_edges([(0, 0)], num_nodes=0)
    with pytest.raises(UnlistedNodeError, match="edge 0 names the node 'a', "):
        Graph.from_edges([("a", "b")], num_nodes=2)


@pytest.mark.parametrize("num_nodes", [-1, 2**31, 10**20])
def test_num_nodes_out_of_range(num_nodes):
    message = f"num_nodes must be a whole number from 0 to 2147483647, got {num_nodes}"
    with pytest.raises(ParameterError, match=message):
        Graph.from_edges([(0, 1)], num_nodes=num_nodes)


def test_node_ids_or_num_nodes():
    with pytest.raises(ParameterError, match="not both"):
        Graph.from_edges([(0, 1)], num_nodes=2, node_ids=[0, 1])
