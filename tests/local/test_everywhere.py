"""Diffusions over all nodes against dense solutions, and what push hands over to them."""

import math

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import local as reference

from graphkit import Graph, InputError, datasets, local_cluster
from graphkit.local import diffusions
from graphkit.local.diffusions import HeatKernelPush, PageRankPush
from graphkit.local.everywhere import arcs_to_push, heat_everywhere, pagerank_everywhere
from graphkit.local.label_weights import read_label_weights


def looped(num_nodes, num_edges, *, weighted, seed):
    """A random graph with self-loops, and nodes without edges."""
    plain = random_graph(num_nodes, num_edges, weighted=weighted, seed=seed)
    source, target, weights = plain.edge_rows()
    ends = np.append(source, np.arange(0, num_nodes, 9)), np.append(target, np.arange(0, num_nodes, 9))
    if weights is not None:
        weights = np.append(weights, np.linspace(0.5, 4, len(ends[0]) - len(source)))
    return Graph.from_edges(ends, weights=weights, num_nodes=num_nodes + 3)


def labels_of(graph):
    return np.random.default_rng(1).random(graph.num_nodes).round(1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize(("restart", "tolerance"), [(0.3, 1e-2), (0.1, 1e-5), (0.003, 1e-7), (0.9, 1e-300)])
def test_residuals_are_below_their_limit(weighted, labelled, restart, tolerance):
    graph = looped(200, 600, weighted=weighted, seed=5)
    labels = labels_of(graph) if labelled else None
    weights = reference.dense(graph, None if labels is None else labels.astype(np.float32), 0.2)
    strengths, scale = weights.sum(axis=1), 1 / (1 - restart)
    linked = graph.degree > 0
    start, begun = np.zeros(graph.num_nodes), np.zeros((3, graph.num_nodes))
    start[[3, 50]] = 0.25, 0.75
    begun[0, linked] = np.random.default_rng(2).random(linked.sum())
    begun[1] = start + weights @ begun[0] - scale * strengths * begun[0]
    given = read_label_weights(graph, labels, 0.2 if labelled else None)
    found = pagerank_everywhere(graph, given, (restart, tolerance), tuple(begun))
    pushed = found.strengths > 0
    np.testing.assert_allclose(found.strengths[pushed], strengths[pushed], rtol=1e-12)
    residual = start + weights @ found.values - scale * strengths * found.values
    np.testing.assert_allclose(residual, found.residual, atol=1e-12 * scale * strengths.max())
    assert (np.abs(found.residual) <= tolerance * graph.degree).all()
    scores = restart * (scale * strengths * found.values + found.residual)
    ranks = reference.pageranks(weights, [3, 50], restart)
    spread = (graph.degree[linked] / strengths[linked]).max()
    gaps = np.abs(scores - (ranks[0] + 3 * ranks[1]) / 4)
    # What the first residuals have by rounding stays in them.
    assert (gaps <= tolerance * spread * strengths + 1e-15 * scale * strengths.max()).all()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_heat_is_the_matrix_exponential(weighted, labelled):
    graph = looped(150, 400, weighted=weighted, seed=6)
    labels = labels_of(graph) if labelled else None
    weights = reference.dense(graph, None if labels is None else labels.astype(np.float32), 0.2)
    given = read_label_weights(graph, labels, 0.2 if labelled else None)
    for time in (0.7, 12.0):
        begun = np.zeros((3, graph.num_nodes))
        begun[1] = reference.start_of(weights, [4, 10, 19])
        found = heat_everywhere(graph, given, time, np.full(121, 1e-300), 0, tuple(begun))
        exact = reference.heat(weights, [4, 10, 19], time)
        np.testing.assert_allclose(math.exp(-time) * found.values, exact, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("arcs", [0, 30, 500, 2000])
def test_passes_go_on_where_push_was(weighted, labelled, arcs, monkeypatch):
    monkeypatch.setattr(diffusions, "arcs_to_push", lambda *_: float(arcs))
    graph = random_graph(300, 900, weighted=weighted, seed=3).largest_component()
    labels = labels_of(graph) if labelled else None
    weights = reference.dense(graph, None if labels is None else labels.astype(np.float32), 0.2)
    given, tolerance = read_label_weights(graph, labels, 0.2 if labelled else None), 1e-6
    seeds = np.array([1, 20])
    limit = tolerance * graph.degree.max() / weights.sum(axis=1).min() * weights.sum(axis=1)
    for diffusion, exact in (
        (PageRankPush(0.1, tolerance), reference.pagerank(weights, seeds, 0.1)),
        (HeatKernelPush(6.0, tolerance), reference.heat(weights, seeds, 6.0)),
    ):
        (found,) = diffusion.run(graph, given, seeds)
        assert found.slots is None
        assert 0 < found.num_touched <= graph.num_nodes
        assert found.arcs_read >= arcs
        scores = np.zeros(graph.num_nodes)
        scores[found.nodes[found.places]] = found.scores
        assert (np.abs(scores - exact) <= limit).all()


@pytest.mark.parametrize("method", ["pagerank", "heat-kernel"])
def test_the_cluster_is_that_of_push(method, monkeypatch):
    for name in ("karate_club", "les_miserables"):
        graph = datasets.load(name).graph
        found = []
        for last in (lambda *_: 0.0, lambda *_: math.inf):
            monkeypatch.setattr(diffusions, "arcs_to_push", last)
            found.append(local_cluster(graph, graph.node_ids[5], method=method, tolerance=1e-8))
        dense, pushed = found
        # Nodes of the same neighbours are ranked by rounding.
        assert sorted(dense) == sorted(pushed)
        np.testing.assert_allclose(dense.scores, pushed.scores, rtol=1e-5)
        assert (dense.cut, dense.volume, dense.num_parts) == (pushed.cut, pushed.volume, pushed.num_parts)


def test_when_passes_begin():
    assert arcs_to_push(900, 5000, 1e6) == 0
    assert arcs_to_push(900, 5000, 1e4) == 900
    assert arcs_to_push(10**5, 10**6, 1e12) == 10**5


def test_a_damaged_row_is_refused_here_too():
    graph = Graph(np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.int32))
    graph.unchecked_rows()[1].setflags(write=True)
    graph.unchecked_rows()[1][3] = 7
    with pytest.raises(InputError, match="row 2 is none of a graph"):
        local_cluster(graph, 0)
