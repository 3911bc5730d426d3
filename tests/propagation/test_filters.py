"""Filters by Chebyshev expansion and re-scaling, against dense functions of the Laplacian in float64."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.prone import band_passed, root_of_svd, row_shares

from graphkit import Graph
from graphkit.propagation import filters
from graphkit.propagation.filters import filtered
from graphkit.propagation.rescaling import rescaled


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def walk(graph):
    """P with a loop of the mean weight at each node."""
    adjacency = dense(graph)
    weight = adjacency.sum() / np.count_nonzero(adjacency)
    return row_shares(adjacency + weight * np.eye(len(adjacency)))


def vectors_of(num_nodes, dim, seed=0):
    return np.random.default_rng(seed).normal(size=(num_nodes, dim)).astype(np.float32)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dim", [1, 32, 100, 130])
def test_the_band_pass_is_prones(weighted, dim):
    graph = random_graph(90, 700, weighted=weighted, seed=1)
    vectors = vectors_of(90, dim)
    found = filtered(graph, vectors, filters.band_pass(0.2, 0.5), num_threads=2)
    wanted = band_passed(dense(graph), vectors.astype(np.float64), 0.2, 0.5)
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.parametrize("weighted", [False, True])
def test_low_pass_heat_and_pagerank_are_their_matrices(weighted):
    import scipy.linalg

    graph = random_graph(90, 700, weighted=weighted, seed=2)
    vectors, step = vectors_of(90, 20), walk(graph)
    one = np.eye(90)
    wanted = {
        filters.low_pass(3): np.linalg.matrix_power((one + step) / 2, 3),
        filters.heat(2.5): scipy.linalg.expm(-2.5 * (one - step)),
        filters.ppr(0.15): 0.15 * np.linalg.inv(one - 0.85 * step),
    }
    for chosen, matrix in wanted.items():
        found = filtered(graph, vectors, chosen, num_threads=1)
        np.testing.assert_allclose(found, matrix @ vectors, atol=3e-5)


def test_no_more_terms_than_float32_sees():
    assert len(filters.low_pass(4).coefficients()) == 5
    assert len(filters.heat(1).coefficients()) < 12
    assert 10 < len(filters.ppr(0.15).coefficients()) < 40


@pytest.mark.parametrize("edges", [[], [(0, 0)], [(0, 1)]])
def test_tiny_graphs_and_isolated_nodes(edges):
    graph = Graph.from_edges(edges, num_nodes=3)
    found = filtered(graph, vectors_of(3, 5), filters.heat(1), num_threads=1)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[2], vectors_of(3, 5)[2], rtol=1e-5)


def test_bits_do_not_depend_on_threads():
    graph = random_graph(5000, 40_000, weighted=True, seed=3)
    found = [
        rescaled(filtered(graph, vectors_of(5000, 70), filters.heat(1), num_threads=t), num_threads=t)[0]
        for t in (1, 2, 3)
    ]
    assert found[0].tobytes() == found[1].tobytes() == found[2].tobytes()


@pytest.mark.parametrize("shape", [(50, 8), (5, 8), (3000, 20)])
def test_rescaling_is_the_root_of_the_singular_values(shape):
    vectors = vectors_of(*shape) * np.linspace(1, 50, shape[1], dtype=np.float32)
    found, rank = rescaled(vectors, num_threads=1)
    wanted = root_of_svd(vectors.astype(np.float64), shape[1])
    assert rank == min(shape)
    np.testing.assert_allclose(
        found[:, :rank], wanted * np.sign((found[:, :rank] * wanted).sum(axis=0)), atol=1e-4
    )
    assert not found[:, rank:].any()


def test_rescaling_of_little():
    assert rescaled(np.zeros((0, 4), np.float32), num_threads=1)[0].shape == (0, 4)
    found, rank = rescaled(np.zeros((4, 4), np.float32), num_threads=1)
    assert rank == 0
    assert not found.any()
    flat, rank = rescaled(np.ones((9, 4), np.float32), num_threads=1)
    assert rank == 1
    np.testing.assert_allclose(flat[:, 0], np.sqrt(6) / 3, rtol=1e-5)
