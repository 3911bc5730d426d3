"""Effective resistances, samples by them, harmonic extensions, condition numbers: against dense float64."""

import numpy as np
import pytest
import scipy.linalg
from support.graphs import random_graph
from support.reference.schur import laplacian

from graphkit import (
    Embedding,
    Graph,
    datasets,
    effective_resistances,
    harmonic_extension,
    relative_condition_number,
    sparsify,
)
from graphkit.errors import InputError, ParameterError, RunError, UnknownNodeError
from graphkit.sparsification import condition, laplacian_solver
from graphkit.sparsification.sparsify import keeping_probabilities

KINDS = pytest.mark.parametrize("weighted", [False, True])


def dense(graph):
    return laplacian(graph.to_scipy().toarray().astype(np.float64))


def exact(graph, source, target):
    inverse = np.linalg.pinv(dense(graph))
    return inverse[source, source] + inverse[target, target] - 2 * inverse[source, target]


@KINDS
def test_resistances_of_edges_are_those_of_the_pseudoinverse(weighted):
    graph = random_graph(60, 200, weighted=weighted, seed=5)
    source, target, _ = graph.edge_rows()
    found = effective_resistances(graph, tolerance=1e-10)
    np.testing.assert_allclose(found, exact(graph, source, target), rtol=1e-8, atol=1e-12)


def test_resistances_of_pairs_within_and_between_components():
    graph = Graph.from_edges([("a", "b"), ("b", "c"), ("x", "y")], [2.0, 4.0, 1.0])
    found = effective_resistances(graph, [("a", "c"), ("c", "a"), ("b", "b"), ("a", "x")], tolerance=1e-10)
    np.testing.assert_allclose(found, [0.75, 0.75, 0, np.inf])


@KINDS
def test_projections_give_the_resistances_on_average(weighted):
    graph = random_graph(50, 200, weighted=weighted, seed=1)
    source, target, _ = graph.edge_rows()
    apart = source != target
    wanted = exact(graph, source, target)[apart]
    count = 4000
    found = effective_resistances(graph, projections=count, tolerance=1e-6, seed=2)[apart]
    # Signs spread less than normal numbers do: the kurtosis is below 3.
    scores = (found - wanted) / (wanted * np.sqrt(2 / count))
    assert np.abs(scores).max() < 4.5


@KINDS
def test_the_mean_of_samples_is_the_laplacian(weighted):
    graph = random_graph(25, 120, weighted=weighted, seed=3)
    total = square = 0.0
    for seed in range(300):
        sample = sparsify(graph, method="resistances", share=0.6, projections=8, seed=seed, num_threads=1)
        weights = sample.to_scipy().toarray().astype(np.float64)
        total, square = total + weights, square + weights**2
    mean = total / 300
    error = np.sqrt(np.maximum(square / 300 - mean**2, 0) / 300)
    wanted = graph.to_scipy().toarray().astype(np.float64)
    np.fill_diagonal(wanted, 0)
    sure = error == 0
    np.testing.assert_allclose(mean[sure], wanted[sure], rtol=1e-6)
    scores = (mean - wanted)[~sure] / error[~sure]
    assert np.abs(scores).max() < 4.5
    assert (scores**2).mean() < 1.5


def test_samples_have_about_as_many_edges_as_asked_for():
    graph = random_graph(200, 2000, seed=3)
    edges = graph.num_edges - graph.num_self_loops
    sizes = [sparsify(graph, method="resistances", share=0.4, seed=seed).num_edges for seed in range(9)]
    assert abs(np.mean(sizes) - 0.4 * edges) < 4 * np.sqrt(0.4 * 0.6 * edges / 9)
    whole = sparsify(graph, method="resistances", share=1)
    assert whole.num_edges == edges
    assert (whole.weights == 1).all()


def test_probabilities_add_up_and_bridges_are_sure():
    leverage = np.array([1.0, 0.5, 0.25, 0.125, 0.0])
    for expected in (0.5, 1.0, 2.0, 3.9):
        found = keeping_probabilities(leverage, expected)
        assert found.sum() == pytest.approx(expected)
        assert (np.diff(found) <= 0).all()
    assert keeping_probabilities(leverage, 2.0)[0] == 1
    assert keeping_probabilities(np.zeros(0), 1.0).size == 0


