"""Rows that change: always those of a dictionary of edges that changes alike."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import Graph
from graphkit.sparsification.changing_rows import ChangingRows


def same(rows, edges, num_nodes, *, weighted):
    wanted = Graph.from_edges(
        np.array(list(edges), np.int64).reshape(-1, 2),
        np.array(list(edges.values()), np.float32) if weighted else None,
        num_nodes=num_nodes,
    )
    found = rows.to_graph(np.arange(num_nodes))
    assert np.array_equal(found.indptr, wanted.indptr)
    assert np.array_equal(found.indices, wanted.indices)
    if weighted:
        assert np.array_equal(found.weights, wanted.weights)


@pytest.mark.parametrize("weighted", [False, True])
def test_edges_come_and_go(weighted):
    rng = np.random.default_rng(1)
    rows, edges = ChangingRows.empty(30, weighted=weighted), {}
    for turn in range(60):
        pairs = np.unique(np.sort(rng.integers(0, 30, (1 + turn % 17, 2)), axis=1), axis=0)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        source, target = pairs.T.astype(np.int32)
        there = [(u, v) in edges for u, v in pairs.tolist()]
        assert rows.has_edges(source, target).tolist() == there
        if turn % 3 == 2:
            rows.remove_edges(source, target)
            for u, v in pairs.tolist():
                edges.pop((u, v), None)
        else:
            weights = rng.uniform(0.1, 9, len(pairs)).astype(np.float32) if weighted else None
            rows.set_edges(source, target, weights)
            edges |= dict(zip(map(tuple, pairs.tolist()), [1.0] * len(pairs) if weights is None else weights))
            if weighted:
                assert np.array_equal(rows.weights_of(target, source), weights)
        assert rows.num_edges == len(edges)
        same(rows, edges, 30, weighted=weighted)


def test_the_graph_that_was_given_stays_as_it_is():
    graph = random_graph(20, 60, weighted=True, seed=3)
    before = graph.indices.copy(), graph.weights.copy()
    source, target, weights = graph.edge_rows()
    rows = ChangingRows(graph.indptr, graph.indices, graph.weights)
    rows.remove_edges(source[:5], target[:5])
    rows.set_edges(source[9:12], target[9:12], weights[9:12] + 1)
    assert np.array_equal(graph.indices, before[0])
    assert np.array_equal(graph.weights, before[1])
