"""Reconstruction against dicts of fractions."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference.reconstruction import expand

import graphkit.sgns.reconstruction
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.sgns.reconstruction import expand_low_degrees


def rows_of(matrix):
    """A dict of dicts from a CSR matrix."""
    parts = [np.split(array, matrix.indptr[1:-1]) for array in (matrix.indices, matrix.data)]
    return {i: dict(zip(j.tolist(), w.tolist())) for i, (j, w) in enumerate(zip(*parts))}


def check(graph, threshold, depth):
    """Kept arcs have the twin's weights, and no arc that was dropped is heavier."""
    found = expand_low_degrees(graph, threshold=threshold, depth=depth)
    assert found.shape == (graph.num_nodes,) * 2
    assert found.dtype == np.float32
    assert found.has_sorted_indices
    arcs = rows_of(graph.to_scipy()) if graph.num_nodes else {}
    wanted = expand(arcs, threshold, depth)
    for i, row in rows_of(found).items() if graph.num_nodes else ():
        count = len(arcs[i]) if len(arcs[i]) > threshold else min(threshold, len(wanted[i]))
        assert len(row) == count
        heaviest = sorted(map(float, wanted[i].values()), reverse=True)[:count]
        np.testing.assert_allclose(sorted(row.values(), reverse=True), heaviest, rtol=1e-6)
        np.testing.assert_allclose(list(row.values()), [float(wanted[i][j]) for j in row], rtol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("threshold", [1, 2, 5, 10**6])
def test_equals_the_twin(weighted, directed, depth, threshold):
    graph = random_graph(30, 90, weighted=weighted, directed=directed, seed=depth)
    assert 0 in graph.degree
    assert (graph.degree > 5).any()
    check(graph, threshold, depth)


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(arguments):
    check(Graph.from_edges(**arguments), 3, 2)


@pytest.mark.parametrize("at_once", [1, 50])
def test_blocks_do_not_matter(at_once, monkeypatch):
    graph = random_graph(60, 150, weighted=True, seed=1)
    wanted = expand_low_degrees(graph, threshold=6).toarray()
    monkeypatch.setattr(graphkit.sgns.reconstruction, "_ENTRIES_PER_BLOCK", at_once)
    assert np.array_equal(expand_low_degrees(graph, threshold=6).toarray(), wanted)


def test_of_equal_arcs_those_of_lower_columns_stay():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 9)])
    # From a leaf: the hub weighs 1, each leaf, itself too, 1/8, and the loop 1/5 more.
    row = expand_low_degrees(star, threshold=4).toarray()[8]
    assert row.tolist() == pytest.approx([1, 0.125, 0.125, 0, 0, 0, 0, 0, 0.325])


def test_nodes_of_many_arcs_keep_theirs():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 9)])
    assert expand_low_degrees(star, threshold=7).toarray()[0].tolist() == [0, *[1] * 8]
    assert expand_low_degrees(star, threshold=8).toarray()[0, 0] > 0


@pytest.mark.parametrize(("name", "bounds"), [("threshold", ">= 1"), ("depth", "from 1 to 100")])
def test_bad_parameters(name, bounds):
    options = {"threshold": 3, "depth": 2, name: 0}
    with pytest.raises(ParameterError, match=f"{name} must be a whole number {bounds}, got 0"):
        expand_low_degrees(random_graph(5, 9), **options)
