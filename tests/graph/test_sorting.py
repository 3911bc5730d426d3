"""Partitioning, sorting and merging arcs, against lists; with tiny buckets, so that there are many."""

import tracemalloc

import numpy as np
import pytest
from support.reference.sorting import arcs_in_order, by_bucket, first_repeated, merged

from graphkit.graph.few_edges import FEW_EDGES, are_mirrored, have_mirrored_weights, sort_few
from graphkit.graph.sorting import _bucket_shift, sort_edges
from graphkit.kernels.cpu import bucket_sort, csr, partition

SIZES = [0, 1, 2, 63, 64, 65, 1000]
RULES = {
    None: bucket_sort.FIRST,
    "count": bucket_sort.SUM,
    "sum": bucket_sort.SUM,
    "max": bucket_sort.MAX,
    "first": bucket_sort.FIRST,
}
WEIGHTED = {"sum", "max", "first"}


def random_edges(num_nodes, num_edges, *, weighted, seed=0):
    """Edges of which many repeat; the weights are small powers of two, so that sums are exact."""
    rng = np.random.default_rng((num_nodes, num_edges, seed))
    source, target = rng.integers(0, num_nodes, (2, num_edges), dtype=np.int32)
    repeated = rng.random(num_edges) < 0.3
    source[repeated], target[repeated] = source[::-1][repeated], target[::-1][repeated]
    return source, target, rng.choice([0.25, 0.5, 1, 2], num_edges).astype(np.float32) if weighted else None


def listed(rows, indices, weights):
    weights = [None] * len(indices) if weights is None else weights.tolist()
    return list(zip(np.asarray(rows).tolist(), indices.tolist(), weights, strict=True))


def bucket_offsets(buckets):
    return np.concatenate([[0], np.cumsum([len(bucket) for bucket in buckets])]).astype(np.int64)


