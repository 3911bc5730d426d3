"""What estimates of time count: within a factor of two of what runs do, on graphs of all sorts."""

import numpy as np
import pytest
from support.graphs import random_graph

import graphkit as gk
from graphkit.datasets import generators

GRAPHS = {
    "even": lambda: random_graph(2000, 8000, seed=1),
    "hubs": lambda: generators.rmat(11, 16_000, seed=1),
    "dense": lambda: random_graph(1200, 30_000, seed=2),
    "sparse": lambda: random_graph(3000, 4500, seed=3),
}


def seconds(method, graph):
    return method.estimate(graph.num_nodes, graph.num_arcs).seconds


@pytest.mark.parametrize("name", GRAPHS)
def test_walks_of_corewalk(name):
    graph, method = GRAPHS[name](), gk.CoreWalk(walks_per_node=10, num_threads=1)
    params = {name: method.get_params()[name] for name in gk.DeepWalk.parameters()}
    walks = gk.DeepWalk(**params)
    counted = method._walk_counts(graph).sum() / (10 * graph.num_nodes)
    assert 0.5 < seconds(method, graph) / seconds(walks, graph) / counted < 2


@pytest.mark.parametrize("name", GRAPHS)
def test_deposits_of_random_features(name):
    """Steps before walkers halt, and entries, which walkers that meet share."""
    graph, method = GRAPHS[name](), gk.RandomFeatures(dim=4, num_threads=1, seed=1)
    method.fit(graph)
    entries = method.features_.nnz / graph.num_nodes
    assert 0.5 < method.most_entries(graph.num_nodes) / entries < 4


def test_twice_the_work_takes_twice_the_time():
    graph = GRAPHS["even"]()
    for method, name in (
        (gk.DeepWalk(num_threads=1), "walks_per_node"),
        (gk.Node2Vec(p=0.5, num_threads=1), "epochs"),
        (gk.LINE(samples=10**6, num_threads=1), "samples"),
        (gk.LargeVis(num_threads=1, start="random"), "samples_per_node"),
    ):
        once = seconds(method, graph)
        twice = seconds(method.set_params(**{name: 2 * getattr(method, name)}), graph)
        assert twice == pytest.approx(2 * once)


@pytest.mark.parametrize("name", ["even", "hubs"])
def test_the_extent_of_a_map(name):
    """The grid of t-SNE covers it: its area counts."""
    from graphkit.methods import tsne

    graph = GRAPHS[name]()
    positions = gk.TSNE(seed=1).fit_transform(graph)
    area = float(np.ptp(positions, axis=0).max()) ** 2
    assert 0.2 < tsne._push_seconds(graph.num_nodes, graph.num_arcs) / (area * tsne._SECONDS_PER_UNIT) < 5
