"""The growing map from nodes to places against a dictionary; labels, and rows that are none of a graph."""

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu import touched_nodes as kernel


@njit
def touch_all(labels, space, used, nodes, places):
    """Touch nodes, in a larger space where there is no more room."""
    for k in range(len(nodes)):
        if used == len(space[1]):
            space = kernel.grow(space, used, used + 1, 0, 0)
        slots, known, values, _ = space
        places[k], used = kernel.touch(labels, 5.0, 7.0, slots, known, values, used, nodes[k])
        values[places[k], 1] += 1.0
    return space, used


@njit
def find_all(space, nodes, places):
    for k in range(len(nodes)):
        places[k] = kernel.find(space[0], space[1], nodes[k])


def labels_of(labels, low=0.25):
    rows = np.array(sorted(labels), np.int64)
    return rows, np.array([labels[row] for row in rows.tolist()], np.float32), low


@pytest.mark.parametrize("capacity", [1, 2, 63, 64, 65])
def test_nodes_are_touched_as_a_dictionary_has_them(capacity):
    rng = np.random.default_rng(capacity)
    # Spread over all rows that there may be, and close to one another.
    pool = np.concatenate([rng.integers(0, 2**31 - 1, 90), np.arange(90)])
    nodes = rng.choice(pool, 500).astype(np.int32)
    labels = {int(node): 0.5 for node in nodes[::3].tolist()}
    places = np.full(500, -9)
    space, used = touch_all(labels_of(labels), kernel.make_space(capacity), 0, nodes, places)
    order = list(dict.fromkeys(nodes.tolist()))
    assert used == len(order)
    assert space[1][:used].tolist() == order
    assert places.tolist() == [order.index(node) for node in nodes.tolist()]
    first, met, third, label = space[2][:used].T.tolist()
    assert (set(first), set(third)) == ({5.0}, {7.0})
    assert met == [nodes.tolist().count(node) for node in order]
    assert label == [labels.get(node, 0.0) for node in order]
    asked = np.concatenate([pool, [2**31 - 1]]).astype(np.int64)
    found = np.full(len(asked), -9)
    find_all(space, asked, found)
    assert found.tolist() == [order.index(node) if node in order else -1 for node in asked.tolist()]
    kernel.clear(space, used)
    assert (space[0] == -1).all()


def test_a_larger_space_has_the_queue_in_its_order():
    space = kernel.make_space(4)
    touch_all(labels_of({}), space, 0, np.array([8, 9, 6, 7], np.int32), np.empty(4, np.int64))
    space[3][:] = 2, 3, 0, 1
    larger = kernel.grow(space, 4, 30, 3, 3)
    assert len(larger[1]) >= 30
    assert larger[1][:4].tolist() == [8, 9, 6, 7]
    assert larger[3][:3].tolist() == [1, 2, 3]


def test_labels_and_what_they_leave_of_an_edge():
    labels = labels_of({3: 1.0, 2**40: 0.25})
    assert [kernel.label_of(labels, node) for node in (0, 3, 4, 2**40)] == [0.0, 1.0, 0.0, 0.25]
    assert kernel.label_of(labels_of({}), 3) == 0.0
    for one, other, share in ((0.0, 0.0, 1.0), (1.0, 1.0, 1.0), (0.0, 1.0, 0.25), (0.5, 1.0, 0.625)):
        assert kernel.agreement(one, other, 0.25) == kernel.agreement(other, one, 0.25) == share


@pytest.mark.parametrize(
    ("indptr", "index", "weight", "is_sound"),
    [
        ([0, 2, 3], 1, 1.0, True),
        ([0, 2, 4], 1, 1.0, False),
        ([0, 3, 2], 1, 1.0, False),
        ([0, -1, 2], 1, 1.0, False),
        ([0, 2, 3], 2, 1.0, False),
        ([0, 2, 3], -1, 1.0, False),
        ([0, 2, 3], 1, 0.0, False),
        ([0, 2, 3], 1, -1.0, False),
        ([0, 2, 3], 1, np.nan, False),
        ([0, 2, 3], 1, np.inf, False),
    ],
)
def test_rows_that_are_none_of_a_graph(indptr, index, weight, is_sound):
    indices, weights = np.array([0, 1, index], np.int32), np.array([1, 1, weight], np.float32)
    assert kernel.is_sound(np.array(indptr), indices, weights, 1) == is_sound
    assert kernel.is_sound(np.array(indptr), indices, None, 1) == (is_sound or not 0 < weight < np.inf)
