"""Walks to the nodes that stay have the twin's bits, and end with an error where they take too long."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.kernel_walks import lists
from support.reference.terminal_walks import walk_to

from graphkit import Graph
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.terminal_walks import walk_to_terminals

SEED, STREAM = (3 << 32) | 11, 62


def edges_of(graph):
    """Edges without loops, numbered beyond 2**32."""
    source, target, _ = graph.edge_rows()
    return source, target, np.arange(len(source)) + 2**33


@pytest.mark.parametrize("weighted", [False, True])
def test_edges_become_those_of_the_twin(weighted):
    graph = random_graph(30, 120, weighted=weighted, seed=6).largest_component()
    source, target, weights = graph.edge_rows()
    apart = source != target
    weights = None if weights is None else weights[apart]
    graph = Graph.from_edges((source[apart], target[apart]), weights, num_nodes=graph.num_nodes)
    table = None
    if weighted:
        table = np.zeros((graph.num_arcs, 2), np.uint32)
        build_row_alias(graph.indptr, graph.weights, table, 0, graph.num_nodes)
    stays = np.arange(graph.num_nodes) % 4 == 0
    edges = edges_of(graph)
    size = len(edges[0])
    ends, values = np.full((2, size), -9, np.int32), np.full(size, np.nan)
    arrays = graph.indptr, graph.indices, graph.weights, table, stays, edges, (np.uint64(SEED), STREAM), 10**6
    for start, stop in ((size // 2, size), (0, size // 2)):
        assert walk_to_terminals(*arrays, *ends, values, start, stop) == -1

    there = np.ones(graph.num_arcs) if graph.weights is None else graph.weights.astype(np.float64)
    rows = [list(zip(*row)) for row in zip(lists(graph, graph.indices), lists(graph, there), strict=True)]
    tables, terminals = None if table is None else lists(graph, table), set(np.flatnonzero(stays).tolist())
    for edge, (u, v, number) in enumerate(zip(*(part.tolist() for part in edges), strict=True)):
        one, before = walk_to(rows, tables, terminals, u, SEED, 2 * number, STREAM)
        other, after = walk_to(rows, tables, terminals, v, SEED, 2 * number + 1, STREAM)
        assert ends[:, edge].tolist() == [one, other]
        resistance = before + 1 / dict(rows[u])[v] + after
        assert values[edge] == pytest.approx(0 if one == other else 1 / resistance, rel=1e-12)
    assert (values == 0).any()
    assert (values > 0).any()


def test_a_walk_that_takes_too_long_is_named():
    graph = Graph.from_edges([(node, node + 1) for node in range(30)])
    edges, stays = edges_of(graph), np.arange(31) == 0
    ends, values = np.zeros((2, 30), np.int32), np.zeros(30)
    arrays = graph.indptr, graph.indices, None, None, stays, edges, (np.uint64(SEED), STREAM)
    assert walk_to_terminals(*arrays, 10, *ends, values, 20, 30) == 20


@pytest.mark.parametrize(("limit", "lost"), [(1, -1), (0, 0)])
def test_a_walk_may_take_as_many_steps_as_the_limit(limit, lost):
    graph, ends, values = Graph.from_edges([(0, 1)]), np.zeros((2, 1), np.int32), np.zeros(1)
    arrays = graph.indptr, graph.indices, None, None, np.array([True, False]), edges_of(graph)
    assert walk_to_terminals(*arrays, (np.uint64(SEED), STREAM), limit, *ends, values, 0, 1) == lost
