"""Vectors carried outwards solve the layers' equations, on any number of threads."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference.neighbor_means import carried_outwards, layers

import graphkit.cores.outwards
from graphkit.cores.outwards import carry_outwards
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.neighbor_means import layers_around, mean_of_neighbors


def case(graph, num_inside, dim=5, seed=0):
    """Which rows are inside, and their vectors; zeros outside."""
    rng = np.random.default_rng(seed)
    inside = np.zeros(graph.num_nodes, np.bool_)
    inside[rng.permutation(graph.num_nodes)[:num_inside]] = True
    vectors = rng.normal(size=(graph.num_nodes, dim)).astype(np.float32)
    return inside, vectors * inside[:, None]


def dense(graph):
    matrix = graph.to_scipy().toarray().astype(np.float64)
    if not graph.is_weighted:
        return np.maximum(matrix, matrix.T)
    return matrix + matrix.T if graph.directed else matrix


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("num_inside", [1, 5, 50])
def test_random_graphs(directed, weighted, num_inside, monkeypatch):
    monkeypatch.setattr(graphkit.cores.outwards, "TOLERANCE", 1e-6)
    for seed in range(5):
        graph = random_graph(60, 110, directed=directed, weighted=weighted, seed=seed)
        inside, vectors = case(graph, num_inside, seed=seed)
        wanted = carried_outwards(dense(graph), inside, vectors)
        reached = carry_outwards(graph, inside, [vectors], num_threads=2)
        np.testing.assert_allclose(vectors, wanted, atol=2e-4)
        assert np.array_equal(reached, layers(dense(graph), inside) >= 0)
        assert not vectors[~reached].any()


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(arguments):
    graph = Graph.from_edges(**arguments)
    inside, vectors = case(graph, 1)
    wanted = carried_outwards(dense(graph), inside, vectors)
    carry_outwards(graph, inside, [vectors], num_threads=1)
    np.testing.assert_allclose(vectors, wanted, atol=1e-2)


def test_a_long_path_takes_its_ends_vector():
    graph = Graph.from_edges([(node, node + 1) for node in range(300)])
    vectors = np.zeros((301, 2), np.float32)
    vectors[0] = 3, -1
    calls = []
    inside = np.arange(301) == 0
    carry_outwards(graph, inside, [vectors], num_threads=2, progress=lambda *call: calls.append(call))
    assert (vectors == [3, -1]).all()
    assert calls[-1] == ("layers", 300, 300)


def test_same_bits_on_any_number_of_threads():
    graph = random_graph(5000, 20_000, weighted=True, seed=1)
    inside, vectors = case(graph, 20)
    first, second = vectors.copy(), vectors.copy()
    carry_outwards(graph, inside, [first, second], num_threads=1)
    assert np.array_equal(first, second)
    for threads in (2, 5):
        again = vectors.copy()
        carry_outwards(graph, inside, [again], num_threads=threads)
        assert np.array_equal(again, first)


def test_layers_are_those_of_the_twin():
    graph = random_graph(200, 260, seed=3)
    inside, _ = case(graph, 7)
    depth, order = np.where(inside, 0, -1).astype(np.int32), np.full(200, -9, np.int32)
    order[:7] = np.flatnonzero(inside)
    reached = layers_around(graph.indptr, graph.indices, depth, order, 7)
    assert np.array_equal(depth, layers(dense(graph), inside))
    assert sorted(order[:reached].tolist()) == np.flatnonzero(depth >= 0).tolist()
    assert (np.diff(depth[order[:reached]]) >= 0).all()
    assert (order[reached:] == -9).all()


def test_the_kernel_writes_its_range_and_says_the_largest_change():
    graph = Graph.from_edges([(0, 1), (0, 2), (1, 1), (1, 2), (1, 3)], weights=[1, 2, 9, 3, 1])
    vectors = np.array([[1, 2], [0, 0], [3, 5], [100, 100]], np.float32)
    depth, rows = np.array([0, 1, 1, -1], np.int32), np.array([1, 2], np.int32)
    out = np.full((2, 2), np.nan, np.float32)
    arcs = graph.indptr, graph.indices, graph.weights
    change = mean_of_neighbors(*arcs, depth, 1, rows, vectors, out, 0, 1)
    np.testing.assert_allclose(out[0], [2.5, 4.25])
    assert change == 4.25
    assert np.isnan(out[1]).all()
    mean_of_neighbors(*arcs, depth, 0, rows, vectors, out, 1, 2)
    np.testing.assert_allclose(out[1], [1, 2])
