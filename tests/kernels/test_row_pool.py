"""Rows with room to grow, against a dictionary of edges that changes alike; searches from both ends."""

import numpy as np
import pytest

from graphkit import Graph
from graphkit.kernels.cpu import row_pool


def as_rows(begin, count, targets, weights, capacity):
    """The weights of all arcs, {(row, target): weight}; rows must ascend and stay within their room."""
    found = {}
    for row, (first, size) in enumerate(zip(begin.tolist(), count.tolist(), strict=True)):
        assert 0 <= size <= capacity[row]
        nodes = targets[first : first + size].tolist()
        assert nodes == sorted(set(nodes))
        found |= {(row, node): float(weights[first + k]) for k, node in enumerate(nodes)}
    return found


def test_edges_come_go_and_move():
    rng, size = np.random.default_rng(2), 12
    capacity = np.full(size, 2 * size)
    begin, count = np.cumsum(capacity) - capacity, np.zeros(size, np.int64)
    targets, weights = np.full(2 * size**2, -7, np.int32), np.full(2 * size**2, np.nan, np.float32)
    arcs = {}
    for turn in range(40):
        # Loops and repeated edges, too: a loop is one arc, and the last weight counts.
        sources, dests = rng.integers(0, size, (2, 9), dtype=np.int32)
        values = rng.integers(1, 100, 9).astype(np.float32)
        if turn % 3 == 2:
            row_pool.remove_edges(begin, count, targets, weights, sources, dests)
            for u, v in zip(sources.tolist(), dests.tolist(), strict=True):
                arcs.pop((u, v), None)
                arcs.pop((v, u), None)
        else:
            row_pool.set_edges(begin, count, targets, weights, sources, dests, values)
            for u, v, value in zip(sources.tolist(), dests.tolist(), values.tolist(), strict=True):
                arcs[u, v] = arcs[v, u] = value
        assert as_rows(begin, count, targets, weights, capacity) == arcs
    places = np.full(size**2, -99)
    one, other = (ends.ravel().astype(np.int32) for ends in np.indices((size, size)))
    row_pool.find_edges(begin, count, targets, one, other, places, 0, size**2)
    for pair, place in zip(zip(one.tolist(), other.tolist()), places.tolist(), strict=True):
        assert (place >= 0) == (pair in arcs)
        assert place < 0 or targets[place] == pair[1]
    moved, spots = np.array([3, 0, 11]), np.array([0, 50, 100])
    new_targets, new_weights = np.full(150, -7, np.int32), np.full(150, np.nan, np.float32)
    row_pool.move_rows(begin, count, targets, weights, moved, spots, new_targets, new_weights)
    assert begin[moved].tolist() == spots.tolist()
    found = as_rows(begin[moved], count[moved], new_targets, new_weights, capacity[moved])
    assert found == {
        (k, v): arcs[row, v] for k, row in enumerate(moved.tolist()) for v in range(size) if (row, v) in arcs
    }


def test_rows_are_collected_in_their_order():
    begin, count = np.array([6, 0, 3]), np.array([2, 0, 3])
    targets = np.array([-7, -7, -7, 0, 1, 2, 1, 2, -7], np.int32)
    indptr = np.array([0, 2, 2, 5])
    for weights in (None, np.arange(9, dtype=np.float32)):
        indices, values = np.full(5, -1, np.int32), np.full(5, np.nan, np.float32)
        for start, stop in ((1, 3), (0, 1)):
            row_pool.collect_rows(begin, count, targets, weights, indptr, indices, values, start, stop)
        assert indices.tolist() == [1, 2, 0, 1, 2]
        assert np.isnan(values).all() if weights is None else values.tolist() == [6, 7, 3, 4, 5]


@pytest.mark.parametrize(
    ("edges", "ends", "length"),
    [
        ([(0, 1), (1, 2), (2, 3), (3, 4)], (0, 4), 5),
        ([(0, 1), (1, 2), (2, 0), (3, 4)], (0, 4), 0),
        ([(0, 1)], (0, 1), 2),
        ([(0, 1), (0, 2), (0, 3), (0, 5), (5, 4), (1, 2)], (1, 4), 4),
        ([(1, 2)], (0, 4), 0),
    ],
)
def test_searches_from_both_ends_meet_on_a_path(edges, ends, length):
    graph = Graph.from_edges(edges, num_nodes=6)
    colors, queue = np.zeros(6, np.int32), np.empty((2, 6, 2), np.int32)
    rows = graph.indptr[:-1], np.diff(graph.indptr), graph.indices
    meeting = row_pool.join(*rows, *ends, colors, queue)
    assert not colors.any()
    if length == 0:
        assert meeting == (-1, -1)
        return
    path = [[], []]
    for side, place in enumerate(meeting):
        while place >= 0:
            node, place = queue[side, place].tolist()
            path[side].append(node)
    nodes = path[0][::-1] + path[1]
    assert (nodes[0], nodes[-1], len(nodes)) == (*ends, length)
    assert graph.has_edges(np.array(nodes[:-1]), np.array(nodes[1:])).all()
