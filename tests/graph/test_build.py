"""Building a graph, against dictionaries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reference.build import arcs_of

from graphkit.errors import InputError, ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import Graph


def arcs_in(graph):
    """{(source row, target row): weight} of a graph, after checking that rows are sorted."""
    arcs = {}
    for row in range(graph.num_nodes):
        places = range(graph.indptr[row], graph.indptr[row + 1])
        indices = [int(graph.indices[place]) for place in places]
        assert indices == sorted(set(indices))
        weights = [None if graph.weights is None else float(graph.weights[place]) for place in places]
        arcs |= {(row, index): weight for index, weight in zip(indices, weights, strict=True)}
    return arcs


def build(edges, weights, num_nodes, **options):
    columns = np.array(edges, np.int32).reshape(-1, 2).T
    values = None if weights is None else np.array(weights, np.float32)
    return build_graph(columns[0].copy(), columns[1].copy(), values, node_ids=np.arange(num_nodes), **options)


edge_lists = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40)


@settings(max_examples=300, deadline=None)
@given(
    edges=edge_lists,
    weighted=st.booleans(),
    directed=st.booleans(),
    duplicates=st.sampled_from([None, "sum", "max", "first"]),
    self_loops=st.sampled_from(["keep", "drop"]),
    mirrored=st.booleans(),
    data=st.data(),
)
def test_equals_dictionaries(edges, weighted, directed, duplicates, self_loops, mirrored, data):
    # Powers of two and few of them: sums are exact in float32.
    weights = [data.draw(st.sampled_from([0.5, 1.0, 2.0])) for _ in edges] if weighted else None
    if mirrored:
        edges = edges + [(v, u) for u, v in edges]
        weights = None if weights is None else weights * 2
    options = {"directed": directed, "duplicates": duplicates, "self_loops": self_loops}
    graph, report = build(edges, weights, 8, **options)
    wanted = arcs_of(edges, weights, **options)
    assert arcs_in(graph) == wanted
    assert report.num_rows == len(edges)
    assert report.num_self_loops == sum(u == v for u, v in edges)
    both = report.both_directions
    stored = len(wanted) if directed or both else len({frozenset(arc) for arc in wanted})
    kept = len(edges) - (report.num_self_loops if self_loops == "drop" else 0)
    assert report.num_merged == kept - stored


def test_a_list_with_both_directions_is_not_doubled():
    graph, report = build([(0, 1), (1, 2), (1, 0), (2, 1)], [3.0, 5.0, 3.0, 5.0], 3)
    assert report.both_directions
    assert report.num_merged == 0
    assert arcs_in(graph) == {(0, 1): 3, (1, 0): 3, (1, 2): 5, (2, 1): 5}


def test_opposite_rows_of_other_weights_are_summed():
    graph, report = build([(0, 1), (1, 0)], [3.0, 4.0], 2)
    assert not report.both_directions
    assert arcs_in(graph) == {(0, 1): 7, (1, 0): 7}


def test_an_edge_named_more_often_in_one_direction_is_summed():
    graph, report = build([(0, 1), (1, 0), (1, 0)], [2.0, 1.0, 1.0], 2)
    assert not report.both_directions
    assert report.num_merged == 2
    assert arcs_in(graph) == {(0, 1): 4, (1, 0): 4}


def test_repetitions_of_an_unweighted_edge():
    edges = [(0, 1), (1, 0), (0, 1), (1, 2)]
    assert not build(edges, None, 3)[0].is_weighted
    assert arcs_in(build(edges, None, 3, duplicates="sum")[0])[0, 1] == 3
    assert arcs_in(build([(0, 1)], None, 2, duplicates="sum")[0]) == {(0, 1): 1, (1, 0): 1}


def test_a_large_row_is_sorted_with_its_weights():
    rng = np.random.default_rng(0)
    leaves = rng.permutation(50_000) + 1
    graph, _ = build([(0, leaf) for leaf in leaves], leaves, 50_001, directed=True)
    assert np.array_equal(graph.indices, np.arange(1, 50_001))
    assert np.array_equal(graph.weights, np.arange(1, 50_001))


def test_repeated_edge_can_be_an_error():
    with pytest.raises(InputError, match=r"the edge between 1 and 2 is given more than once"):
        build([(0, 1), (1, 2), (2, 1)], None, 3, duplicates="error")
    build([(0, 1), (1, 0)], None, 3, duplicates="error", directed=True)
    build([(0, 1), (1, 0)], [2.0, 2.0], 3, duplicates="error")


def test_unknown_choices():
    with pytest.raises(ParameterError, match="unknown duplicates 'summ': did you mean 'sum'"):
        build([], None, 0, duplicates="summ")
    with pytest.raises(ParameterError, match="unknown self_loops 'dropp': did you mean 'drop'"):
        build([], None, 0, self_loops="dropp")


def test_same_arrays_on_any_number_of_threads(monkeypatch):
    rng = np.random.default_rng(1)
    edges, weights = rng.integers(0, 500, (20_000, 2)), rng.uniform(0.1, 2, 20_000)
    graphs = []
    for threads in (1, 2, 7):
        monkeypatch.setenv("GRAPHKIT_NUM_THREADS", str(threads))
        graphs.append(Graph.from_edges(edges, weights))
    for other in graphs[1:]:
        assert np.array_equal(graphs[0].indices, other.indices)
        assert np.array_equal(graphs[0].weights, other.weights)
