"""Walks along a metapath against their exact law."""

import numpy as np
import pytest
from scipy import stats
from support.graphs import random_graph
from support.reference import walks_metapath as twin

from graphkit import (
    Graph,
    InputError,
    ParameterError,
    TypedGraph,
    UnknownNodeError,
    metapath_walks,
    random_walks,
)

SMALL = 1e-4


def typed(*, weighted=False, directed=False, num_nodes=14, num_edges=160, names="abc", seed=3):
    rng = np.random.default_rng(seed)
    edges, weights = rng.integers(0, num_nodes, (num_edges, 2)), rng.uniform(0.2, 4, num_edges)
    graph = Graph.from_edges(edges, weights if weighted else None, num_nodes=num_nodes, directed=directed)
    return TypedGraph(graph, [names[row % len(names)] for row in range(num_nodes)])


def check_steps(graph, metapath):
    walks = metapath_walks(graph, metapath=metapath, walk_length=11, walks_per_node=1500, seed=2)
    weights, cycle = graph.to_scipy().toarray().astype(float), len(metapath) - 1
    types = [graph.type_names[code] for code in graph.node_types]
    counts = {}
    offsets = np.array([twin.first_place(metapath, name) if name in metapath else -1 for name in types])
    for step in range(walks.shape[1] - 1):
        places = (offsets[walks[:, 0]] + step) % cycle
        keys = np.column_stack([walks[:, step], places, walks[:, step + 1]])[walks[:, step] >= 0]
        for key, count in zip(*np.unique(keys, axis=0, return_counts=True), strict=True):
            counts.setdefault((key[0], key[1]), {})[int(key[2])] = int(count)
    statistic = freedom = 0
    for (node, place), observed in counts.items():
        law = twin.next_law(weights, types, metapath, node, place)
        if law is None:
            assert set(observed) == {-1}
            continue
        total = sum(observed.values())
        assert all(x >= 0 and law[x] > 0 for x in observed)
        cells = [(law[x] * total, observed.get(x, 0)) for x in range(len(law)) if law[x] * total >= 5]
        statistic += sum((o - e) ** 2 / e for e, o in cells)
        freedom += max(0, len(cells) - 1)
    assert freedom > 3
    assert stats.chi2.sf(statistic, freedom) > SMALL


@pytest.mark.parametrize(
    "metapath", [["a", "b", "a"], ["a", "b", "c", "b", "a"], ["b", "b"], ["a", "b", "c", "a"]]
)
@pytest.mark.parametrize(("weighted", "directed"), [(False, True), (True, False)])
def test_steps_follow_the_law(metapath, weighted, directed):
    check_steps(typed(weighted=weighted, directed=directed), metapath)


def test_of_one_type_it_is_the_plain_walk():
    graph = random_graph(40, 150, weighted=True, seed=1)
    walks = metapath_walks(TypedGraph(graph, ["x"] * 40), walk_length=9, walks_per_node=4, seed=6)
    assert np.array_equal(walks, random_walks(graph, walk_length=9, walks_per_node=4, seed=6))


@pytest.mark.parametrize("weighted", [False, True])
def test_same_bits_on_any_number_of_threads(weighted):
    graph = typed(weighted=weighted, num_nodes=300, num_edges=2000)
    options = {"metapath": ["a", "b", "c", "b", "a"], "walk_length": 9, "walks_per_node": 9}
    one, *others = (metapath_walks(graph, num_threads=threads, **options) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other, one)
    assert not np.array_equal(metapath_walks(graph, seed=1, **options), one)


def test_starts_are_all_nodes_of_the_metapath():
    graph = typed()
    walks = metapath_walks(graph, metapath=["b", "c", "b"], walk_length=2, walks_per_node=2)
    rows = np.flatnonzero(graph.node_types > 0)
    assert walks[:, 0].tolist() == [*rows, *rows]
    assert metapath_walks(graph, metapath=["b", "c", "b"], starts=[4, 1], walks_per_node=1)[
        :, 0
    ].tolist() == [4, 1]
    with pytest.raises(ParameterError, match="starts: the type of the node 3 is not in the metapath"):
        metapath_walks(graph, metapath=["b", "c", "b"], starts=[3])
    with pytest.raises(UnknownNodeError):
        metapath_walks(graph, metapath=["b", "c", "b"], starts=[99])


def test_two_types_go_there_and_back():
    graph = Graph.from_edges([("user:1", "item:1"), ("user:2", "item:1"), ("user:1", "user:2")])
    walks = metapath_walks(graph, walk_length=6, walks_per_node=3)
    kinds = np.array([name.partition(":")[0] for name in graph.node_ids.tolist()])[walks]
    assert (kinds[:, :-1] != kinds[:, 1:]).all()


@pytest.mark.parametrize(
    ("metapath", "error", "message"),
    [
        (["a"], ParameterError, "metapath must be two types or more, the last the same as the first"),
        (
            ["a", "b"],
            ParameterError,
            "the last the same as the first, such as author,paper,author; got ['a', 'b']",
        ),
        ("aba", ParameterError, "metapath must be two types or more"),
        ([1, 1], ParameterError, "metapath must be two types or more"),
        (None, ParameterError, "metapath must be given for nodes of 3 types; there are: a, b, c"),
        (["a", "x", "a"], InputError, "metapath names the type 'x', which no node has; there are: a, b, c"),
        (["a", "c", "a"], InputError, "no edge leads from a node of type 'a' to one of type 'c'"),
    ],
)
def test_what_is_refused(metapath, error, message):
    graph = TypedGraph(Graph.from_edges([(0, 1), (1, 2)]), ["a", "b", "c"])
    with pytest.raises(error) as raised:
        metapath_walks(graph, metapath=metapath)
    assert message in str(raised.value)


def test_nodes_without_types():
    with pytest.raises(ParameterError, match="nodes have no types, and ids such as 0 do not begin with one"):
        metapath_walks(Graph.from_edges([(0, 1)]), metapath=["a", "a"])
    with pytest.raises(ParameterError, match="ids such as b do not begin with one"):
        metapath_walks(Graph.from_edges([("a:1", "b")]), metapath=["a", "a"])
