"""Alias tables of rows: exact in integers, for any weights."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from support.graphs import random_graph

from graphkit.kernels.cpu.row_alias import CELL, build_row_alias, draw_starts


def build(rows, dtype=np.float32):
    """The table of rows of weights, and their offsets."""
    indptr = np.cumsum([0, *map(len, rows)])
    table = np.full((indptr[-1], 2), 0xDEADBEEF, np.uint32)
    weights = np.concatenate([np.array(row, dtype) for row in rows]) if rows else np.empty(0, dtype)
    build_row_alias(indptr, weights, table, 0, len(rows))
    return table, indptr, weights


def shares(table, first, end):
    """Units of 2**-32 / degree that lead to each entry of a row."""
    units = [0] * (end - first)
    for slot, (threshold, alias) in enumerate(table[first:end].tolist()):
        own = CELL if alias == slot else threshold
        units[slot] += own
        units[alias] += CELL - own
    return units


ROWS = {
    "one": [[3.0]],
    "equal": [[2.0] * 7],
    "tiny": [[1e-30, 2e-30, 3e-30]],
    "huge": [[1e30, 2e30, 3e30]],
    "largest": [[3e38] * 50],
    "tiny and huge": [[1e-30, 1e30, 1e-30, 5e29]],
    "one heavy": [[1.0] * 99 + [1e6]],
    "ascending": [list(range(1, 300))],
    "descending": [list(range(300, 0, -1))],
    "several, one empty": [[1.0, 2.0], [], [5.0], [0.1, 0.7, 0.2]],
}


@pytest.mark.parametrize("name", ROWS)
def test_every_entry_has_its_share_to_the_last_unit(name):
    table, indptr, weights = build(ROWS[name])
    for first, end in pairwise(indptr):
        row = weights[first:end].astype(np.float64)
        exact = row / row.sum() * (end - first) * CELL if end > first else row
        found = np.array(shares(table, first, end), np.float64)
        # All are rounded down; what is left over goes to the largest.
        assert np.abs(found - exact).max(initial=0) <= end - first
        assert (found >= 0).all()


def test_random_rows():
    graph = random_graph(300, 4000, weighted=True, seed=4)
    rows = [graph.weights[first:end] for first, end in pairwise(graph.indptr)]
    table, indptr, weights = build(rows)
    for first, end in pairwise(indptr):
        assert sum(shares(table, first, end)) == (end - first) * CELL
        row = weights[first:end].astype(np.float64)
        np.testing.assert_allclose(
            shares(table, first, end), row / row.sum() * (end - first) * CELL, rtol=1e-6
        )


def test_ranges_are_the_whole():
    graph = random_graph(100, 900, weighted=True, seed=5)
    whole, parts = (np.zeros((graph.num_arcs, 2), np.uint32) for _ in range(2))
    build_row_alias(graph.indptr, graph.weights, whole, 0, 100)
    for start, stop in [(0, 30), (30, 31), (31, 100)]:
        build_row_alias(graph.indptr, graph.weights, parts, start, stop)
    assert np.array_equal(whole, parts)


def test_entries_without_weight_are_never_drawn():
    table, _, _ = build([[0.0, 1.0, 0.0, 3.0, 0.0, 1e-9]], np.float64)
    units = shares(table, 0, 6)
    assert [units[0], units[2], units[4]] == [0, 0, 0]
    starts = np.full(50_000, -9, np.int32)
    draw_starts(table, np.uint64(3), 9, np.arange(50_000), starts, 0, 50_000)
    found = np.bincount(starts, minlength=6)
    assert found[[0, 2, 4, 5]].sum() == 0
    assert stats.chisquare(found[[1, 3]], [12_500, 37_500]).pvalue > 1e-3
