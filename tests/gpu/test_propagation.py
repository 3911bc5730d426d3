"""FastRP on the device: the projection has the CPU's bits, the powers its values."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit.gpu.backend import usable_device
from graphkit.graph.gpu.graph import DeviceGraph
from graphkit.graph.graph import Graph
from graphkit.methods.fastrp import FastRP
from graphkit.propagation.gpu import powers as propagation
from graphkit.propagation.gpu.powers import DevicePropagation, propagation_bytes
from graphkit.propagation.projection import Projection
from graphkit.seeds import Stream

OPTIONS = {
    "default": {},
    "dense signs": {"sparsity": 1.0},
    "gaussian": {"projection": "gaussian"},
    "adjacency": {"matrix": "adjacency", "normalize": False},
    "concatenated": {"concatenate": True},
    "concatenated, as they are": {"concatenate": True, "standardize": False},
    "one power of 130 columns": {"weights": (1.0,), "dim": 130},
    "one column": {"dim": 1},
}


def operator_of(graph, *, transition=False):
    return DevicePropagation(DeviceGraph(graph, usable_device(), 1), transition=transition)


def unscaled(operator, product):
    """Rows of a product; of A they are divided by powers of two, the exponents of its row sums."""
    rows = product.cpu().numpy().astype(np.float64)
    return rows if operator._sums is None else np.ldexp(rows, operator._sums.exponents.cpu().numpy()[:, None])


@pytest.mark.parametrize("dim", [1, 2, 33])
@pytest.mark.parametrize("sparsity", [1.0, 40.0])
def test_the_projection_has_the_bits_of_the_cpu(dim, sparsity, monkeypatch):
    monkeypatch.setattr(DevicePropagation, "_product", lambda self, start, out: start)
    graph = Graph.from_edges([], num_nodes=40)
    random = Projection(dim, sparsity, 2**63 + 9, Stream.PROJECTION, 1)
    values = np.linspace(1, 2, 40)
    found = operator_of(graph).times_projection(random, values).cpu().numpy()
    wanted = np.hstack(list(random.filled(values)))[:, :dim]
    assert np.array_equal(found[:, :dim], wanted)
    assert not found[:, dim:].any()


@pytest.mark.parametrize("width", [1, 130])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("transition", [False, True])
def test_products_are_scipys(width, weighted, transition):
    graph = random_graph(33, 300, directed=True, weighted=weighted, seed=1)
    blocks = np.random.default_rng(0).normal(size=(1, 33, width)).astype(np.float32)
    operator = operator_of(graph, transition=transition)
    found = unscaled(operator, operator.times(blocks))
    matrix = graph.to_scipy().astype(np.float64)
    if transition:
        matrix = matrix / np.maximum(graph.strength, 1e-300)[:, None]
    np.testing.assert_allclose(found[:, :width], matrix @ blocks[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("segment", [1, 2, 5, 100])
@pytest.mark.parametrize("transition", [False, True])
def test_long_rows_are_cut(segment, transition, monkeypatch):
    monkeypatch.setattr(propagation, "SEGMENT_ARCS", segment)
    graph = random_graph(20, 100, directed=True, weighted=True, seed=1)
    blocks = np.random.default_rng(0).normal(size=(1, 20, 3)).astype(np.float32)
    operator = operator_of(graph, transition=transition)
    long_rows, bounds, _, lengths = operator._segments
    assert long_rows.tolist() == np.flatnonzero(graph.degree > segment).tolist()
    assert bounds.tolist()[-1] == len(lengths)
    assert lengths.sum() == graph.degree[graph.degree > segment].sum()
    assert 0 < max(lengths.tolist(), default=1) <= segment
    matrix = graph.to_scipy().astype(np.float64)
    if transition:
        matrix = matrix / np.maximum(graph.strength, 1e-300)[:, None]
    found = unscaled(operator, operator.times(blocks))[:, :3]
    np.testing.assert_allclose(found, matrix @ blocks[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_vectors_are_the_cpus(options):
    graph = random_graph(25, 90, directed=True, weighted=True, seed=3)
    on_cpu, on_gpu = (
        FastRP(**{"dim": 37, "weights": (0.5, 0.0, -2.0), "seed": 11, "backend": backend} | options)
        for backend in ("cpu", "gpu")
    )
    wanted = on_cpu.fit_transform(graph)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(on_gpu.fit_transform(graph), wanted, rtol=2e-5, atol=2e-5 * scale)


@pytest.mark.parametrize("weight", [1e-43, 1e-30, 1e30, 3e38])
@pytest.mark.parametrize(
    "options", [{}, {"matrix": "adjacency"}, {"matrix": "adjacency", "normalize": False}]
)
def test_weights_near_the_ends_of_float32(options, weight):
    edges = [(0, leaf) for leaf in range(1, 20)] + [(1, 2), (2, 3)]
    graph = Graph.from_edges(edges, [weight] * len(edges))
    options = {"dim": 4, "sparsity": 1.0, "seed": 1, **options}
    # On the CPU the scale of weights does not count, as tests of the method check.
    wanted = FastRP(**options).fit_transform(Graph.from_edges(edges))
    found = FastRP(**options, backend="gpu").fit_transform(graph)
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-5 * np.abs(wanted).max())


def test_features_are_mixed_in():
    graph = random_graph(25, 90, seed=3)
    features = np.random.default_rng(0).normal(size=(25, 5)).astype(np.float32)
    wanted, found = (
        FastRP(dim=140, weights=(1, 2), backend=backend).fit_transform(graph, features=features)
        for backend in ("cpu", "gpu")
    )
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-4)


@pytest.mark.parametrize("num_nodes", [0, 1])
def test_graphs_without_edges(num_nodes):
    graph = Graph.from_edges([], num_nodes=num_nodes)
    assert FastRP(dim=3, backend="gpu").fit_transform(graph).tolist() == [[0.0] * 3] * num_nodes


def test_the_plan_holds_what_is_needed():
    graph = random_graph(40, 300, weighted=True, seed=1)
    plan = propagation_bytes(graph, 33, 66)
    assert plan["graph"] == 8 * 40 + 8 * graph.num_arcs
    of_adjacency = propagation_bytes(graph, 33, 66, transition=False)
    assert of_adjacency["graph"] == plan["graph"] + 2 * 12 * 40 + 4 * graph.num_arcs
    assert plan["buffers"] >= 2 * 4 * 40 * 64
    assert plan["result"] >= 4 * 40 * 66
