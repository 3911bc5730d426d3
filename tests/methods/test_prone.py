"""ProNE against the authors' steps, dense and in float64."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.prone import log_ratios, prone, root_of_svd
from support.reference.spectral import unit_rows

from graphkit import Graph, GraphkitWarning, ParameterError, ProNE
from graphkit.datasets.generators import barabasi_albert
from graphkit.methods import prone as module


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def aligned(found, wanted):
    return wanted * np.sign((found * wanted).sum(axis=0))


@pytest.mark.parametrize("weighted", [False, True])
def test_the_matrix_is_the_papers(weighted):
    graph = random_graph(70, 500, weighted=weighted, seed=1)
    operator = module.log_ratios(graph, num_threads=2)
    block, out = np.eye(graph.num_nodes), np.empty((graph.num_nodes, graph.num_nodes))
    operator.times(block, out)
    np.testing.assert_allclose(out, log_ratios(dense(graph)), rtol=1e-6, atol=1e-6)
    operator.times_transposed(block, out)
    np.testing.assert_allclose(out, log_ratios(dense(graph)).T, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_first_step_is_the_svd(weighted):
    graph = random_graph(150, 2500, weighted=weighted, seed=2)
    found = ProNE(dim=6, propagation=False, tolerance=1e-6, seed=1).fit_transform(graph)
    wanted = unit_rows(root_of_svd(log_ratios(dense(graph)), 6))
    np.testing.assert_allclose(found, aligned(found, wanted), atol=1e-4)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("parameters", [{}, {"mu": 0.0, "theta": 2.0}, {"mu": 1.3, "theta": -0.5}])
def test_both_steps_are_the_authors(weighted, parameters):
    graph = random_graph(150, 2500, weighted=weighted, seed=3)
    found = ProNE(dim=6, tolerance=1e-6, seed=1, **parameters).fit_transform(graph)
    wanted = prone(dense(graph), 6, **parameters)
    np.testing.assert_allclose(found, aligned(found, wanted), atol=2e-3)
    # Products of rows do not depend on the turns of columns that are nearly as long.
    np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=5e-4)


def test_the_iteration_is_the_same_on_a_larger_graph():
    graph = barabasi_albert(1000, 10, seed=1)
    found = ProNE(dim=4, tolerance=1e-5, num_threads=1).fit_transform(graph)
    wanted = prone(dense(graph), 4)
    np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=1e-3)


def test_without_a_tolerance_it_is_near_the_paper():
    # Four groups, whose directions stand apart from all others.
    rng = np.random.default_rng(1)
    group = np.arange(600) % 4
    links = np.triu(rng.random((600, 600)) < np.where(group[:, None] == group, 0.2, 0.01), 1)
    graph = Graph.from_edges(np.argwhere(links))
    found = ProNE(dim=4, num_threads=1).fit(graph)
    wanted = prone(dense(graph), 4)
    assert found.residual_ is None
    np.testing.assert_allclose(found.embedding_ @ found.embedding_.T, wanted @ wanted.T, atol=0.02)


def test_loops_count_and_isolated_nodes_have_zeros():
    graph = Graph.from_edges(
        [(0, 1), (1, 2), (2, 0), (2, 3), (3, 3), (3, 4), (4, 0), (1, 5), (5, 2)], num_nodes=8
    )
    found, wanted = ProNE(dim=3).fit_transform(graph), prone(dense(graph), 3)
    np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=1e-4)
    assert found[:6].any(axis=1).all()
    assert not found[6:].any()


def test_bits_do_not_depend_on_threads():
    graph = barabasi_albert(3000, 6, seed=1)
    found = [ProNE(dim=40, seed=3, num_threads=threads).fit_transform(graph) for threads in (1, 2, 3)]
    assert found[0].tobytes() == found[1].tobytes() == found[2].tobytes()


def test_columns_beyond_the_rank_are_said():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 600)])
    with pytest.warns(GraphkitWarning, match=r"prone: the rank is 2, so columns 3 to 5 are 0; choose dim=2"):
        found = ProNE(dim=5).fit_transform(star)
    assert found[:, :2].any(axis=0).all()
    assert not found[:, 2:].any()


def test_faults_are_named():
    with pytest.raises(ParameterError, match="prone is for undirected graphs, got a directed one; read it"):
        ProNE().fit(Graph.from_edges([(0, 1)], directed=True))
    for parameters, message in (
        ({"dim": 0}, "dim must be a whole number >= 1"),
        ({"mu": float("inf")}, "mu must be finite"),
        ({"theta": None}, "theta must be finite, got None"),
        ({"tolerance": 0}, r"tolerance must lie in \(0, 1\)"),
    ):
        with pytest.raises(ParameterError, match=message):
            ProNE(**parameters).fit(Graph.from_edges([(0, 1)]))
