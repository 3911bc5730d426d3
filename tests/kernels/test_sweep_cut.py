"""Cuts and energies of an order's first nodes against dense float64; pieces against networkx."""

import networkx as nx
import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.local import conductances, dense

from graphkit.kernels.cpu.sweep_cut import find_pieces, row_strengths, sweep_sets
from graphkit.kernels.cpu.touched_nodes import make_space, touch


def labels_of(marks, low):
    marked = np.flatnonzero(marks)
    return marked, marks[marked], low


def swept(graph, labels, order, heights):
    """Cuts of the first nodes, and the energy of all; some places are of nodes outside the order."""
    space, places = make_space(graph.num_nodes), {}
    others = np.setdiff1d(np.arange(graph.num_nodes), order)[::2]
    for node in [*others.tolist(), *order.tolist()]:
        places[node], _ = touch(labels, 0.0, 0.0, *space[:3], len(places), node)
    ordered = np.array([places[node] for node in order.tolist()])
    ranks = np.full(graph.num_nodes, -1, np.int32)
    ranks[ordered] = np.arange(len(order))
    cuts, energies = np.full((2, len(order)), np.nan)
    arrays = graph.indptr, graph.indices, graph.weights
    sweep_sets(*arrays, labels, *space[:2], ordered, ranks, heights, cuts, energies)
    return cuts, energies[-1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_cuts_and_energies(weighted, labelled):
    graph, rng = random_graph(40, 200, weighted=weighted, seed=7), np.random.default_rng(2)
    marks = rng.random(40).astype(np.float32) * labelled
    labels, weights = labels_of(marks, 0.3), dense(graph, marks, 0.3)
    order, heights = rng.permutation(40)[:25].astype(np.int32), np.sort(rng.random(25))[::-1].copy()
    strengths = np.full(25, np.nan)
    assert row_strengths(graph.indptr, graph.indices, graph.weights, labels, order, strengths) == -1
    np.testing.assert_allclose(strengths, weights[order].sum(axis=1), rtol=1e-6)
    cuts, energy = swept(graph, labels, order, heights)
    np.testing.assert_allclose(cuts, [cut for cut, *_ in conductances(weights, order)], rtol=1e-6, atol=1e-5)
    of_node = np.zeros(40)
    of_node[order] = heights
    wanted = np.triu(weights * (of_node[:, None] - of_node[None, :]) ** 2).sum()
    assert energy == pytest.approx(wanted, rel=1e-6)


def test_a_row_that_is_none_of_a_graph_is_named():
    indptr, indices = np.array([0, 1, 2]), np.array([1, 5], np.int32)
    strengths = np.zeros(2)
    labels = labels_of(np.zeros(2, np.float32), 1.0)
    assert row_strengths(indptr, indices, None, labels, np.array([0, 1]), strengths) == 1


@pytest.mark.parametrize("num_rows", [1, 2, 30, 100])
def test_pieces_are_networkx_components(num_rows):
    graph = random_graph(100, 110, seed=9)
    rows = np.random.default_rng(num_rows).permutation(100)[:num_rows].astype(np.int32)
    order, pieces = np.argsort(rows), np.full(num_rows, -1, np.int32)
    find_pieces(graph.indptr, graph.indices, rows, rows[order], order, pieces, np.empty(num_rows, np.int64))
    induced = nx.from_scipy_sparse_array(graph.to_scipy()).subgraph(rows.tolist())
    components = list(nx.connected_components(induced))
    numbers = {node: number for number, component in enumerate(components) for node in component}
    first = dict.fromkeys(numbers[row] for row in rows.tolist())
    renumbered = {number: place for place, number in enumerate(first)}
    assert pieces.tolist() == [renumbered[numbers[row]] for row in rows.tolist()]
