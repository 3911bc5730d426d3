"""Bloom filters of rows: whatever is in a row is found, most of what is not is not."""

import numpy as np
import pytest
from numba import njit
from support.graphs import AWKWARD, random_graph

from graphkit.graph.graph import Graph
from graphkit.kernels.cpu.row_filter import ask_filter, build_row_filter, may_hold, num_filter_words


@njit
def answers(indptr, words, num_nodes):
    held = np.empty((num_nodes, num_nodes), np.bool_)
    for row in range(num_nodes):
        for key in range(num_nodes):
            held[row, key] = may_hold(words, ask_filter(indptr, words, row, key), key)
    return held


def filtered(graph):
    words = np.zeros(num_filter_words(graph.num_nodes, graph.num_arcs), np.uint64)
    build_row_filter(graph.indptr, graph.indices, words, 0, graph.num_nodes)
    return answers(graph.indptr, words, graph.num_nodes)


@pytest.mark.parametrize("name", AWKWARD)
def test_arcs_are_found(name):
    graph = Graph.from_edges(**AWKWARD[name])
    assert filtered(graph)[graph.to_scipy().toarray() > 0].all()


def test_few_others_are_found():
    graph = random_graph(400, 9000, directed=True, seed=3)
    inside = graph.to_scipy().toarray() > 0
    held = filtered(graph)
    assert held[inside].all()
    # One in twenty, were all words full; rows here seldom fill theirs.
    assert 0 < held[~inside].mean() < 0.06
