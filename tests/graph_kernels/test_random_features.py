"""RandomFeatures: unbiased kernels, the published errors, what coupling gains, bits, and what is refused."""

import math
from typing import get_args

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference import graph_kernels as twin

from graphkit import Graph, RandomFeatures
from graphkit.datasets import load
from graphkit.errors import ParameterError
from graphkit.graph_kernels.modulation import KERNELS, kernel_series
from graphkit.methods.random_features import Kernel

LENGTH = 20
SEEDS = range(300)

KERNEL_CASES = [
    ("regularized-laplacian", {"sigma": 0.7, "power": 2}),
    ("regularized-laplacian", {"sigma": 1.0, "power": 0.7}),
    ("diffusion", {"beta": 1.5}),
    ("p-step", {"steps": 2, "offset": 2}),
    ("p-step", {"steps": 3, "offset": 3}),
    ("matern", {"nu": 1.5, "kappa": 1.0}),
]
GRAPHS = {
    "karate club": lambda: load("karate_club").graph,
    "random": lambda: random_graph(30, 90, seed=1),
    "weighted": lambda: random_graph(30, 70, weighted=True, seed=2),
    "isolated nodes": lambda: random_graph(40, 35, seed=3),
}


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def z_scores(samples, exact):
    return (np.mean(samples, axis=0) - exact) / (np.std(samples, axis=0, ddof=1) / math.sqrt(len(samples)))


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(("kernel", "parameters"), KERNEL_CASES, ids=str)
def test_the_mean_over_seeds_is_the_kernel(kernel, parameters, name):
    graph = GRAPHS[name]()
    exact = twin.exact(dense(graph), kernel, **parameters)
    signals = np.random.default_rng(0).normal(size=(2, graph.num_nodes, 8))
    expected = (signals[0] * (exact @ signals[1])).sum(axis=0)
    found, traces = [], []
    for seed in SEEDS:
        model = RandomFeatures(
            kernel=kernel, **parameters, num_walkers=4, p_halt=0.3, two_sided=True, seed=seed
        )
        operator = model.fit_features(graph).kernel_
        found.append((signals[0] * (operator @ signals[1])).sum(axis=0))
        traces.append(operator.diagonal().sum())
    # 9 normal numbers in each of 24 cases.
    assert np.abs(z_scores(found, expected)).max() < 4.5
    assert abs(z_scores(traces, np.trace(exact))) < 4.5


@pytest.mark.parametrize("coupling", ["independent", "antithetic-repelling"])
def test_one_set_of_walks_is_unbiased_off_the_diagonal_only(coupling):
    graph = load("karate_club").graph
    exact = twin.exact(dense(graph), "diffusion", beta=2.0)
    off, diagonal = [], []
    signals = np.random.default_rng(1).normal(size=(2, graph.num_nodes, 8))
    for seed in SEEDS:
        model = RandomFeatures(kernel="diffusion", beta=2.0, num_walkers=4, coupling=coupling, seed=seed)
        error = model.fit_features(graph).kernel_.to_dense() - exact
        diagonal.append(np.trace(error))
        np.fill_diagonal(error, 0)
        off.append((signals[0] * (error @ signals[1])).sum(axis=0))
    assert np.abs(z_scores(off, 0)).max() < 4.5
    assert z_scores(diagonal, 0) > 10


def square_error(graph, exact, seeds, **parameters):
    """Mean over seeds of |K - exact|^2 / |exact|^2, and its standard error."""
    errors = []
    for seed in seeds:
        kernel = RandomFeatures(max_length=LENGTH, seed=seed, **parameters).fit_features(graph).kernel_
        errors.append(np.sum((kernel.to_dense() - exact) ** 2) / np.sum(exact**2))
    return np.mean(errors), np.std(errors, ddof=1) / math.sqrt(len(errors))


SERIES = {
    "(I - U)^-1": [1.0] * (LENGTH + 1),
    "(I - U)^-2": range(1, LENGTH + 2),
    "(I + U)^2": [1, 2, 1],
    "exp(U)": [1 / math.factorial(k) for k in range(LENGTH + 1)],
}
"""alpha of the kernels that the papers' notebooks measure."""

