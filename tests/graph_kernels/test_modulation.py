"""Kernels as series: against matrix functions, closed forms against deconvolution, what diverges, errors."""

import math

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference import graph_kernels as twin

from graphkit.datasets import load
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.graph_kernels.modulation import (
    KERNELS,
    kernel_parameters,
    kernel_series,
    modulation,
    spectral_radius,
)

CASES = [
    ("regularized-laplacian", {"sigma": 0.5, "power": 2}),
    ("regularized-laplacian", {"sigma": 1.0, "power": 1}),
    ("regularized-laplacian", {"sigma": 2.0, "power": 0.7}),
    ("diffusion", {"beta": 1.0}),
    ("diffusion", {"beta": 7.5}),
    ("p-step", {"steps": 2, "offset": 2}),
    ("p-step", {"steps": 4, "offset": 3.5}),
    ("p-step", {"steps": 3, "offset": 2.5}),
    ("inverse-cosine", {}),
    ("matern", {"nu": 1.5, "kappa": 1.0}),
    ("matern", {"nu": 0.5, "kappa": 2.0}),
]
KERNEL = pytest.mark.parametrize(("kernel", "parameters"), CASES, ids=str)
GRAPHS = {
    "karate club": lambda: load("karate_club").graph,
    "weighted": lambda: random_graph(40, 120, weighted=True, seed=1),
    "isolated nodes": lambda: random_graph(60, 50, seed=2),
    "bipartite": lambda: Graph.from_edges(**AWKWARD["star"]),
    "tiny weights": lambda: Graph.from_edges(**AWKWARD["tiny weights"]),
    "huge weights": lambda: Graph.from_edges(**AWKWARD["huge weights"]),
    "no edges": lambda: Graph.from_edges(**AWKWARD["no edges"]),
    "self-loop": lambda: Graph.from_edges(**AWKWARD["self-loop and edge"]),
}
LONG = 400


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def closeness(kernel, parameters):
    """How near f's series comes to the kernel after LONG terms, at the edge of the spectrum."""
    slow = kernel == "inverse-cosine"
    return {"rtol": 0, "atol": 0.02 if slow else 1e-9}


@pytest.mark.parametrize("name", GRAPHS)
@KERNEL
def test_the_series_is_the_matrix_function(kernel, parameters, name):
    weights = dense(GRAPHS[name]())
    series = kernel_series(kernel, LONG, **parameters)
    exact = twin.exact(weights, kernel, **parameters)
    operator = series.scale * twin.normalized(weights)
    np.testing.assert_allclose(twin.polynomial(operator, series.coefficients), exact, rtol=0, atol=1e-9)
    root = twin.polynomial(operator, series.modulation)
    np.testing.assert_allclose(root @ root, exact, **closeness(kernel, parameters))


@KERNEL
def test_closed_forms_are_the_deconvolution(kernel, parameters):
    series = kernel_series(kernel, 30, **parameters)
    np.testing.assert_allclose(modulation(series.coefficients), series.modulation, rtol=1e-7, atol=1e-12)
    found = twin.convolution(series.modulation, series.modulation)
    np.testing.assert_allclose(found, series.coefficients, rtol=1e-9, atol=1e-12)


def double_factorial(number):
    return math.prod(range(number, 0, -2))


@pytest.mark.parametrize(
    ("coefficients", "expected"),
    [
        ([1.0] * 8, [double_factorial(2 * k - 1) / double_factorial(2 * k) for k in range(8)]),
        (range(1, 9), [1.0] * 8),
        ([1, 2, 1, 0, 0], [1, 1, 0, 0, 0]),
        ([1 / math.factorial(k) for k in range(8)], [1 / (2**k * math.factorial(k)) for k in range(8)]),
        ([4.0], [2.0]),
    ],
    ids=["1/(1-U)", "1/(1-U)^2", "(1+U)^2", "exp U", "constant"],
)
def test_published_modulations(coefficients, expected):
    np.testing.assert_allclose(modulation(list(coefficients)), expected, rtol=1e-14, atol=1e-15)


