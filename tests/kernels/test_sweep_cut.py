"""Cuts and energies of an order's first nodes against dense float64; pieces against networkx."""

import networkx as nx
import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.local import conductances, dense

from graphkit.kernels.cpu.sweep_cut import best_set, find_pieces, row_strengths, settle_ties, sweep_sets
from graphkit.kernels.cpu.touched_nodes import make_space, touch


def labels_of(marks, low):
    marked = np.flatnonzero(marks)
    return marked, marks[marked], low


def arrays_of(graph, labels, order, *, whole):
    """Slots and nodes, the places of an order, and room for ranks; `whole`: each node is its place."""
    if whole:
        nodes = np.arange(graph.num_nodes, dtype=np.int32)
        return None, nodes, order.astype(np.int64), np.full(graph.num_nodes, -9, np.int32)
    space, places = make_space(graph.num_nodes), {}
    # Some places are of nodes outside the order.
    others = np.setdiff1d(np.arange(graph.num_nodes), order)[::2]
    for node in [*others.tolist(), *order.tolist()]:
        places[node], _ = touch(labels, 0.0, 0.0, *space[:3], len(places), node)
    ordered = np.array([places[node] for node in order.tolist()])
    return *space[:2], ordered, np.full(len(places), -9, np.int32)


def swept(graph, labels, order, heights, *, whole):
    """Cuts of the first nodes, the energy of all, and the arrays that pieces are found by."""
    cuts, arrays = np.full(len(order), np.nan), arrays_of(graph, labels, order, whole=whole)
    edges, heads = (graph.indptr, graph.indices, graph.weights), np.full(len(order), -9)
    energy = sweep_sets(*edges, labels, *arrays, np.append(heights, 0.0), cuts, heads)
    before = [set(order[:rank].tolist()) for rank in range(len(order))]
    met = [
        before[rank].isdisjoint(graph.neighbors(node).tolist()) for rank, node in enumerate(order.tolist())
    ]
    assert heads.tolist() == np.cumsum(met).tolist()
    return cuts, energy, arrays


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_cuts_and_energies(weighted, labelled, whole):
    graph, rng = random_graph(40, 200, weighted=weighted, seed=7), np.random.default_rng(2)
    marks = rng.random(40).astype(np.float32) * labelled
    labels, weights = labels_of(marks, 0.3), dense(graph, marks, 0.3)
    order, heights = rng.permutation(40)[:25].astype(np.int32), np.sort(rng.random(25))[::-1].copy()
    strengths = np.full(25, np.nan)
    assert row_strengths(graph.indptr, graph.indices, graph.weights, labels, order, strengths) == -1
    np.testing.assert_allclose(strengths, weights[order].sum(axis=1), rtol=1e-6)
    cuts, energy, _ = swept(graph, labels, order, heights, whole=whole)
    np.testing.assert_allclose(cuts, [cut for cut, *_ in conductances(weights, order)], rtol=1e-6, atol=1e-5)
    of_node = np.zeros(40)
    of_node[order] = heights
    wanted = np.triu(weights * (of_node[:, None] - of_node[None, :]) ** 2).sum()
    assert energy == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_the_best_set_is_that_of_all(weighted, labelled):
    graph, rng = random_graph(40, 60, weighted=weighted, seed=3), np.random.default_rng(4)
    marks = (rng.random(40) < 0.5).astype(np.float32) * labelled
    labels, weights = labels_of(marks, 0.1), dense(graph, marks, 0.1)
    # Some heights are equal, and a few nodes have none.
    members = rng.permutation(40)[:34].astype(np.int32)
    heights = np.round(rng.random(34), 1) + 0.05
    plain = dense(graph)
    order, arrays = np.argsort(-heights), (graph.indptr, graph.indices, graph.weights, labels)
    nodes = np.arange(40, dtype=np.int32)
    found, best, lowest, volume, cut, bound, is_whole = best_set(
        *arrays,
        None,
        nodes,
        members.astype(np.int64),
        members,
        order,
        heights,
        weights.sum(axis=1)[members],
        plain.sum(axis=1)[members],
        plain.sum(),
    )
    ranked = np.lexsort((members, -heights))
    assert [part.tolist() for part in found[:3]] == [
        members[ranked].tolist(),
        members[ranked].tolist(),
        heights[ranked].tolist(),
    ]
    sets = conductances(weights, members[ranked])
    volumes = np.array([volume for _, volume, _ in conductances(plain, members[ranked])])
    if labelled:
        ratios = np.array([cut / own for cut, own, _ in sets])
        ratios[volumes > plain.sum() / 2] = np.inf
    else:
        ratios = np.array([ratio for *_, ratio in sets])
    assert lowest == pytest.approx(ratios.min(), rel=1e-6)
    assert ratios[best] == pytest.approx(ratios.min(), rel=1e-6)
    assert (volume, cut) == (pytest.approx(volumes[best]), pytest.approx(sets[best][0]))
    assert lowest <= bound <= 1
    induced = nx.from_numpy_array(weights > 0).subgraph(members[ranked][: best + 1].tolist())
    assert not is_whole or nx.is_connected(induced)


def test_a_row_that_is_none_of_a_graph_is_named():
    indptr, indices = np.array([0, 1, 2]), np.array([1, 5], np.int32)
    strengths = np.zeros(2)
    labels = labels_of(np.zeros(2, np.float32), 1.0)
    assert row_strengths(indptr, indices, None, labels, np.array([0, 1]), strengths) == 1


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("num_rows", [1, 2, 30, 100])
def test_pieces_are_networkx_components(num_rows, whole):
    graph, labels = random_graph(100, 110, seed=9), labels_of(np.zeros(100, np.float32), 1.0)
    order = np.random.default_rng(num_rows).permutation(100)[: num_rows + 20].astype(np.int32)
    *_, (slots, nodes, places, ranks) = swept(graph, labels, order, np.zeros(len(order)), whole=whole)
    rows, pieces = order[:num_rows], np.full(num_rows, -1, np.int32)
    find_pieces(
        graph.indptr,
        graph.indices,
        slots,
        nodes,
        places[:num_rows],
        ranks,
        pieces,
        np.empty(num_rows, np.int64),
    )
    induced = nx.from_scipy_sparse_array(graph.to_scipy()).subgraph(rows.tolist())
    components = list(nx.connected_components(induced))
    numbers = {node: number for number, component in enumerate(components) for node in component}
    first = dict.fromkeys(numbers[row] for row in rows.tolist())
    renumbered = {number: place for place, number in enumerate(first)}
    assert pieces.tolist() == [renumbered[numbers[row]] for row in rows.tolist()]


@pytest.mark.parametrize("num_tied", [1, 2, 16, 17, 40])
def test_ties_are_settled_by_node(num_tied):
    rng = np.random.default_rng(num_tied)
    heights = np.repeat([3.0, 2.0, 1.0], [5, num_tied, 3])
    nodes = rng.permutation(len(heights)).astype(np.int32)
    order = np.concatenate([rng.permutation(np.flatnonzero(heights == height)) for height in (3, 2, 1)])
    settle_ties(order, heights, nodes)
    assert order.tolist() == np.lexsort((nodes, -heights)).tolist()