PUBLISHED = {
    ("independent", "(I - U)^-1"): {2: 0.0314, 4: 0.0164, 8: 0.0080, 16: 0.0038},
    ("independent", "(I - U)^-2"): {2: 0.1491, 4: 0.0727, 8: 0.0342, 16: 0.0162},
    ("independent", "(I + U)^2"): {2: 0.1225, 4: 0.0613, 8: 0.0286, 16: 0.0134},
    ("independent", "exp(U)"): {2: 0.0284, 4: 0.0150, 8: 0.0073, 16: 0.0035},
    ("antithetic", "(I - U)^-1"): {4: 0.0145, 8: 0.0069, 16: 0.0035},
    ("antithetic", "(I - U)^-2"): {4: 0.0625, 8: 0.0288, 16: 0.0144},
    ("antithetic", "(I + U)^2"): {4: 0.0527, 8: 0.0246, 16: 0.0124},
    ("antithetic", "exp(U)"): {4: 0.0133, 8: 0.0063, 16: 0.0032},
}
"""Squared relative error on the karate club, sigma = p_halt = 0.5, mean of 40 trials."""


@pytest.mark.parametrize(("coupling", "series"), PUBLISHED)
def test_errors_are_the_published_ones(coupling, series):
    club = load("karate_club").graph
    graph = Graph(club.indptr, club.indices)
    alpha = SERIES[series]
    # The notebooks' U is sigma^2 = 0.25 times the normalised matrix.
    exact = twin.polynomial(0.25 * twin.normalized(dense(graph)), alpha)
    for num_walkers, published in PUBLISHED[coupling, series].items():
        mean, error = square_error(
            graph,
            exact,
            range(160),
            kernel="coefficients",
            coefficients=alpha,
            scale=0.25,
            num_walkers=num_walkers,
            coupling=coupling,
        )
        # The published means are of a quarter as many trials, hence twice the standard error, and rounded.
        assert abs(mean - published) < 4 * math.hypot(error, 2 * error) + 5e-5


@pytest.mark.parametrize("coupling", ["independent", "antithetic-repelling"])
def test_near_the_largest_radius(coupling):
    graph, parameters = load("karate_club").graph, {"sigma": 10.0, "power": 1}
    exact = exact_of_length(dense(graph), LENGTH, **parameters)
    # The identity does not dominate.
    assert np.sum(exact**2) > 2.5 * np.sum(np.diag(exact) ** 2)
    options = {"kernel": "regularized-laplacian", **parameters, "p_halt": 0.05, "coupling": coupling}
    for m in (8, 32):
        large, e1 = square_error(graph, exact, range(60), num_walkers=m, **options)
        small, e2 = square_error(graph, exact, range(60, 120), num_walkers=4 * m, **options)
        assert large / small > 4 - 4 * large / small * math.hypot(e1 / large, e2 / small)


def exact_of_length(weights, length, **parameters):
    """(sum_k f_k U^k)^2 for the regularised Laplacian, cut at a length."""
    series = kernel_series("regularized-laplacian", length, **parameters)
    root = twin.polynomial(series.scale * twin.normalized(weights), series.modulation)
    return root @ root


def test_the_error_falls_as_the_root_of_the_walkers():
    graph = random_graph(60, 200, seed=4)
    exact = twin.exact(dense(graph), "regularized-laplacian", sigma=1.0, power=2)
    for m in (4, 16, 64):
        options = {"coupling": "independent", "p_halt": 0.3}
        large, e1 = square_error(graph, exact, range(60), num_walkers=m, **options)
        small, e2 = square_error(graph, exact, range(60, 120), num_walkers=4 * m, **options)
        # The diagonal's bias falls as 1 / m too, its square as 1 / m^2.
        assert 4 - 4 * large / small * math.hypot(e1 / large, e2 / small) < large / small < 5.5


@pytest.mark.parametrize(
    ("name", "kernel", "parameters"),
    [
        ("karate club", "diffusion", {"beta": 1.0}),
        ("random", "regularized-laplacian", {"sigma": 1.0, "power": 2}),
        ("weighted", "diffusion", {"beta": 1.0}),
    ],
)
def test_coupled_walkers_are_better(name, kernel, parameters):
    graph = GRAPHS[name]()
    exact = twin.exact(dense(graph), kernel, **parameters)

    def measured(coupling):
        options = {"kernel": kernel, **parameters, "num_walkers": 16, "coupling": coupling}
        return square_error(graph, exact, range(200), **options)

    plain, e0 = measured("independent")
    for coupling in ("antithetic", "repelling", "antithetic-repelling"):
        error, e1 = measured(coupling)
        assert plain - error > 3 * math.hypot(e0, e1), coupling
    assert error < 0.75 * plain


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_do_not_matter(threads):
    graph = random_graph(2000, 7000, weighted=True, seed=5)
    options = {"dim": 150, "two_sided": True, "seed": 2**40 + 1}
    one = RandomFeatures(num_threads=1, **options).fit(graph)
    other = RandomFeatures(num_threads=threads, **options).fit(graph)
    signals = np.random.default_rng(0).normal(size=(2000, 3))
    assert np.array_equal(one.embedding_, other.embedding_)
    assert np.array_equal(one.kernel_ @ signals, other.kernel_ @ signals)
    assert np.array_equal(one.right_features_.data, other.right_features_.data)


