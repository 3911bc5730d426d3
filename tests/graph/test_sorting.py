"""Sorting and merging edges, against lists; with tiny buckets, so that there are many."""

import tracemalloc

import numpy as np
import pytest
from support.reference.sorting import arcs_in_order, first_repeated, merged
from support.repeated_edges import RULES, SIZES, WEIGHTED, listed, mirrored, repeated_edges

from graphkit.graph.few_edges import FEW_EDGES, are_mirrored, have_mirrored_weights, sort_few
from graphkit.graph.sorting import _bucket_shift, sort_edges
from graphkit.kernels.cpu import bucket_sort


@pytest.mark.parametrize("num_edges", SIZES)
@pytest.mark.parametrize("num_nodes", [1, 15, 16, 17, 2500])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_sort_edges(monkeypatch, num_edges, num_nodes, symmetric, rule):
    source, target, weights = repeated_edges(num_nodes, num_edges, weighted=rule in WEIGHTED)
    arcs = arcs_in_order(source, target, weights, symmetric)
    for threads, shift in [(1, None), (1, 0), (2, 4), (3, 1), (7, 16)]:
        monkeypatch.setenv("GRAPHKIT_NUM_THREADS", str(threads))
        (indptr, indices, new_weights), repeated = sort_edges(
            *(source, target, weights, num_nodes),
            symmetric=symmetric,
            rule=RULES[rule],
            count_repeats=rule == "count",
            shift=shift,
        )
        assert (indptr.dtype, indices.dtype) == (np.int64, np.int32)
        assert indptr[0] == 0
        rows = np.repeat(np.arange(num_nodes), np.diff(indptr))
        assert listed(rows, indices, new_weights) == merged(arcs, rule)
        assert repeated == first_repeated(arcs)


@pytest.mark.parametrize("shift", [None, 0, 16])
def test_a_graph_without_nodes(shift):
    nothing = np.empty(0, np.int32)
    (indptr, indices, _), repeated = sort_edges(
        nothing, nothing, None, 0, symmetric=True, rule=bucket_sort.FIRST, shift=shift
    )
    assert (indptr.tolist(), indices.tolist(), repeated) == ([0], [], None)


def test_an_edge_among_many_nodes():
    num_nodes = 5_000_000
    ends = np.array([num_nodes - 1], np.int32), np.array([2**16], np.int32)
    (indptr, indices, _), _ = sort_edges(*ends, None, num_nodes, symmetric=True, rule=bucket_sort.FIRST)
    assert indices.tolist() == [num_nodes - 1, 2**16]
    assert np.flatnonzero(np.diff(indptr)).tolist() == [2**16, num_nodes - 1]


@pytest.mark.parametrize("num_nodes", [0, 1, 2, 2**16, 2**16 + 1, 2**21, 2**31 - 1])
@pytest.mark.parametrize("num_arcs", [0, 1, 10**6, 10**8, 10**11])
def test_bucket_widths(num_nodes, num_arcs):
    shift = _bucket_shift(num_nodes, num_arcs)
    assert 0 <= shift <= 16
    assert shift == 16 or num_nodes <= 256 << shift


@pytest.mark.parametrize("weighted", [False, True])
def test_memory_beside_the_edges(weighted):
    def sort(num_edges):
        edges = repeated_edges(50_000, num_edges, weighted=weighted)
        tracemalloc.start()
        sort_edges(*edges, 50_000, symmetric=True, rule=bucket_sort.SUM)

    # Once for the kernels to be there.
    sort(10)
    tracemalloc.stop()
    sort(1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000 * (10 if weighted else 6) + 2_000_000


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("num_edges", [0, 1, 2, 65, FEW_EDGES])
@pytest.mark.parametrize("num_nodes", [3, 40])
def test_few_edges_have_the_bits_that_the_kernels_give(num_nodes, num_edges, symmetric, rule):
    # Among three nodes an edge is there a hundred times.
    source, target, _ = repeated_edges(num_nodes, num_edges, weighted=False)
    weights = None
    if rule in WEIGHTED:
        # Sums of these are rounded, and which way depends on the order.
        weights = np.random.default_rng(1).lognormal(0, 2, num_edges).astype(np.float32)
    options = {"symmetric": symmetric, "rule": RULES[rule], "count_repeats": rule == "count"}
    few, few_repeated = sort_few(source, target, weights, num_nodes, **options)
    many, repeated = sort_edges(source, target, weights, num_nodes, **options, shift=3)
    assert few_repeated == repeated
    for ours, wanted in zip(few, many, strict=True):
        assert (ours is None) == (wanted is None)
        assert ours is None or (ours.dtype == wanted.dtype and ours.tobytes() == wanted.tobytes())


def test_few_edges_that_name_each_edge_in_both_directions():
    source, target, weights = mirrored(30, 500)
    assert are_mirrored(source, target)
    assert are_mirrored(np.append(source, 7), np.append(target, 7))
    one = int(np.flatnonzero(source != target)[0])
    assert not are_mirrored(np.append(source, source[one]), np.append(target, target[one]))
    assert not are_mirrored(np.delete(source, one), np.delete(target, one))
    (indptr, indices, sums), _ = sort_edges(
        source, target, weights, 30, symmetric=False, rule=bucket_sort.SUM
    )
    assert have_mirrored_weights(indptr, indices, sums)
    one = int(np.flatnonzero(np.repeat(np.arange(30), np.diff(indptr)) != indices)[0])
    sums[one] = np.nextafter(sums[one], np.float32(9))
    assert not have_mirrored_weights(indptr, indices, sums)