@pytest.mark.parametrize("num_edges", SIZES)
@pytest.mark.parametrize(("num_nodes", "shift"), [(1, 0), (7, 0), (8, 3), (9, 3), (15, 2), (2**31 - 1, 16)])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_partition(num_edges, num_nodes, shift, symmetric, weighted):
    source, target, weights = random_edges(num_nodes, num_edges, weighted=weighted)
    num_buckets = ((num_nodes - 1) >> shift) + 1
    arcs = arcs_in_order(source, target, weights, symmetric)
    used = sorted({row >> shift for row, _, _ in arcs})
    wanted = [arc for bucket in used for arc in arcs if arc[0] >> shift == bucket]

    ranges = [(0, num_edges // 3), (num_edges // 3, num_edges)]
    counts = np.zeros((2, num_buckets), np.int64)
    for count, (start, stop) in zip(counts, ranges, strict=True):
        partition.count_arcs(source, target, symmetric, shift, count, start, stop)
    assert counts.sum() == len(arcs)
    cursors = np.cumsum(counts.sum(axis=0)) - counts.sum(axis=0) + np.cumsum(counts, axis=0) - counts
    local_rows, indices = np.full(len(arcs), 2**16 - 1, np.uint16), np.full(len(arcs), -1, np.int32)
    arc_weights = np.full(len(arcs), np.nan, np.float32) if weighted else None
    # The later range first: ranges do not wait for each other.
    for cursor, (start, stop) in reversed(list(zip(cursors, ranges, strict=True))):
        partition.partition_arcs(
            *(source, target, weights, symmetric, shift, cursor, local_rows, indices, arc_weights),
            *(start, stop),
        )
    rows = np.repeat(np.arange(num_buckets) << shift, counts.sum(axis=0)) + local_rows
    assert listed(rows, indices, arc_weights) == wanted


@pytest.mark.parametrize("num_arcs", SIZES)
@pytest.mark.parametrize(("num_rows", "shift"), [(1, 0), (7, 0), (8, 3), (9, 3), (15, 2)])
@pytest.mark.parametrize("index_bits", [0, 1, 11, 12, 22, 31])
@pytest.mark.parametrize("rule", RULES)
def test_sort_buckets(num_arcs, num_rows, shift, index_bits, rule):
    weighted = rule in WEIGHTED
    rows, _, weights = random_edges(num_rows, num_arcs, weighted=weighted)
    _, indices, _ = random_edges(max(1, 2**index_bits - 1), num_arcs, weighted=False)
    indices[num_arcs // 2 :] = indices[: num_arcs - num_arcs // 2]
    num_buckets = ((num_rows - 1) >> shift) + 1
    buckets = by_bucket(listed(rows, indices, weights), 1 << shift, num_buckets)
    offsets, arcs = bucket_offsets(buckets), [arc for bucket in buckets for arc in bucket]

    local_rows = np.array([row & ((1 << shift) - 1) for row, _, _ in arcs], np.uint16)
    indices = np.array([index for _, index, _ in arcs], np.int32)
    arc_weights = np.array([weight for _, _, weight in arcs], np.float32) if weighted else None
    new_weights = np.full(num_arcs, np.nan, np.float32) if rule == "count" else arc_weights
    degrees = np.full(num_rows, -1)
    repeated = bucket_sort.sort_buckets(
        *(offsets, local_rows, indices, arc_weights, index_bits, shift, RULES[rule]),
        *(degrees, new_weights, 0, num_buckets),
    )
    assert repeated == (first_repeated(arcs) or (-1, -1))
    for bucket, bucket_arcs in enumerate(buckets):
        wanted = merged(bucket_arcs, rule)
        first_row, part = bucket << shift, slice(offsets[bucket], offsets[bucket] + len(wanted))
        its_degrees = degrees[first_row : first_row + (1 << shift)]
        its_rows = np.repeat(np.arange(first_row, first_row + len(its_degrees)), its_degrees)
        its_weights = None if new_weights is None else new_weights[part]
        assert listed(its_rows, indices[part], its_weights) == wanted


def test_sort_buckets_writes_its_buckets_only():
    offsets, local_rows = np.array([0, 2, 4, 6]), np.zeros(6, np.uint16)
    indices, degrees = np.array([9, 3, 9, 3, 9, 3], np.int32), np.full(3, -1)
    bucket_sort.sort_buckets(offsets, local_rows, indices, None, 4, 0, bucket_sort.FIRST, degrees, None, 1, 2)
    assert indices.tolist() == [9, 3, 3, 9, 9, 3]
    assert degrees.tolist() == [-1, 2, -1]


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_close_gaps(shift):
    degrees, room = np.array([2, 0, 3, 1, 0, 4, 2]), 5
    num_buckets = ((len(degrees) - 1) >> shift) + 1
    width = room << shift
    values = np.full(num_buckets * width, -1, np.int32)
    indptr = np.concatenate([[0], np.cumsum(degrees)])
    for bucket in range(num_buckets):
        begin, end = indptr[bucket << shift], indptr[min((bucket + 1) << shift, len(degrees))]
        values[bucket * width : bucket * width + end - begin] = np.arange(begin, end)
    bucket_sort.close_gaps(np.arange(num_buckets + 1) * width, indptr, shift, values)
    assert values[: indptr[-1]].tolist() == list(range(indptr[-1]))


@pytest.mark.parametrize("num_edges", SIZES)
@pytest.mark.parametrize("num_nodes", [1, 15, 16, 17, 2500])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_sort_edges(monkeypatch, num_edges, num_nodes, symmetric, rule):
    source, target, weights = random_edges(num_nodes, num_edges, weighted=rule in WEIGHTED)
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
        edges = random_edges(50_000, num_edges, weighted=weighted)
        tracemalloc.start()
        sort_edges(*edges, 50_000, symmetric=True, rule=bucket_sort.SUM)

    # Once for the kernels to be there.
    sort(10)
    tracemalloc.stop()
    sort(1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000 * (10 if weighted else 6) + 2_000_000


def mirrored(num_nodes, num_edges):
    """Edges, each in both directions with one weight, in any order."""
    source, target, weights = random_edges(num_nodes, num_edges, weighted=True)
    order = np.random.default_rng(4).permutation(2 * num_edges)
    both = np.append(source, target)[order], np.append(target, source)[order]
    return *both, np.append(weights, weights)[order]


def total(balances):
    return sum(map(int, balances)) % 2**64


def test_balance_of_edges():
    def balance(source, target):
        return total(csr.edge_balance(source, target, *part) for part in ((0, 99), (99, len(source))))

    source, target, _ = mirrored(30, 500)
    assert balance(source, target) == 0
    assert balance(np.append(source, [7, 7]), np.append(target, [7, 7])) == 0
    one = int(np.flatnonzero(source != target)[0])
    assert balance(np.append(source, source[one]), np.append(target, target[one])) != 0
    assert balance(np.delete(source, one), np.delete(target, one)) != 0


def test_balance_of_arcs():
    def balance(indptr, indices, weights):
        bits = weights.view(np.uint32)
        return total(csr.arc_balance(indptr, indices, bits, 0, *part) for part in ((0, 11), (11, 30)))

    arcs, _ = sort_edges(*mirrored(30, 500), 30, symmetric=False, rule=bucket_sort.SUM)
    assert balance(*arcs) == 0
    indptr, indices, weights = arcs
    one = int(np.flatnonzero(np.repeat(np.arange(30), np.diff(indptr)) != indices)[0])
    weights[one] *= 2
    assert balance(*arcs) != 0
    weights[one] /= 2
    indices[one] = 29 - indices[one]
    assert balance(*arcs) != 0


def test_count_loops():
    indptr, indices = np.array([0, 2, 3, 3, 5]), np.array([0, 3, 2, 0, 3], np.int32)
    assert csr.count_loops(indptr, indices, 0, 4) == 2
    assert csr.count_loops(indptr, indices, 1, 3) == 0


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("num_edges", [0, 1, 2, 65, FEW_EDGES])
@pytest.mark.parametrize("num_nodes", [3, 40])
def test_few_edges_have_the_bits_that_the_kernels_give(num_nodes, num_edges, symmetric, rule):
    # Among three nodes an edge is there a hundred times.
    source, target, _ = random_edges(num_nodes, num_edges, weighted=False)
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
