"""Graphs with types of nodes or times of edges: what they hold, on disk too, and refuse."""

import numpy as np
import pytest

from graphkit import DeepWalk, Graph, InputError, TemporalGraph, TypedGraph
from graphkit.graph.digest import graph_digest

EVENTS = [("b", "a"), ("a", "c"), ("b", "a"), ("c", "c"), ("c", "a")]
TIMES = [5, 1, 2, 2, 1]


def arcs(graph):
    rows = np.repeat(graph.node_ids, np.diff(graph.timed_indptr)).tolist()
    return list(zip(rows, graph.node_ids[graph.timed_indices].tolist(), graph.times.tolist(), strict=True))


def test_arcs_are_in_the_order_of_time():
    graph = TemporalGraph.from_events(EVENTS, TIMES, node_ids=["a", "b", "c"])
    assert arcs(graph) == [
        ("a", "c", 1),
        ("a", "c", 1),
        ("a", "b", 2),
        ("a", "b", 5),
        ("b", "a", 2),
        ("b", "a", 5),
        ("c", "a", 1),
        ("c", "a", 1),
        ("c", "c", 2),
    ]
    assert repr(graph) == "TemporalGraph(3 nodes, 3 edges, undirected, unweighted, 5 times from 1 to 5)"
    one_way = TemporalGraph.from_events(EVENTS, TIMES, node_ids=["a", "b", "c"], directed=True)
    assert arcs(one_way) == [("a", "c", 1), ("b", "a", 2), ("b", "a", 5), ("c", "a", 1), ("c", "c", 2)]


def test_without_times_it_is_a_graph_as_any():
    graph = TemporalGraph.from_events(EVENTS, TIMES)
    plain = Graph.from_edges(EVENTS)
    assert graph_digest(plain) != graph_digest(graph)
    assert np.array_equal(graph.indices, plain.indices)
    options = {"dim": 4, "walks_per_node": 2, "walk_length": 5, "window": 2}
    assert np.array_equal(DeepWalk(**options).fit_transform(graph), DeepWalk(**options).fit_transform(plain))


def test_dates_become_microseconds():
    dates = np.array(["1970-01-01T00:00:01", "1970-01-02"], "datetime64[s]")
    assert TemporalGraph.from_events([(0, 1), (1, 2)], dates, directed=True).times.tolist() == [
        10**6,
        86400 * 10**6,
    ]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([1.0, np.nan], "edge 1: the time is missing or infinite, got nan; leave such edges out"),
        ([np.inf, np.inf], r"edge 0: .* got inf; leave such edges out \(2 of them\)"),
        (
            np.array(["2020-01-01", "NaT"], "datetime64[D]"),
            "edge 1: the time is missing or infinite, got NaT",
        ),
        ([1], "times must be 2 numbers or datetime64, one an edge; got int64"),
        (["2020-01-01", "2020-01-02"], "read_temporal_graph reads dates as text"),
        ([True, False], "times must be 2 numbers or datetime64, one an edge; got bool"),
        ([0, 2**63 - 1], "times must lie in"),
    ],
)
def test_times_that_are_none(times, message):
    with pytest.raises(InputError, match=message):
        TemporalGraph.from_events([(0, 1), (1, 2)], times)


def test_types_that_are_none():
    graph = Graph.from_edges([(7, 8)])
    for types, message in (
        (["a"], "types must be one for each of 2 nodes, got"),
        (["a", ""], "the node 8 has no type; give one to each node"),
        ([1.5, 2.5], "types must be strings or whole numbers, got float64"),
        (["a", None], "types must be strings or whole numbers, got None"),
    ):
        with pytest.raises(InputError, match=message):
            TypedGraph(graph, types)
    assert TypedGraph(graph, [3, 1]).type_names == ["1", "3"]


def test_folders_keep_times_and_types(tmp_path):
    timed = TemporalGraph.from_events(EVENTS, TIMES)
    typed = TypedGraph(Graph.from_edges(EVENTS), ["x", "ö", "x"])
    for name, graph in (("timed", timed), ("typed", typed)):
        graph.save(tmp_path / name)
        opened = Graph.open(tmp_path / name, verify=True)
        assert type(opened) is type(graph)
        assert graph_digest(opened) == graph_digest(graph)
        assert repr(opened) == repr(graph)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("timed_indices", lambda array: array + 100),
        ("timed_indptr", lambda array: array[::-1].copy()),
        ("times", lambda array: array[::-1].copy()),
        ("times", lambda array: array[1:]),
        ("times", lambda array: array.astype(np.float32)),
    ],
)
def test_damaged_times_are_not_walked(tmp_path, name, change):
    graph = TemporalGraph.from_events(EVENTS, TIMES)
    parts = graph.more_arrays() | {name: change(graph.more_arrays()[name])}
    with pytest.raises(InputError, match="the timed arcs are no rows of this graph in the order of time"):
        TemporalGraph(Graph.from_edges(EVENTS), *parts.values())