def test_the_two_regularised_laplacian_is_the_papers():
    series = kernel_series("regularized-laplacian", 5, sigma=0.5, power=2)
    assert series.scale == pytest.approx(0.25 / 1.25)
    np.testing.assert_allclose(series.modulation, np.full(6, 1 / 1.25), rtol=1e-15)


def test_a_node_without_edges_has_the_first_coefficient():
    weights = dense(Graph.from_edges([(1, 3)], num_nodes=5))
    for kernel, parameters in CASES:
        exact = twin.exact(weights, kernel, **parameters)
        series = kernel_series(kernel, 3, **parameters)
        assert exact[0, 0] == pytest.approx(series.coefficients[0])
        assert exact[0, 0] == pytest.approx(series.modulation[0] ** 2)
        assert not exact[0, 1:].any()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_a_length_is_a_beginning(kernel, length):
    given = {"coefficients": [2.0]} if kernel == "coefficients" else {}
    short, long = (kernel_series(kernel, n, **given) for n in (length, 20))
    assert len(short.coefficients) == len(short.modulation) == length + 1
    np.testing.assert_array_equal(short.coefficients, long.coefficients[: length + 1])
    np.testing.assert_array_equal(short.modulation, long.modulation[: length + 1])


def test_none_stands_for_the_default():
    assert kernel_parameters("regularized-laplacian") == {"sigma": 1.0, "power": 2.0}
    series = kernel_series("regularized-laplacian", 4, sigma=None, power=None, beta=None)
    np.testing.assert_array_equal(series.modulation, kernel_series("regularized-laplacian", 4).modulation)