@KINDS
def test_extensions_are_harmonic(weighted):
    graph = random_graph(60, 200, weighted=weighted, seed=5).largest_component()
    rng = np.random.default_rng(1)
    known = rng.choice(graph.num_nodes, 12, replace=False)
    vectors = rng.normal(size=(12, 20)).astype(np.float32)
    found = harmonic_extension(Embedding(graph.node_ids[known], vectors), graph, tolerance=1e-8)
    rest = np.setdiff1d(np.arange(graph.num_nodes), known)
    matrix = dense(graph)
    wanted = np.linalg.solve(matrix[np.ix_(rest, rest)], -matrix[np.ix_(rest, known)] @ vectors)
    np.testing.assert_array_equal(found.vectors[known], vectors)
    np.testing.assert_allclose(found.vectors[rest], wanted, rtol=1e-5, atol=1e-6)
    assert np.array_equal(found.node_ids, graph.node_ids)


def test_what_no_path_reaches_has_zeros():
    graph = Graph.from_edges([(0, 1), (2, 3)], num_nodes=5)
    found = harmonic_extension(Embedding([0], np.ones((1, 3), np.float32)), graph)
    assert found.vectors.sum(axis=1).tolist() == [3, 3, 0, 0, 0]


def test_the_bits_are_the_same_on_any_number_of_threads():
    graph = random_graph(500, 3000, weighted=True, seed=8)
    some = Embedding(graph.node_ids[::5], np.random.default_rng(0).normal(size=(100, 5)).astype(np.float32))
    results = [
        (
            effective_resistances(graph, projections=20, num_threads=threads).tobytes(),
            harmonic_extension(some, graph, num_threads=threads).vectors.tobytes(),
            sparsify(graph, method="resistances", num_threads=threads).weights.tobytes(),
        )
        for threads in (1, 2, 4)
    ]
    assert results[0] == results[1] == results[2]


@KINDS
def test_condition_numbers_are_those_of_dense_eigenvalues(weighted, monkeypatch):
    graph = random_graph(80, 700, weighted=weighted, seed=2).largest_component()
    for sparse in (sparsify(graph), sparsify(graph, method="resistances", share=0.8)):
        values = scipy.linalg.eigh(
            dense(graph), dense(sparse) + np.ones((graph.num_nodes,) * 2), eigvals_only=True
        )
        wanted = values[-1] / values[1]
        assert relative_condition_number(graph, sparse) == pytest.approx(wanted, rel=1e-6)
        monkeypatch.setattr(condition, "_DENSE_ROWS", 0)
        assert relative_condition_number(graph, sparse) == pytest.approx(wanted, rel=1e-4)
        monkeypatch.undo()


def test_condition_numbers_of_components():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (3, 4)], num_nodes=6)
    assert relative_condition_number(graph, graph) == pytest.approx(1)
    cut = Graph.from_edges([(0, 1), (3, 4)], num_nodes=6)
    assert relative_condition_number(graph, cut) == np.inf
    none = Graph.from_edges([], num_nodes=3)
    assert relative_condition_number(none, none) == 1


def test_what_is_wrong_is_said(monkeypatch):
    club = datasets.load("karate_club").graph
    arrow = Graph.from_edges([(0, 1)], directed=True)
    some = Embedding([0, 999], np.ones((2, 1), np.float32))
    for call, kind, message in (
        (lambda: effective_resistances(arrow), ParameterError, "for undirected graphs"),
        (lambda: effective_resistances(club, [(0, 999)]), UnknownNodeError, "999"),
        (lambda: effective_resistances(club, projections=0), ParameterError, "projections must be"),
        (lambda: effective_resistances(club, tolerance=1), ParameterError, r"tolerance must lie in \(0, 1\)"),
        (
            lambda: harmonic_extension(some, club),
            InputError,
            "1 nodes that the graph does not have, such as 999",
        ),
        (lambda: harmonic_extension(some, arrow), ParameterError, "for undirected graphs"),
        (
            lambda: harmonic_extension(some.vectors, club),
            ParameterError,
            "must be a graphkit.Embedding, got numpy",
        ),
        (lambda: relative_condition_number(club, arrow), ParameterError, "for undirected graphs"),
        (lambda: relative_condition_number(club, Graph.from_edges([(0, 1)])), InputError, "same nodes"),
    ):
        with pytest.raises(kind, match=message):
            call()
    monkeypatch.setattr(laplacian_solver, "_MOST_PRODUCTS", 2)
    with pytest.raises(RunError, match=r"after 2 products, not to 0\.0001: the graph is too long"):
        effective_resistances(club)
