"""split_edges: nothing leaks, components stay, negatives have the distribution they are named after."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from support.graphs import AWKWARD, random_graph

from graphkit.errors import GraphkitError, InputError, ParameterError
from graphkit.evaluation import EdgeSplit, negatives, split_edges
from graphkit.evaluation.forest import outside_random_forest
from graphkit.evaluation.leaks import check_split
from graphkit.graph.graph import Graph

KINDS = ["uniform", "degree", "two-hop"]


@st.composite
def graphs(draw):
    num_nodes = draw(st.integers(2, 14))
    node = st.integers(0, num_nodes - 1)
    edges = draw(st.lists(st.tuples(node, node), min_size=2, max_size=30))
    weights = [1.0 + place for place in range(len(edges))] if draw(st.booleans()) else None
    return Graph.from_edges(
        edges, weights, num_nodes=num_nodes, directed=draw(st.booleans()), duplicates="max"
    )


def pairs(array, directed):
    return [tuple(pair) if directed else tuple(sorted(pair)) for pair in array.tolist()]


def edge_weights(graph):
    source, target, weights = graph.edge_rows()
    values = np.ones(len(source)) if weights is None else weights
    return {(u, v): w for u, v, w in zip(source.tolist(), target.tolist(), values.tolist(), strict=True)}


def components(graph):
    return {frozenset(part) for part in nx.connected_components(nx.Graph(graph.to_networkx()))}


def check(graph, split, kept_connected=True):
    """Every promise of EdgeSplit, by sets of tuples."""
    directed = graph.directed
    whole, left = edge_weights(graph), edge_weights(split.train_graph)
    test, train = pairs(split.test_edges, directed), pairs(split.train_edges, directed)
    loops = {(u, v) for u, v in whole if u == v}
    assert len(set(test) | set(train)) == len(test) + len(train)
    assert set(test) | set(train) == set(whole) - loops
    assert left == {edge: weight for edge, weight in whole.items() if edge not in set(test)}
    assert split.train_graph.node_ids.tolist() == graph.node_ids.tolist()
    assert split.train_graph.directed == directed
    drawn = pairs(split.train_negatives, directed) + pairs(split.test_negatives, directed)
    assert len(set(drawn)) == len(drawn)
    assert not set(drawn) & set(whole)
    assert all(u != v for u, v in drawn)
    if kept_connected:
        assert components(split.train_graph) == components(graph)
    for part in (split.train_edges, split.test_edges, split.train_negatives, split.test_negatives):
        assert part.dtype == np.int32
        if not directed:
            assert (part[:, 0] < part[:, 1]).all()


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    graphs(),
    st.floats(0.05, 0.7),
    st.sampled_from([*KINDS, "reversed"]),
    st.integers(1, 2),
    st.booleans(),
    st.integers(0, 99),
)
def test_no_small_graph_leaks(graph, ratio, kind, per_edge, keep, seed):
    try:
        split = split_edges(
            graph,
            ratio,
            negatives=kind,
            negatives_per_edge=per_edge,
            keep_connected=keep,
            seed=seed,
        )
    except GraphkitError:
        return
    check(graph, split, keep)
    if kind != "reversed":
        assert len(split.test_negatives) == per_edge * len(split.test_edges)
        assert len(split.train_negatives) == per_edge * len(split.train_edges)
    if len(split.test_negatives) and len(split.train_negatives):
        check_split(split)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("listed", [True, False])
def test_larger_graphs(monkeypatch, directed, kind, listed):
    if not listed:
        monkeypatch.setattr(negatives, "_LISTED_PAIRS", 0)
    graph = random_graph(600, 2000, directed=directed, weighted=True)
    split = split_edges(graph, 0.3, negatives=kind, seed=3)
    check(graph, split)
    assert len(split.test_edges) == round(0.3 * (len(split.test_edges) + len(split.train_edges)))
    other = split_edges(graph, 0.3, negatives="uniform", negatives_per_edge=2, seed=3)
    np.testing.assert_array_equal(split.test_edges, other.test_edges)
    assert (split_edges(graph, 0.3, negatives=kind, seed=4).test_edges != split.test_edges).any()
    again = split_edges(graph, 0.3, negatives=kind, seed=3)
    np.testing.assert_array_equal(split.test_negatives, again.test_negatives)


# Of one edge nothing can be taken; of a forest nothing, if it is to stay connected.
FEWER_THAN_TWO_EDGES = {
    *("empty", "one node", "no edges", "one self-loop", "self-loop and edge"),
    *("one edge", "repeated edge", "isolated nodes"),
}


# Two edges on three nodes leave one pair without an edge, and two are needed.
FULL = {"tiny weights", "huge weights", "large ids"}


@pytest.mark.parametrize("keep_connected", [True, False])
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs_are_split_or_refused(name, keep_connected):
    graph = Graph.from_edges(**AWKWARD[name])
    if name in FEWER_THAN_TWO_EDGES:
        with pytest.raises(GraphkitError, match="leaves no edge to test on"):
            split_edges(graph, 0.4, keep_connected=keep_connected)
    elif keep_connected and name != "directed cycle":
        with pytest.raises(GraphkitError, match="no edge can be held out"):
            split_edges(graph, 0.4)
    elif name in FULL:
        with pytest.raises(GraphkitError, match="2 pairs without an edge are needed, 1 were found"):
            split_edges(graph, 0.4, keep_connected=False)
    else:
        split = split_edges(graph, 0.4, keep_connected=keep_connected)
        check(graph, split, kept_connected=keep_connected)


def test_the_highest_ratio_that_the_message_names_is_possible():
    graph = random_graph(100, 400)
    with pytest.raises(ParameterError, match=r"test_ratio must be <= 0\.\d{4} to keep") as caught:
        split_edges(graph, 0.95)
    highest = float(str(caught.value).split("<= ")[1].split(" ")[0])
    split = split_edges(graph, highest - 1e-4)
    check(graph, split)
    check(graph, split_edges(graph, 0.95, keep_connected=False), kept_connected=False)


@pytest.mark.parametrize("directed", [False, True])
def test_a_forest_spans_each_component_and_no_edge_more(directed):
    graph = random_graph(200, 250, directed=directed)
    source, target, _ = graph.edge_rows()
    proper = source != target
    source, target = source[proper], target[proper]
    outside = outside_random_forest(source, target, 200, np.random.default_rng(0))
    forest = nx.Graph(zip(source[~outside].tolist(), target[~outside].tolist(), strict=True))
    assert nx.is_forest(forest)
    assert np.count_nonzero(~outside) == 200 - len(components(graph))


def test_each_edge_of_a_cycle_is_tested_alike():
    graph = Graph.from_edges([(node, (node + 1) % 6) for node in range(6)])
    tested = Counter(pairs(split_edges(graph, 0.17, seed=seed).test_edges, False)[0] for seed in range(1200))
    assert len(tested) == 6
    assert chisquare(list(tested.values())).pvalue > 1e-3


def degree_weight(graph, u, v):
    return graph.degree[u] * graph.in_degree[v]


def two_hop_weight(graph, u, v):
    arcs = graph.to_scipy().toarray() > 0
    return sum(1 / arcs[middle].sum() for middle in np.flatnonzero(arcs[u] & arcs[:, v]))


WEIGHT = {"uniform": lambda *_: 1.0, "degree": degree_weight, "two-hop": two_hop_weight}


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("listed", [True, False])
def test_negatives_have_their_distribution(monkeypatch, directed, kind, listed):
    if not listed:
        monkeypatch.setattr(negatives, "_LISTED_PAIRS", 0)
    graph = Graph.from_edges(
        [(0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (4, 5), (6, 4), (5, 3), (1, 1)],
        num_nodes=8,
        directed=directed,
    )
    n = graph.num_nodes
    free = [
        (u, v)
        for u in range(n)
        for v in range(n)
        if u != v and (directed or u < v) and not graph.has_edges(np.array([u]), np.array([v]))[0]
    ]
    weights = np.array([WEIGHT[kind](graph, u, v) for u, v in free], float)
    rng = np.random.default_rng(7)
    drawn = Counter(
        tuple(negatives.draw_non_edges(graph, kind, 1, rng)[0].tolist())
        for _ in range(3000 if listed else 1500)
    )
    assert set(drawn) <= {pair for pair, weight in zip(free, weights, strict=True) if weight > 0}
    observed = np.array([drawn[pair] for pair in free])[weights > 0]
    expected = weights[weights > 0] / weights.sum() * observed.sum()
    assert chisquare(observed, expected).pvalue > 1e-3


def test_reversed_negatives():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 1), (2, 3), (3, 0), (0, 2)], directed=True)
    split = split_edges(graph, 0.34, negatives="reversed", seed=1)
    arcs = set(edge_weights(graph))
    for edges, drawn in (
        (split.test_edges, split.test_negatives),
        (split.train_edges, split.train_negatives),
    ):
        expected = [(v, u) for u, v in pairs(edges, True) if (v, u) not in arcs]
        assert pairs(drawn, True) == expected


PATH = {"edges": [(0, 1), (1, 2), (2, 3), (3, 4)]}
COMPLETE = {"edges": [(u, v) for u in range(6) for v in range(u)]}
REFUSED = {
    "ratio 0": (PATH, {"test_ratio": 0}, ParameterError, r"test_ratio must lie in \(0, 1\), got 0"),
    "ratio 1": (PATH, {"test_ratio": 1}, ParameterError, "got 1"),
    "tree": (PATH, {"test_ratio": 0.25}, ParameterError, "no edge can be held out: without any of the 4 "),
    "complete": (
        COMPLETE,
        {"test_ratio": 0.2},
        InputError,
        "15 pairs without an edge are needed, 0 were found",
    ),
    "too few": (
        PATH,
        {"keep_connected": False, "negatives_per_edge": 2},
        InputError,
        "8 pairs .* 6 were found",
    ),
    "cliques": (COMPLETE, {"test_ratio": 0.2, "negatives": "two-hop"}, InputError, "negatives='two-hop': 15"),
    "no edges": ({"edges": [], "num_nodes": 3}, {}, InputError, "of 0 edges leaves no edge to test on"),
    "only loops": ({"edges": [(0, 0), (1, 1)]}, {}, InputError, "of 0 edges"),
    "none to test": (
        PATH,
        {"test_ratio": 0.1},
        InputError,
        "test_ratio=0.1 of 4 edges leaves no edge to test on",
    ),
    "none to train": (PATH, {"test_ratio": 0.9}, InputError, "leaves no edge to train on"),
    "kind": (PATH, {"negatives": "twohop"}, ParameterError, "did you mean 'two-hop'"),
    "number": (
        PATH,
        {"negatives_per_edge": 0},
        ParameterError,
        "negatives_per_edge must be a whole number >= 1",
    ),
    "seed": (PATH, {"seed": -1}, ParameterError, "seed must lie"),
    "reversed": (PATH, {"negatives": "reversed"}, ParameterError, "needs a directed graph"),
    "reversed twice": (
        {**PATH, "directed": True},
        {"negatives": "reversed", "negatives_per_edge": 2},
        ParameterError,
        "negatives_per_edge must be 1",
    ),
    "all mutual": (
        {"edges": [(u, v) for u in range(3) for v in range(3) if u != v], "directed": True},
        {"negatives": "reversed", "test_ratio": 0.2},
        InputError,
        "each arc has its reverse",
    ),
}


@pytest.mark.parametrize(("graph", "given", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(graph, given, error, message):
    with pytest.raises(error, match=message):
        split_edges(Graph.from_edges(**graph), **given)


def test_statement():
    split = split_edges(random_graph(100, 400), 0.2, seed=4)
    assert f"{len(split.test_edges)} test edges" in split.statement
    assert "negatives uniform, seed 4" in split.statement
    assert "kept connected" in split.statement
    own = EdgeSplit(*(getattr(split, name) for name in list(split.__dataclass_fields__)[:5]))
    assert own.statement.endswith("to go with them.")
    assert "Training graph: Graph(100 nodes" in str(own)
