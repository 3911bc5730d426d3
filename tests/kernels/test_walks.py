"""The walk kernels: the twin's bits where it is cheap to state, and nothing outside the rows written."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.walks import uniform_walk, weighted_walk

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.row_filter import build_row_filter, num_filter_words
from graphkit.kernels.cpu.row_statistics import row_sums, row_thresholds
from graphkit.kernels.cpu.walk_bias import bias_of
from graphkit.kernels.cpu.walks_first_order import GROUP, halt_threshold, walk_first_order
from graphkit.kernels.cpu.walks_second_order import RING, walk_second_order

SEED = (3 << 32) | 7
STREAMS = 8, 10
SIZES = [0, 1, 2, 63, 64, 65, 200]


def halts(stop=0.0, restart=0.0):
    return np.uint64(halt_threshold(stop)), np.uint64(halt_threshold(restart))


def lists(graph, values):
    return [values[first:end].tolist() for first, end in zip(graph.indptr, graph.indptr[1:])]


def walks_of(graph, size, length=11):
    starts = (np.arange(size) * 7 % max(graph.num_nodes, 1)).astype(np.int32)
    # Beyond 2**32, so that the high half of a number counts.
    numbers = np.arange(size) * 5 + 2**33
    return starts, numbers, np.full((size, length), -9, np.int32)


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


@pytest.mark.parametrize("kernel", ["first", "second"])
def test_only_the_range_is_written(kernel):
    graph = random_graph(50, 120, seed=1)
    starts, numbers, out = walks_of(graph, 3 * max(GROUP, RING))
    if kernel == "first":
        walk = graph.indptr, graph.indices, None, starts, numbers, np.uint64(SEED), STREAMS, halts()
        walk_first_order(*walk, out, 10, 100)
    else:
        second_order(graph, starts, numbers, out, 10, 100)
    assert (out[10:100] >= -1).all()
    assert (out[:10] == -9).all()
    assert (out[100:] == -9).all()


def test_thresholds_saturate():
    always, never = 2**31, 0
    assert bias_of(1, 1)[:5] == (0, always, always, always, always)
    assert bias_of(0.01, 1)[:5] == (99, always, always, always, always)
    excess, back, low, common, far = bias_of(100, 1e-12)[:5]
    assert (excess, back, low, common, far) == (0, never, never, never, always)
    assert bias_of(1e-300, 1e300).excess == pytest.approx(1e300)
    assert halt_threshold(0) == 0
    assert halt_threshold(0.25) == 2**30


@pytest.mark.parametrize("gamma", [-5.0, 0.0, 0.7])
def test_row_statistics(gamma):
    graph = random_graph(60, 200, weighted=True, seed=2)
    sums, thresholds = np.full(60, np.nan), np.full(60, np.nan, np.float32)
    row_sums(graph.indptr, graph.weights, sums, 0, 60)
    row_thresholds(graph.indptr, graph.weights, gamma, thresholds, 0, 60)
    rows = [np.array(row, np.float64) for row in lists(graph, graph.weights)]
    np.testing.assert_allclose(sums, [row.sum() for row in rows])
    wanted = [max(0, row.mean() + gamma * row.std()) if len(row) else 0 for row in rows]
    np.testing.assert_allclose(thresholds, wanted, rtol=1e-6)


def test_equal_weights_are_their_own_threshold():
    thresholds = np.empty(1, np.float32)
    weights = np.full(1001, 0.3, np.float32)
    row_thresholds(np.array([0, 1001]), weights, 3.0, thresholds, 0, 1)
    assert thresholds[0] == weights[0]
