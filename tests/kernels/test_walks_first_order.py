"""Walks of the first order have the twin's bits, and nothing outside the rows asked for is written."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.kernel_walks import SEED, SIZES, STREAMS, halts, lists, walks_of
from support.reference.walks import uniform_walk, weighted_walk

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.walks_first_order import GROUP, halt_threshold, walk_first_order


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("stop", "restart"), [(0, 0), (0.1, 0), (0, 0.2), (0.05, 0.3)])
def test_uniform_walks_are_the_twins(size, stop, restart):
    graph = random_graph(50, 120, directed=True, seed=1)
    starts, numbers, out = walks_of(graph, size)
    walk_first_order(
        graph.indptr,
        graph.indices,
        None,
        starts,
        numbers,
        np.uint64(SEED),
        STREAMS,
        halts(stop, restart),
        out,
        0,
        size,
    )
    neighbors = lists(graph, graph.indices)
    wanted = [
        uniform_walk(neighbors, start, number, 11, SEED, stop, restart)
        for start, number in zip(starts.tolist(), numbers.tolist())
    ]
    assert out.tolist() == wanted
    assert size < 63 or ((out == -1).any() and (out >= 0).all(axis=1).any())


@pytest.mark.parametrize("size", SIZES)
def test_weighted_walks_are_the_twins(size):
    graph = random_graph(50, 120, directed=True, weighted=True, seed=1)
    table = np.empty((graph.num_arcs, 2), np.uint32)
    build_row_alias(graph.indptr, graph.weights, table, 0, 50)
    starts, numbers, out = walks_of(graph, size)
    walk_first_order(
        graph.indptr, graph.indices, table, starts, numbers, np.uint64(SEED), STREAMS, halts(), out, 0, size
    )
    rows = lists(graph, graph.indices), lists(graph, table)
    wanted = [weighted_walk(*rows, *walk, 11, SEED) for walk in zip(starts.tolist(), numbers.tolist())]
    assert out.tolist() == wanted


def test_only_the_range_is_written():
    graph = random_graph(50, 120, seed=1)
    starts, numbers, out = walks_of(graph, 3 * GROUP)
    walk = graph.indptr, graph.indices, None, starts, numbers, np.uint64(SEED), STREAMS, halts()
    walk_first_order(*walk, out, 10, 100)
    assert (out[10:100] >= -1).all()
    assert (out[:10] == -9).all()
    assert (out[100:] == -9).all()


def test_thresholds_of_halts():
    assert halt_threshold(0) == 0
    assert halt_threshold(0.25) == 2**30
