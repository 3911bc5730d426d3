"""Spectral against dense eigenvectors in float64."""

import warnings

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.spectral import laplacian_eigenmaps, normalized_adjacency, spectral

from graphkit import Graph, GraphkitWarning, ParameterError, Spectral
from graphkit.datasets.generators import stochastic_block_model


def blocks(num_nodes=900):
    odds = np.full((6, 6), 0.01) + np.diag(np.linspace(0.1, 0.25, 6))
    return stochastic_block_model([num_nodes // 6] * 6, odds, seed=2).graph


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def components(sizes):
    """Rings of these sizes, and an isolated node at last."""
    starts = np.cumsum([0, *sizes])
    edges = [(a + i, a + (i + 1) % n) for a, n in zip(starts, sizes) for i in range(n)]
    return Graph.from_edges(edges, num_nodes=int(starts[-1]) + 1)


def aligned(found, wanted):
    """Columns of `wanted` turned as those of `found`."""
    return wanted * np.sign((found * wanted).sum(axis=0))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("power", [0, 0.5, 1])
@pytest.mark.parametrize("normalize", [False, True])
def test_vectors_are_those_of_dense_eigenvectors(weighted, power, normalize):
    graph = random_graph(150, 2000, weighted=weighted, seed=4)
    model = Spectral(dim=6, power=power, normalize=normalize, regularization=0.3, tolerance=1e-6, seed=1)
    found = model.fit_transform(graph)
    wanted, values = spectral(dense(graph), 6, regularization=0.3, power=power, normalize=normalize)
    np.testing.assert_allclose(model.eigenvalues_, values, atol=1e-6)
    np.testing.assert_allclose(found, aligned(found, wanted), atol=1e-4)


def test_the_iteration_finds_the_same_on_a_larger_graph():
    graph = blocks()
    found = Spectral(dim=5, normalize=False, tolerance=1e-4, num_threads=1).fit_transform(graph)
    wanted, _ = spectral(dense(graph), 5, regularization=0.1, power=1, normalize=False)
    np.testing.assert_allclose(found, aligned(found, wanted), atol=1e-4)


def test_laplacian_eigenmaps_solve_the_generalised_problem():
    graph = blocks(300)
    model = Spectral(dim=5, matrix="laplacian", normalize=False, tolerance=1e-6, num_threads=1)
    found = model.fit_transform(graph)
    wanted, values = laplacian_eigenmaps(dense(graph), 5)
    np.testing.assert_allclose(model.eigenvalues_, values, atol=1e-5)
    np.testing.assert_allclose(found, aligned(found, wanted), atol=1e-4)


def test_laplacian_power_one_half_gives_commute_times():
    ring = Graph.from_edges([(i, (i + 1) % 9) for i in range(9)] + [(0, 4)])
    model = Spectral(dim=4, matrix="laplacian", power=0.5, normalize=False, tolerance=1e-6)
    vectors = model.fit_transform(ring).astype(np.float64)
    wanted, values = laplacian_eigenmaps(dense(ring), 4)
    np.testing.assert_allclose(vectors, aligned(vectors, wanted / np.sqrt(values)), atol=1e-4)


@pytest.mark.parametrize("sizes", [[5, 4, 3], [9, 8, 7] * 20])
def test_every_component_has_its_eigenvector_without_regularisation(sizes):
    graph = components(sizes)
    count, extra = len(sizes), 4
    model = Spectral(
        dim=count + extra, regularization=0, power=0, normalize=False, tolerance=1e-4, num_threads=1
    )
    with warnings.catch_warnings():
        # Of the small rings few eigenvalues beside 1 are positive.
        warnings.simplefilter("ignore", GraphkitWarning)
        found = model.fit_transform(graph).astype(np.float64)
    values = np.linalg.eigvalsh(normalized_adjacency(dense(graph)))[::-1][: count + extra]
    positive = values > 1e-4
    np.testing.assert_allclose(model.eigenvalues_, np.where(positive, values, 0), atol=1e-3)
    used = found[:, positive]
    np.testing.assert_allclose(used.T @ used, np.eye(used.shape[1]), atol=1e-3)
    assert not found[-1].any()


def test_more_components_than_columns_are_said():
    with pytest.warns(GraphkitWarning, match=r"60 components .* all 8 columns are those of the largest"):
        found = Spectral(dim=8, regularization=0).fit_transform(components([5, 4, 3] * 20))
    assert (np.count_nonzero(found, axis=0) == 5).all()
    assert np.count_nonzero(found.any(axis=1)) == 40


def test_columns_beyond_the_rank_are_said():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 60)])
    with pytest.warns(
        GraphkitWarning, match="1 eigenvalues are positive, so columns 2 to 4 are 0; choose dim=1"
    ):
        found = Spectral(dim=4).fit_transform(star)
    assert not found[:, 1:].any()
    assert found[:, 0].all()


def test_isolated_nodes_have_zeros():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3)], num_nodes=6)
    found = Spectral(dim=1).fit_transform(graph)
    assert found[:4].all()
    assert not found[4:].any()


@pytest.mark.parametrize("regularization", [0.0, 0.1])
def test_bits_do_not_depend_on_threads(regularization):
    graph = blocks(1500)
    found = [
        Spectral(dim=20, regularization=regularization, seed=3, num_threads=threads).fit_transform(graph)
        for threads in (1, 2, 3)
    ]
    assert found[0].tobytes() == found[1].tobytes() == found[2].tobytes()


def test_the_seed_changes_rounding_only():
    graph = blocks()
    one, other = (Spectral(dim=4, tolerance=1e-5, seed=seed).fit_transform(graph) for seed in (1, 2))
    assert not np.array_equal(one, other)
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_faults_are_named():
    directed = Graph.from_edges([(0, 1)], directed=True)
    with pytest.raises(ParameterError, match="spectral is for undirected graphs, got a directed one;"):
        Spectral().fit(directed)
    for parameters, message in (
        ({"dim": 0}, "dim must be a whole number >= 1"),
        ({"matrix": "random"}, "unknown matrix 'random'"),
        ({"regularization": -1}, "regularization must be >= 0 and finite, got -1"),
        ({"power": float("nan")}, "power must be >= 0 and finite, got nan"),
        ({"tolerance": 1}, r"tolerance must lie in \(0, 1\), got 1"),
        (
            {"matrix": "laplacian", "regularization": 0.1},
            "regularization has no effect with matrix='laplacian'",
        ),
    ):
        with pytest.raises(ParameterError, match=message):
            Spectral(**parameters).fit(blocks(60))


def test_blogcatalog_has_the_quality_of_exact_eigenvectors(real_data):
    """F1 by DeepWalk's protocol, half of the nodes known: 42.6 / 27.2 by ARPACK without regularisation."""
    from scipy.io import loadmat

    from graphkit import as_graph
    from graphkit.evaluation import node_classification

    data = loadmat(real_data / "blogcatalog.mat")
    vectors = Spectral(seed=1).fit_transform(as_graph(data["network"]))
    scores = node_classification(
        vectors, data["group"], train_ratios=0.5, shuffles=3, C=1.0, normalize="l2", protocol="top-k"
    )
    assert scores.micro_f1.mean() > 0.43
    assert scores.macro_f1.mean() > 0.275