def test_vectors_estimate_the_kernel():
    graph = random_graph(50, 150, seed=6)
    model = RandomFeatures(dim=4096, num_walkers=64, seed=1).fit(graph)
    dots = model.embedding_.astype(np.float64) @ model.embedding_.T
    kernel = model.kernel_.to_dense()
    norms = np.sqrt(np.outer(np.diag(kernel), np.diag(kernel)))
    assert np.abs((dots - kernel) / norms).max() < 6 / math.sqrt(4096)


def test_features_of_another_modulation_need_no_walks():
    graph = random_graph(30, 90, seed=7)
    model = RandomFeatures(kernel="diffusion", beta=1.0, seed=3).fit_features(graph)
    again = model.length_features_.combine(model.series_.modulation)
    assert np.array_equal(again.toarray(), model.features_.toarray())
    other = RandomFeatures(kernel="diffusion", beta=2.0, seed=3).fit_features(graph)
    combined = model.length_features_.combine(other.series_.modulation)
    assert np.array_equal(combined.toarray(), other.features_.toarray())


def test_a_graph_without_edges_has_the_identitys_share():
    graph = Graph.from_edges(**AWKWARD["no edges"])
    for kernel, parameters in KERNEL_CASES:
        model = RandomFeatures(kernel=kernel, **parameters, num_walkers=2, dim=4).fit(graph)
        wanted = model.series_.coefficients[0] * np.eye(3)
        np.testing.assert_allclose(model.kernel_.to_dense(), wanted, rtol=1e-6)
        assert model.embedding_.shape == (3, 4)


def test_two_sides_are_neither_symmetric_nor_one_set():
    graph = random_graph(30, 90, seed=8)
    two = RandomFeatures(two_sided=True, seed=1, num_walkers=3, coupling="independent").fit_features(graph)
    assert not two.kernel_.is_symmetric
    assert two.features_.nnz != two.right_features_.nnz
    one = RandomFeatures(seed=1, num_walkers=3, coupling="independent").fit_features(graph)
    assert one.kernel_.is_symmetric
    assert np.array_equal(one.features_.toarray(), two.features_.toarray())
    assert np.linalg.eigvalsh(one.kernel_.to_dense()).min() > -1e-9


def test_kernels_are_those_of_the_series():
    assert get_args(Kernel) == tuple(KERNELS)


def test_the_estimate_bounds_the_entries():
    graph = random_graph(4000, 40_000, seed=9)
    model = RandomFeatures(dim=1, num_walkers=8)
    entries = len(model.fit_features(graph).length_features_.loads)
    needed = model.estimate(graph.num_nodes, graph.num_arcs).bytes
    assert 26 * entries < needed < 6 * 26 * entries
    assert model.set_params(two_sided=True).estimate(4000, 80_000).bytes > needed


STAR = Graph.from_edges([(0, 1), (0, 2), (0, 3), (0, 4)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"kernel": "difusion"}, "unknown kernel 'difusion': did you mean 'diffusion'"),
        ({"beta": 1.0}, "unknown regularized-laplacian parameter 'beta'"),
        ({"sigma": 0.0}, r"sigma must lie in \[1e-150, 1e150\], got 0.0"),
        ({"p_halt": 1.5}, r"p_halt must lie in \(0, 1\), got 1.5"),
        ({"num_walkers": 5}, "num_walkers must be even with coupling='antithetic-repelling', got 5"),
        ({"num_walkers": 5, "coupling": "antithetic"}, "num_walkers must be even with coupling='antithetic'"),
        ({"max_length": 300}, "max_length must be a whole number from 0 to 255, got 300"),
        ({"kernel": "coefficients", "coefficients": (0.0, 1.0)}, r"coefficients\[0\] must be > 0, got 0.0"),
        ({"kernel": "coefficients", "coefficients": [1.0] * 99}, "coefficients must be at most 21"),
        (
            {
                "kernel": "coefficients",
                "coefficients": [1.0] * 21,
                "scale": 0.75,
                "normalization": "none",
            },
            "scale must be <= 0.4999 for this graph, got 0.75",
        ),
        (
            {"kernel": "coefficients", "coefficients": [1.0] * 21, "scale": 1.5},
            r"scale must be <= \S+ for this graph, got 1.5",
        ),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        RandomFeatures(**options).fit(STAR)


def test_a_directed_graph_is_refused():
    graph = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    for kernel in ("diffusion", "regularized-laplacian"):
        with pytest.raises(ParameterError, match="graph kernels are for undirected graphs, got a directed"):
            RandomFeatures(kernel=kernel).fit(graph)
