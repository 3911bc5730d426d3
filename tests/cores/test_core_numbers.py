"""Core numbers: networkx's, the definition's, on any number of threads; what is refused."""

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.graphs import AWKWARD, random_graph
from support.reference.cores import core_numbers as by_definition

import graphkit.cores.core_numbers
from graphkit import core_numbers, k_core
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph

DEGREES = ["total", "in", "out"]
ANY_DEGREE = pytest.mark.parametrize("degree", DEGREES)


def dense(graph):
    """The matrix of the definition: of an undirected graph each edge once, in one direction."""
    matrix = np.zeros((graph.num_nodes, graph.num_nodes))
    source, target, weights = graph.edge_rows()
    matrix[source, target] = 1 if weights is None else weights
    return matrix.tolist()


def in_parts(graph, num_threads, monkeypatch, **options):
    """Core numbers where every thread has a part, however small the graph is."""
    monkeypatch.setattr(graphkit.cores.core_numbers, "_ARCS_PER_PART", 1)
    return core_numbers(graph, num_threads=num_threads, **options)


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("directed", [False, True])
def test_random_graphs_are_networkxs(seed, directed):
    rng = np.random.default_rng(seed)
    num_nodes = int(rng.integers(1, 120))
    graph = random_graph(num_nodes, int(rng.integers(0, 8 * num_nodes)), directed=directed, seed=seed)
    known = graph.to_networkx()
    known.remove_edges_from(list(networkx.selfloop_edges(known)))
    wanted = networkx.core_number(known)
    found = core_numbers(graph)
    assert found.dtype == np.int32
    assert found.tolist() == [wanted[node] for node in graph.node_ids.tolist()]


@pytest.mark.parametrize("num_threads", [1, 2, 3, 8])
@ANY_DEGREE
def test_directed_graphs_by_definition_in_any_number_of_parts(degree, num_threads, monkeypatch):
    for seed in range(12):
        graph = random_graph(30, 140, directed=True, seed=seed)
        found = in_parts(graph, num_threads, monkeypatch, degree=degree)
        assert found.tolist() == by_definition(dense(graph), degree)


@pytest.mark.parametrize("num_threads", [2, 3, 8, 40])
def test_parts_do_not_matter(num_threads, monkeypatch):
    graph = random_graph(3000, 30_000, seed=5)
    alone = core_numbers(graph, num_threads=1)
    for _ in range(5):
        assert np.array_equal(in_parts(graph, num_threads, monkeypatch), alone)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9)), max_size=40),
    st.booleans(),
    st.sampled_from(DEGREES),
)
def test_whole_weights_by_definition(edges, directed, degree):
    pairs, weights = [edge[:2] for edge in edges], [edge[2] for edge in edges]
    graph = Graph.from_edges(pairs, weights, num_nodes=10, directed=directed)
    degree = degree if directed else "total"
    unweighted = Graph(graph.indptr, graph.indices, directed=directed)
    assert core_numbers(graph, degree=degree).tolist() == by_definition(dense(unweighted), degree)
    assert core_numbers(graph, degree=degree, strength=True).tolist() == by_definition(dense(graph), degree)


@ANY_DEGREE
def test_s_cores_by_definition(degree):
    for seed in range(5):
        graph = random_graph(40, 160, directed=True, weighted=True, seed=seed)
        found = core_numbers(graph, degree=degree, strength=True)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, by_definition(dense(graph), degree), rtol=1e-12)


def test_equal_weights_are_core_numbers_times_the_weight():
    graph = random_graph(400, 3000, seed=3)
    weighted = Graph(graph.indptr, graph.indices, np.full(graph.num_arcs, 0.5, np.float32))
    assert np.array_equal(core_numbers(weighted, strength=True), core_numbers(graph) / 2)


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(arguments):
    graph = Graph.from_edges(**arguments)
    unweighted = Graph(graph.indptr, graph.indices, directed=graph.directed)
    assert core_numbers(graph).tolist() == by_definition(dense(unweighted))
    if graph.is_weighted:
        np.testing.assert_allclose(core_numbers(graph, strength=True), by_definition(dense(graph)))


def test_levels_without_nodes_are_passed_over():
    cliques = [
        (u, v)
        for first, size in ((0, 3), (3, 60))
        for u in range(first, first + size)
        for v in range(first, u)
    ]
    numbers = core_numbers(Graph.from_edges(cliques, num_nodes=64))
    assert numbers.tolist() == 3 * [2] + 60 * [59] + [0]


def test_loops_count_for_nothing():
    edges = [(0, 1), (1, 2), (2, 0), (2, 3)]
    loops = [(0, 0), (3, 3), (4, 4)]
    for directed in (False, True):
        with_loops = Graph.from_edges(edges + loops, directed=directed)
        without = Graph.from_edges(edges, num_nodes=5, directed=directed)
        assert core_numbers(with_loops).tolist() == core_numbers(without).tolist()


def test_relabelling_permutes():
    graph = random_graph(200, 900, seed=2)
    order = np.random.default_rng(0).permutation(200)
    source, target, _ = graph.edge_rows()
    other = Graph.from_edges((order[source], order[target]), num_nodes=200)
    assert np.array_equal(core_numbers(other)[order], core_numbers(graph))


def test_the_k_core_keeps_ids_and_degrees():
    graph = Graph.from_edges([("d", "c"), ("a", "b"), ("b", "c"), ("c", "a")], weights=[1, 2, 3, 4])
    core = k_core(graph, 2)
    assert core.node_ids.tolist() == ["c", "a", "b"]
    assert core.weights.tolist() == [4, 3, 4, 2, 3, 2]
    assert k_core(graph, 5.0, strength=True).node_ids.tolist() == ["c", "a", "b"]
    large = random_graph(500, 4000, seed=1)
    numbers = core_numbers(large)
    for k in range(numbers.max() + 1):
        core = k_core(large, k)
        assert core.node_ids.tolist() == np.flatnonzero(numbers >= k).tolist()
        inner = core_numbers(core)
        assert inner.min() >= k
        assert np.array_equal(inner, numbers[numbers >= k])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: core_numbers(g, degree="out"), "degree='out' has no effect on an undirected graph"),
        (lambda g: core_numbers(g, degree="Total"), "unknown degree 'Total': did you mean 'total'?"),
        (lambda g: core_numbers(g, strength=True), "strength has no effect on a graph without weights"),
        (lambda g: core_numbers(g, num_threads=0), "num_threads must be a whole number >= 1, got 0"),
        (lambda g: k_core(g, 3), "k must be <= 2, the largest core number of the graph, got 3"),
        (lambda g: k_core(g, -1), "k must be whole and >= 0, got -1"),
        (lambda g: k_core(g, 1.5), "k must be whole and >= 0, got 1.5"),
        (lambda g: k_core(g, np.nan), "k must be whole and >= 0, got nan"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call(Graph.from_edges([(0, 1), (1, 2), (2, 0)]))
    if "k must be <=" in message:
        with pytest.raises(ParameterError, match="k must be <= 0, the largest core number of the graph"):
            k_core(Graph.from_edges([], num_nodes=3), 1)
