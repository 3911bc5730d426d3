"""Every method keeps one contract; methods and parameters are found by name."""

import warnings

import networkx as nx
import numpy as np
import pytest
from sklearn.base import clone
from support.graphs import AWKWARD, fitting, random_graph

from graphkit import PersonalizedPageRank, core_numbers, random_walks
from graphkit.errors import GraphkitWarning, ParameterError
from graphkit.evaluation.peers import PEERS
from graphkit.graph.graph import Graph
from graphkit.methods.base import Embedder
from graphkit.methods.registry import MAPS, METHODS, embed, find_method, make_method

EVERY = pytest.mark.parametrize("name", METHODS)

UNDIRECTED_ONLY = {"grf", "spectral", "prone", "netmf", "netsmf"}
"""Methods of symmetric matrices."""

DETERMINED = {"auto", "spectral", "netmf", "nrp"}
"""Methods whose vectors of a small graph do not depend on chance."""


@EVERY
@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_every_node_has_a_finite_row(name, arguments):
    graph = Graph.from_edges(**arguments)
    if graph.directed and name in UNDIRECTED_ONLY:
        with pytest.raises(ParameterError, match="for undirected graphs, got a directed one"):
            embed(graph, name, dim=8, seed=1)
        return
    with warnings.catch_warnings():
        # Some methods warn that there is nothing to learn from.
        warnings.simplefilter("ignore", GraphkitWarning)
        result = embed(fitting(name, graph), name, dim=8, seed=1)
    assert result.vectors.shape == (graph.num_nodes, 8)
    assert result.vectors.dtype == np.float32
    assert np.isfinite(result.vectors).all()
    assert result.node_ids.tolist() == graph.node_ids.tolist()


@EVERY
@pytest.mark.parametrize("other", ["edges.txt", nx.path_graph(3), [(0, 1)], None])
def test_what_is_no_graph_is_refused(name, other):
    taker = "read_graph" if isinstance(other, str) else "as_graph"
    with pytest.raises(ParameterError, match=rf"graph must be a graphkit\.Graph, got .*; gk\.{taker}\("):
        embed(other, name)


@pytest.mark.parametrize(
    "use",
    [random_walks, core_numbers, PersonalizedPageRank().top, lambda g: PersonalizedPageRank().vector(g, 0)],
)
def test_no_graph_is_refused_everywhere(use):
    with pytest.raises(ParameterError, match=r"graph must be a graphkit\.Graph, got list"):
        use([(0, 1)])


@EVERY
def test_parameters_as_scikit_learn_has_them(name):
    model = make_method(name, dim=4, seed=9)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(dim=5) is model
    assert model.dim == 5
    assert "dim=5" in repr(model)
    with pytest.raises(ParameterError, match="unknown parameter 'dims': did you mean 'dim'"):
        model.set_params(dims=3)


@EVERY
def test_more_columns_than_memory_are_refused_of_any_graph(name):
    graph = fitting(name, Graph.from_edges(**AWKWARD["empty"]))
    with pytest.raises(ParameterError, match=r"needs|dim"):
        make_method(name, dim=2**36).fit(graph)


@EVERY
def test_result_says_how_it_was_made(name):
    graph = fitting(name, random_graph(20, 60))
    info = embed(graph, name, dim=4, seed=3).info
    assert info["method"] == name
    assert info["params"]["seed"] == 3
    assert (info["num_nodes"], info["num_edges"]) == (graph.num_nodes, graph.num_edges)


@EVERY
def test_progress_reaches_its_end(name):
    calls = []
    embed(fitting(name, random_graph(20, 60)), name, dim=4, progress=lambda *call: calls.append(call))
    stage, done, total = calls[-1]
    assert done == total > 0
    assert isinstance(stage, str)


@EVERY
def test_seeds_reach_from_0_to_the_last(name):
    graph = fitting(name, random_graph(20, 60))
    first, last = embed(graph, name, dim=4, seed=0), embed(graph, name, dim=4, seed=2**64 - 1)
    assert np.isfinite(last.vectors).all()
    assert np.array_equal(first.vectors, last.vectors) == (name in DETERMINED)


@EVERY
def test_methods_are_embedders_and_know_their_name(name):
    method = find_method(name)
    assert issubclass(method, Embedder)
    assert method.name == name


def named(base):
    """The classes below a base that have a name, which bases have not."""
    for method in base.__subclasses__():
        yield from [method] if "name" in vars(method) else named(method)


def test_no_method_escapes_the_contract():
    for known in (METHODS, MAPS):
        for name in known:
            find_method(name, known)
    # Maps have commands and tests of their own; peers are other tools, to compare with.
    assert {method.name for method in named(Embedder)} == {*METHODS, *MAPS, *PEERS}


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(ParameterError, match="unknown method 'fastpr': did you mean 'fastrp'"):
        find_method("fastpr")
    with pytest.raises(ParameterError, match="unknown fastrp parameter 'dimension': here it is dim"):
        make_method("fastrp", dimension=3)
