"""What a local computation touches of a graph: a growing hash map from nodes to places, and numbers.

`space` is (slots int32 [2**bits], nodes int32 [capacity], values float64 [capacity, WIDTH], queue int32
[capacity]). The node at place i of the order of first touch is nodes[i]; `slots` leads to it by linear
probing, and is at least half empty. The queue is a ring of places. No array is as long as the graph.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

WIDTH = 4
"""Numbers of a node; two nodes share a cache line."""

LABEL = 3
"""Which of the numbers is the node's label."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: the bits in the middle of its multiples spread evenly."""

_EMPTY = -1


@njit(nogil=True, cache=True)
def make_space(capacity):
    """Return an empty space for `capacity` nodes."""
    bits = 1
    while (1 << bits) < 2 * capacity:
        bits += 1
    slots = np.full(1 << bits, _EMPTY, np.int32)
    return slots, np.empty(capacity, np.int32), np.empty((capacity, WIDTH)), np.empty(capacity, np.int32)


@njit(nogil=True, cache=True)
def grow(space, used, needed, head, waiting):
    """Return a space for at least `needed` nodes with what this one holds, the queue beginning at 0."""
    _, nodes, values, queue = space
    larger = make_space(max(needed, 2 * len(nodes)))
    slots, new_nodes, new_values, new_queue = larger
    new_values[:used] = values[:used]
    for place in range(used):
        insert(slots, new_nodes, nodes[place], place)
    for i in range(waiting):
        new_queue[i] = queue[(head + i) % len(queue)]
    return larger


@njit(nogil=True, cache=True, _nrt=False)
def clear(space, used):
    """Empty a space of `used` nodes."""
    slots, nodes = space[0], space[1]
    mask = np.int64(len(slots) - 1)
    for place in range(used):
        slot = _first_slot(nodes[place], mask)
        # Past slots that this loop has emptied too: the node stands somewhere behind its first slot.
        while slots[slot] != place:
            slot = (slot + 1) & mask
        slots[slot] = _EMPTY


@njit(inline="always")
def touch(labels, first, third, slots, nodes, values, used, node):
    """Return the place of a node, the next one if it has none yet, and the number of nodes touched.

    A new node's numbers are `first`, 0, `third` and its label. There must be room.
    """
    place = find(slots, nodes, node)
    if place < 0:
        place = used
        _add(labels, first, third, slots, nodes, values, used, node)
        used += 1
    return place, used


@njit(nogil=True, cache=True, _nrt=False)
def _add(labels, first, third, slots, nodes, values, place, node):
    insert(slots, nodes, node, place)
    values[place, 0] = first
    values[place, 1] = 0.0
    values[place, 2] = third
    values[place, LABEL] = label_of(labels, node)


@njit(inline="always")
def find(slots, nodes, node):
    """Return the place of a node, or -1."""
    mask = np.int64(len(slots) - 1)
    slot = _first_slot(node, mask)
    place = np.int64(slots[slot])
    while place != _EMPTY and nodes[place] != node:
        slot = (slot + 1) & mask
        place = np.int64(slots[slot])
    return place


@njit(inline="always")
def insert(slots, nodes, node, place):
    """Put a node that is not there at `place`."""
    mask = np.int64(len(slots) - 1)
    slot = _first_slot(node, mask)
    while slots[slot] != _EMPTY:
        slot = (slot + 1) & mask
    slots[slot] = place
    nodes[place] = node


@njit(inline="always")
def _first_slot(node, mask):
    return np.int64((uint64(node) * _GOLDEN) >> uint64(32)) & mask


@njit(nogil=True, cache=True, _nrt=False)
def label_of(labels, node):
    """Return the label of a node; 0 where it has none.

    `labels` are the nodes with others, int64 in ascending order, what they have, float32, both
    [num_labelled], and what the weight of an edge between 0 and 1 is multiplied by.
    """
    label_rows, label_values, _ = labels
    low, high = 0, len(label_rows)
    while low < high:
        middle = (low + high) >> 1
        if label_rows[middle] < node:
            low = middle + 1
        else:
            high = middle
    if low < len(label_rows) and label_rows[low] == node:
        return np.float64(label_values[low])
    return 0.0


@njit(inline="always")
def agreement(label, other, low):
    """Return what the weight of an edge is multiplied by: 1 for equal labels, `low` for 0 and 1."""
    return 1 - (1 - low) * abs(label - other)


@njit(nogil=True, cache=True, _nrt=False)
def is_sound(indptr, indices, weights, node):
    """Whether a row lies within the arcs, leads to rows of the graph, and has weights finite and > 0.

    A graph in a file is not looked through before it is used: so each row that is read is.
    """
    first, end = indptr[node], indptr[node + 1]
    if not 0 <= first <= end <= len(indices):
        return False
    num_nodes = len(indptr) - 1
    for arc in range(first, end):
        if not 0 <= indices[arc] < num_nodes:
            return False
        if weights is not None and not 0 < weights[arc] < np.inf:
            return False
    return True
