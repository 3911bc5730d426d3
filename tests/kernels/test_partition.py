"""Edges to arcs in buckets, against lists; in two ranges, the later one first."""

import numpy as np
import pytest
from support.reference.sorting import arcs_in_order
from support.repeated_edges import SIZES, listed, repeated_edges

from graphkit.kernels.cpu import partition


@pytest.mark.parametrize("num_edges", SIZES)
@pytest.mark.parametrize(("num_nodes", "shift"), [(1, 0), (7, 0), (8, 3), (9, 3), (15, 2), (2**31 - 1, 16)])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_partition(num_edges, num_nodes, shift, symmetric, weighted):
    source, target, weights = repeated_edges(num_nodes, num_edges, weighted=weighted)
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
