"""Walks on real graphs obey their law, in memory and from disk."""

import numpy as np
import pytest

from graphkit import datasets, random_walks, read_graph
from graphkit.evaluation import transition_test
from graphkit.graph.graph import Graph


@pytest.mark.parametrize(("p", "q"), [(1, 1), (0.25, 0.25), (4, 0.5), (0.01, 100)])
@pytest.mark.parametrize("name", ["blogcatalog.mat", "facebook.txt.gz"])
def test_walks_on_real_graphs(real_data, name, p, q):
    graph = read_graph(real_data / name, weights=None)
    walks = random_walks(graph, walks_per_node=1, p=p, q=q, seed=3)
    # With (0.01, 100) walks go to and fro: contexts chosen for being visited often would tell on BlogCatalog.
    result = transition_test(graph, walks, p=p, q=q)
    assert result.num_steps == 79 * graph.num_nodes
    assert result.p_value > 1e-4
    assert transition_test(graph, walks, p=p, q=q * 1.25).p_value < 1e-6


@pytest.mark.parametrize("extend", [False, True])
def test_walks_on_a_weighted_graph(extend):
    graph = datasets.load("les_miserables").graph
    law = {"p": 0.5, "q": 4, "extend": extend}
    walks = random_walks(graph, walks_per_node=300, seed=3, **law)
    assert transition_test(graph, walks, **law).p_value > 1e-4
    assert transition_test(graph, walks, p=0.5, q=4, extend=not extend).p_value < 1e-6


@pytest.mark.parametrize("q", [1, 0.5])
def test_a_graph_on_disk_gives_the_same_walks(tmp_path, q):
    graph = datasets.load("les_miserables").graph
    graph.save(tmp_path / "graph")
    walks = random_walks(Graph.open(tmp_path / "graph"), q=q, seed=3)
    assert np.array_equal(walks, random_walks(graph, q=q, seed=3))
