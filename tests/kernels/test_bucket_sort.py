"""Sorting and merging the arcs of buckets, against lists; with tiny buckets, so that there are many."""

import numpy as np
import pytest
from support.reference.sorting import by_bucket, first_repeated, merged
from support.repeated_edges import RULES, SIZES, WEIGHTED, listed, repeated_edges

from graphkit.kernels.cpu import bucket_sort


def bucket_offsets(buckets):
    return np.concatenate([[0], np.cumsum([len(bucket) for bucket in buckets])]).astype(np.int64)


@pytest.mark.parametrize("num_arcs", SIZES)
@pytest.mark.parametrize(("num_rows", "shift"), [(1, 0), (7, 0), (8, 3), (9, 3), (15, 2)])
@pytest.mark.parametrize("index_bits", [0, 1, 11, 12, 22, 31])
@pytest.mark.parametrize("rule", RULES)
def test_sort_buckets(num_arcs, num_rows, shift, index_bits, rule):
    weighted = rule in WEIGHTED
    rows, _, weights = repeated_edges(num_rows, num_arcs, weighted=weighted)
    _, indices, _ = repeated_edges(max(1, 2**index_bits - 1), num_arcs, weighted=False)
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
