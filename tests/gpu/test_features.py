"""What walkers leave on the device has the bits of the CPU's, for every coupling."""

from typing import get_args

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit.graph.graph import Graph
from graphkit.graph_kernels import gpu as features
from graphkit.graph_kernels.feature_walks import Coupling, length_features
from graphkit.graph_kernels.gpu import features_bytes
from graphkit.methods.random_features import RandomFeatures

SEED = (1 << 63) | 77


def both(graph, **options):
    """Counts, columns, lengths and loads of the CPU and of the GPU."""
    law = {"num_walkers": 6, "p_halt": 0.2, "max_length": 5, "seed": SEED} | options
    return [length_features(graph, backend=backend, **law) for backend in ("cpu", "gpu")]


def assert_same(one, other):
    for name, value in vars(one).items():
        if isinstance(value, np.ndarray):
            assert value.dtype == getattr(other, name).dtype
            assert np.array_equal(value, getattr(other, name)), name


@pytest.mark.parametrize("coupling", get_args(Coupling))
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("normalization", ["symmetric", "none"])
def test_the_bits_of_the_cpu(coupling, weighted, normalization):
    graph = random_graph(40, 120, weighted=weighted, seed=3)
    on_cpu, on_gpu = both(graph, coupling=coupling, normalization=normalization, scale=0.7, first_walker=4)
    assert len(on_cpu.indptr) == 41
    assert_same(on_cpu, on_gpu)


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs(name):
    assert_same(*both(Graph.from_edges(**AWKWARD[name]), num_walkers=8))


def test_more_walkers_than_neighbours_and_sums_of_many():
    ring = Graph.from_edges([(i, (i + 1) % 5) for i in range(5)])
    assert_same(*both(ring, num_walkers=64, p_halt=0.1, max_length=8))


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_chunks_change_nothing(at_once, monkeypatch):
    monkeypatch.setattr(features, "CHUNK_WALKERS", at_once)
    reports = []
    graph = random_graph(13, 40, seed=1)
    assert_same(*both(graph, progress=lambda *report: reports.append(report)))
    assert reports[-1] == ("random features", 13, 13)


@pytest.mark.parametrize("max_length", [0, 1])
def test_short_walks(max_length):
    assert_same(*both(random_graph(20, 50, seed=1), max_length=max_length, num_walkers=2))


def test_the_method_walks_on_the_backend():
    graph = random_graph(20, 50, seed=1)
    on_cpu, on_gpu = (
        RandomFeatures(dim=4, num_walkers=4, seed=SEED, backend=backend).fit_transform(graph)
        for backend in ("cpu", "gpu")
    )
    assert np.array_equal(on_cpu, on_gpu)


def test_the_plan_counts_walkers_and_entries():
    graph = random_graph(20, 50, weighted=True, seed=1)
    plan = features_bytes(graph, num_walkers=10, p_halt=0.5, max_length=9)
    assert plan["graph"] == 8 * 20 + 8 * graph.num_arcs
    assert plan["walkers"] == 200 * 200 + 120 * 200 * 4