@pytest.mark.parametrize("name", [name for name in AWKWARD if not AWKWARD[name].get("directed")])
def test_the_spectral_radius_is_the_largest_eigenvalue(name):
    graph = Graph.from_edges(**AWKWARD[name])
    for normalization, weights in (("none", dense(graph)), ("symmetric", twin.normalized(dense(graph)))):
        largest = max(np.abs(np.linalg.eigvalsh(weights)), default=0.0)
        assert spectral_radius(graph, normalization) == pytest.approx(largest, rel=1e-5, abs=0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("num_nodes", [32, 33, 500])
def test_the_spectral_radius_of_random_graphs(num_nodes, weighted):
    graph = random_graph(num_nodes, 4 * num_nodes, weighted=weighted, seed=5)
    largest = np.linalg.eigvalsh(dense(graph))[-1]
    assert spectral_radius(graph, "none") == pytest.approx(largest, rel=1e-5)


def test_the_spectral_radius_of_a_regular_graph():
    edges = [(i, (i + step) % 101) for i in range(101) for step in (1, 2)]
    assert spectral_radius(Graph.from_edges(edges), "none") == pytest.approx(4, rel=1e-5)


@pytest.mark.parametrize(
    ("coefficients", "length", "allowed"),
    [
        ([1.0] * 11, 10, 1.0),
        (0.8 ** np.arange(11), 10, 1.25),
        ([1.0, 1.0], 10, 1.0),
        ([1.0, 2.0, 1.0], 10, math.inf),
        ([1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0], 10, math.inf),
        (np.convolve([1, 2, 1], [1, 0.25]), 10, 4.0),
        ([3.0, 0.0, 0.0], 10, math.inf),
        ([1.0, 0.0, -1.0], 10, 1.0),
    ],
    ids=["1/(1-U)", "1/(1-0.8U)", "1+U", "(1+U)^2", "(1+U)^6", "(1+U)^2 (1+U/4)", "constant", "1-U^2"],
)
def test_the_modulation_converges_up_to_the_branch_point(coefficients, length, allowed):
    series = kernel_series("coefficients", length, coefficients=coefficients)
    assert series.radius == pytest.approx(allowed, rel=1e-6)


@pytest.mark.parametrize("length", [10, 20, 40, 60])
def test_an_entire_function_is_not_refused(length):
    coefficients = 1 / np.cumprod(np.append(1.0, np.arange(1, length + 1)))
    series = kernel_series("coefficients", length, coefficients=coefficients)
    assert series.radius > 0.278 * length


def test_a_series_is_refused_at_the_end_of_its_disk_and_a_polynomial_is_not():
    graph = load("karate_club").graph
    kernel_series("coefficients", 10, coefficients=[1, 1]).check_convergence(graph)
    kernel_series("coefficients", 10, coefficients=[1] * 11, scale=0.999).check_convergence(graph)
    with pytest.raises(ParameterError, match=r"scale must be <= 0.9999 for this graph, got 1.0"):
        kernel_series("coefficients", 10, coefficients=[1] * 11).check_convergence(graph)


def test_the_largest_scale_of_an_adjacency_matrix_is_named():
    graph = load("karate_club").graph
    largest = 1 / np.linalg.eigvalsh(dense(graph))[-1]
    given = {"coefficients": [1.0] * 11, "normalization": "none"}
    allowed = f"{math.floor(largest * 1e5) / 1e5:.4g}"
    with pytest.raises(ParameterError, match=f"scale must be <= {allowed} for this graph, got 0.2"):
        kernel_series("coefficients", 10, scale=0.2, **given).check_convergence(graph)
    kernel_series("coefficients", 10, scale=float(allowed), **given).check_convergence(graph)


@KERNEL
def test_named_kernels_converge_on_every_undirected_graph(kernel, parameters):
    for name in GRAPHS:
        kernel_series(kernel, 10, **parameters).check_convergence(GRAPHS[name]())


@pytest.mark.parametrize(
    ("kernel", "parameters", "message"),
    [
        ("difusion", {}, "unknown kernel 'difusion': did you mean 'diffusion'?"),
        ("diffusion", {"sigma": 1.0}, "unknown diffusion parameter 'sigma'"),
        ("diffusion", {"beta": 0.0}, "beta must be > 0 and finite, got 0.0"),
        ("diffusion", {"beta": 1e4}, "leaves the range of floating-point numbers"),
        ("regularized-laplacian", {"sigma": -1.0}, r"sigma must lie in \[1e-150, 1e150\], got -1.0"),
        ("regularized-laplacian", {"power": math.inf}, "power must be > 0 and finite, got inf"),
        ("matern", {"nu": math.nan}, "nu must be > 0 and finite, got nan"),
        ("p-step", {"steps": 1.5}, "steps must be a whole number >= 1, got 1.5"),
        ("p-step", {"steps": 0}, "steps must be a whole number >= 1, got 0"),
        ("p-step", {"offset": 1.5}, "offset must be >= 2 and finite, got 1.5"),
        ("coefficients", {}, "coefficients must be finite numbers, at least one, got"),
        ("coefficients", {"coefficients": [1, math.nan]}, "coefficients must be finite numbers"),
        ("coefficients", {"coefficients": [0, 1]}, r"coefficients\[0\] must be > 0, got 0.0"),
        ("coefficients", {"coefficients": [-1, 1]}, r"coefficients\[0\] must be > 0, got -1.0"),
        ("coefficients", {"coefficients": [1] * 7}, "at most 6 for walks of at most 5 steps, got 7"),
        ("coefficients", {"coefficients": [1e-300, 1, 1]}, "leaves the range of floating-point numbers"),
        ("coefficients", {"coefficients": [1], "scale": 0}, "scale must be > 0 and finite, got 0"),
        (
            "coefficients",
            {"coefficients": [1], "normalization": "random-walk"},
            "unknown normalization 'random-walk'",
        ),
    ],
)
def test_bad_parameters(kernel, parameters, message):
    with pytest.raises(ParameterError, match=message):
        kernel_series(kernel, 5, **parameters)


def test_a_negative_length_is_refused():
    with pytest.raises(ParameterError, match="length must be a whole number >= 0, got -1"):
        kernel_series("diffusion", -1)


@pytest.mark.parametrize("normalization", ["symmetric", "none"])
def test_a_directed_graph_is_refused(normalization):
    graph = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    with pytest.raises(ParameterError, match="graph kernels are for undirected graphs, got a directed one"):
        spectral_radius(graph, normalization)
