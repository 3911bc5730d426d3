"""auto: the method that follows from the graph, and its vectors bit for bit."""

import networkx as nx
import numpy as np
import pytest

import graphkit as gk
from graphkit import Graph
from graphkit.errors import ParameterError
from graphkit.methods.auto import Auto, share_of_twins
from graphkit.methods.registry import embed
from graphkit.methods.spectral import Spectral


def of_networkx(graph):
    return gk.as_graph(nx.convert_node_labels_to_integers(graph))


def random_blocks(seed=1):
    """Eight communities of 100 nodes: fewer than the columns of the tests, all in one component."""
    return of_networkx(nx.random_partition_graph([100] * 8, 0.1, 0.01, seed=seed))


def caves():
    return of_networkx(nx.connected_caveman_graph(120, 6))


def test_few_communities_are_spectrals():
    graph = random_blocks()
    model = Auto(dim=32, seed=3).fit(graph)
    assert repr(model.chosen_) == "Spectral(dim=32, seed=3)"
    assert np.array_equal(model.embedding_, Spectral(dim=32, seed=3).fit_transform(graph))


def test_more_communities_than_columns_are_netsmfs():
    model = Auto(dim=16, seed=3).fit(caves())
    assert model.chosen_.name == "netsmf"
    assert "more communities than columns: eigenvalue 16 is still" in model.reason_
    assert np.array_equal(model.embedding_, gk.NetSMF(dim=16, seed=3).fit_transform(caves()))


def test_many_small_components_are_spectrals():
    clumps = nx.disjoint_union_all([nx.complete_graph(5)] * 100 + [nx.gnp_random_graph(200, 0.05, seed=1)])
    model = Auto(dim=16).fit(of_networkx(clumps))
    assert model.chosen_.name == "spectral"
    assert "outside the largest component" in model.reason_


def test_twins_are_told_by_single_steps():
    # A random graph, each of whose nodes stands for two.
    once = nx.gnp_random_graph(80, 0.1, seed=1)
    graph = Graph.from_edges([(2 * a + i, 2 * b + j) for a, b in once.edges for i in (0, 1) for j in (0, 1)])
    model = Auto(dim=8).fit(graph)
    assert (model.chosen_.name, model.chosen_.window) == ("netmf", 1)
    assert model.reason_ == "100% of the nodes share all of their neighbours with another"


@pytest.mark.parametrize("seed", range(5))
def test_the_share_of_twins_is_that_of_sets(seed):
    rng = np.random.default_rng(seed)
    graph = of_networkx(nx.bipartite.random_graph(60, 5, 0.5, seed=seed))
    neighbors = [frozenset(graph.indices[a:b].tolist()) for a, b in zip(graph.indptr[:-1], graph.indptr[1:])]
    many = [each for each in neighbors if len(each) >= 3]
    expected = sum(many.count(each) > 1 for each in many) / len(many)
    assert share_of_twins(graph, int(rng.integers(2**63))) == expected
    assert 0 < expected < 1


def test_twins_are_found_whatever_the_size_of_a_part(monkeypatch):
    graph = of_networkx(nx.bipartite.random_graph(60, 5, 0.5, seed=1))
    whole = share_of_twins(graph)
    monkeypatch.setattr("graphkit.methods.auto._ARCS_AT_A_TIME", 7)
    assert share_of_twins(graph) == whole


def test_directed_graphs_small_ones_and_features_are_fastrps():
    directed = Graph.from_edges(np.random.default_rng(0).integers(0, 300, (2000, 2)), directed=True)
    model = Auto(dim=8, seed=2).fit(directed)
    assert np.array_equal(model.embedding_, gk.FastRP(dim=8, seed=2).fit_transform(directed))
    assert model.reason_ == "the graph is directed"
    graph = random_blocks()
    assert Auto(dim=512).fit(graph).reason_ == "the graph has no more than 1024 nodes, twice the columns"
    features = np.random.default_rng(0).normal(size=(graph.num_nodes, 3))
    model = Auto(dim=8).fit(graph, features=features)
    expected = gk.FastRP(dim=8).fit_transform(graph, features=features)
    assert np.array_equal(model.embedding_, expected)


def test_a_budget_bounds_the_choice():
    graph = random_blocks()
    spectral = Spectral(dim=32).estimate(graph.num_nodes, graph.num_arcs).seconds
    fastrp = gk.FastRP(dim=32).estimate(graph.num_nodes, graph.num_arcs).seconds
    assert fastrp < spectral
    model = Auto(dim=32, budget=(fastrp + spectral) / 2).fit(graph)
    assert model.chosen_.name == "fastrp"
    assert "others take more than" in model.reason_
    with pytest.raises(
        ParameterError, match=r"budget=1e-06 is too small for any method: fastrp.*raise the budget"
    ):
        Auto(budget=1e-6).fit(graph)
    with pytest.raises(ParameterError, match="budget must be a number of seconds > 0"):
        Auto(budget="soon").fit(graph)


def test_a_budget_counts_both_methods_that_run():
    sizes = caves().num_nodes, caves().num_arcs
    both = Spectral(dim=16).estimate(*sizes).seconds + gk.NetSMF(dim=16).estimate(*sizes).seconds
    assert Auto(dim=16, budget=1.01 * both).fit(caves()).chosen_.name == "netsmf"
    assert Auto(dim=16, budget=0.99 * both).fit(caves()).chosen_.name == "spectral"


def test_memory_bounds_the_choice(monkeypatch):
    graph = caves()
    spectral = Spectral(dim=16).estimate(graph.num_nodes, graph.num_arcs).bytes
    monkeypatch.setattr("graphkit.methods.auto.available_memory", lambda: spectral)
    assert Auto(dim=16).fit(graph).chosen_.name == "spectral"
    monkeypatch.setattr("graphkit.methods.auto.available_memory", lambda: spectral - 1)
    assert Auto(dim=16).fit(graph).chosen_.name == "fastrp"


@pytest.mark.parametrize("make", [random_blocks, caves])
def test_the_same_bits_on_any_number_of_threads(make):
    graph = make()
    one, two = (Auto(dim=16, seed=5, num_threads=threads).fit_transform(graph) for threads in (1, 2))
    assert np.array_equal(one, two)


def test_the_record_names_the_choice():
    info = embed(random_blocks(), dim=16, seed=4).info
    assert info["method"] == "auto"
    assert (info["chosen"], info["chosen_params"]) == ("spectral", {"dim": 16, "seed": 4})
    assert info["reason"] == "best on most graphs"


def test_the_estimate_covers_what_may_be_chosen():
    sizes = (100_000, 2_000_000)
    whole = Auto().estimate(*sizes)
    assert whole.seconds == Spectral().estimate(*sizes).seconds + gk.NetSMF().estimate(*sizes).seconds
    assert whole.bytes >= gk.NetSMF().estimate(*sizes).bytes
    assert Auto(budget=1).estimate(*sizes) == gk.FastRP().estimate(*sizes)
