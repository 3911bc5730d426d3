"""Walks of the second order: wherever they stand in the ring the same, and each step by its distribution."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats
from support.graphs import random_graph
from support.kernel_walks import SEED, SIZES, STREAMS, halts, walks_of
from support.reference.walks import law

from graphkit.kernels.cpu.row_filter import build_row_filter, num_filter_words
from graphkit.kernels.cpu.walk_bias import bias_of
from graphkit.kernels.cpu.walks_second_order import RING, walk_second_order


def second_order(graph, starts, numbers, out, start, stop, p=0.3, q=2.0):
    filters = np.zeros(num_filter_words(graph.num_nodes, graph.num_arcs), np.uint64)
    build_row_filter(graph.indptr, graph.indices, filters, 0, graph.num_nodes)
    walk_second_order(
        *(graph.indptr, graph.indices, None, None, None, None, filters, graph.directed, starts, numbers),
        *(np.uint64(SEED), STREAMS, halts(), bias_of(p, q), out, start, stop),
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [1, 2, 11])
def test_second_order_walks_do_not_depend_on_their_place_in_the_ring(size, length):
    graph = random_graph(50, 120, seed=1)
    starts, numbers, whole = walks_of(graph, size, length)
    second_order(graph, starts, numbers, whole, 0, size)
    assert (whole[:, 0] == starts).all()
    assert (whole >= -1).all()
    _, _, alone = walks_of(graph, size, length)
    for walk in range(size):
        second_order(graph, starts, numbers, alone, walk, walk + 1)
    assert np.array_equal(alone, whole)


def test_only_the_range_is_written():
    graph = random_graph(50, 120, seed=1)
    starts, numbers, out = walks_of(graph, 3 * RING)
    second_order(graph, starts, numbers, out, 10, 100)
    assert (out[10:100] >= -1).all()
    assert (out[:10] == -9).all()
    assert (out[100:] == -9).all()


@pytest.mark.parametrize(("p", "q"), [(0.3, 2.0), (4.0, 0.5), (50.0, 50.0)])
def test_steps_have_their_distribution(p, q):
    graph = random_graph(9, 30, seed=5)
    start, size = int(graph.degree.argmax()), 40_000
    starts, numbers = np.full(size, start, np.int32), np.arange(size)
    out = np.full((size, 3), -9, np.int32)
    second_order(graph, starts, numbers, out, 0, size, p, q)
    weights = graph.to_scipy().toarray().tolist()
    statistic = freedom = 0
    for node, visits in Counter(out[:, 1].tolist()).items():
        shares = np.array(law(weights, start, node, p, q))
        found = np.bincount(out[out[:, 1] == node, 2], minlength=9)
        assert not found[shares == 0].any()
        likely = shares * visits >= 5
        statistic += ((found - shares * visits)[likely] ** 2 / (shares * visits)[likely]).sum()
        freedom += likely.sum() - 1
    assert freedom > 10
    assert stats.chi2.sf(statistic, freedom) > 1e-3
