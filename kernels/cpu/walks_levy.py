"""Lévy flights: walks whose steps are runs of steps of a first-order walk, of random length.

Walkers stand in a ring of `RING` places and make one hop each in turn, stage by stage, so that their cache
misses overlap. Hop h of a walk uses the words of (walk number, h // hops_per_draw); the length of the flight
that leads to the node at position s, those of (walk number, s) in a stream of their own. Nothing depends on
place, thread or chunk.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item_far, prefetch_start_far
from graphkit.kernels.cpu.row_alias import pick_entry

RING = 64
"""Walkers side by side."""

# Rows of the ring's state: what each walker carries.
_WALK, _POSITION, _LEFT, _HOP, _NODE, _FIRST, _PLACE = range(7)
_NUM_FIELDS = 7

_NONE = -1
"""No walk in the place."""


@njit(nogil=True, cache=True)
def walk_levy(indptr, indices, table, lengths, starts, numbers, seed, streams, out, start, stop):
    """Walks `start` to `stop`: each next node is K hops away, hop by hop as in `walk_first_order`.

    `table` is the alias tables of the rows, uint32 [num_arcs, 2], or None for an unweighted graph; `lengths`
    uint64 [most hops], ascending: K = k with a word of 64 bits below lengths[k - 1] and no shorter; `streams`
    (of hops, of lengths); `out` int32 [num_walks, walk_length] is **written**: -1 behind a dead end, also one
    that is met in the middle of a flight.
    """
    state = np.zeros((_NUM_FIELDS, RING), np.int64)
    state[_WALK] = _NONE
    number = np.zeros(RING, np.int64)
    words = np.empty((4, RING), np.uint32)
    upcoming = start
    while True:
        upcoming, walking = _refill(state, number, starts, numbers, indptr, out, upcoming, stop)
        if walking == 0:
            break
        _set_out(state, number, lengths, seed, streams[1])
        _draw_words(state, number, 2 if table is None else 1, seed, streams[0], words)
        _choose(indptr, indices, table, state, words, out)
        if table is not None:
            _choose_weighted(indices, table, state, words)
        _arrive(indptr, indices, state, out)


@njit(nogil=True, cache=True, _nrt=False)
def _refill(state, number, starts, numbers, indptr, out, upcoming, stop):
    """Give empty places the next walks; return the first walk that waits and how many walk."""
    walking = 0
    for i in range(RING):
        if state[_WALK, i] == _NONE and upcoming < stop:
            node = np.int64(starts[upcoming])
            state[_WALK, i], state[_POSITION, i], state[_LEFT, i], state[_HOP, i] = upcoming, 0, 0, 0
            state[_NODE, i] = node
            number[i] = numbers[upcoming]
            out[upcoming, 0] = node
            prefetch_item_far(indptr, node)
            if out.shape[1] == 1:
                state[_WALK, i] = _NONE
            upcoming += 1
        # A walk of one node is over at once; the next round brings the next ones.
        walking += state[_WALK, i] != _NONE or upcoming < stop
    return upcoming, walking


@njit(nogil=True, cache=True, _nrt=False)
def _set_out(state, number, lengths, seed, stream):
    """Draw the length of a flight for walkers that have none."""
    for i in range(RING):
        if state[_WALK, i] != _NONE and state[_LEFT, i] == 0:
            high, low, _, _ = draw(seed, number[i], state[_POSITION, i], stream)
            state[_LEFT, i] = flight_length(lengths, uint64(high) << uint64(32) | uint64(low))


@njit(inline="always")
def flight_length(lengths, word):
    """Return K: one more than how many of `lengths` the word is not below."""
    low, high = 0, len(lengths) - 1
    while low < high:
        middle = (low + high) >> 1
        if word < lengths[middle]:
            high = middle
        else:
            low = middle + 1
    return low + 1


@njit(nogil=True, cache=True, _nrt=False)
def _draw_words(state, number, shift, seed, stream, words):
    """words[:, i] = the words of the walker's next 2**shift hops, when it has used up the last ones."""
    for i in range(RING):
        if state[_WALK, i] != _NONE and state[_HOP, i] & ((1 << shift) - 1) == 0:
            w = draw(seed, number[i], state[_HOP, i] >> shift, stream)
            words[0, i], words[1, i], words[2, i], words[3, i] = w[0], w[1], w[2], w[3]


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, indices, table, state, words, out):
    """Choose a cell of each walker's row, without weights an arc; end walks in dead ends."""
    for i in range(RING):
        if state[_WALK, i] == _NONE:
            continue
        node, hop = state[_NODE, i], state[_HOP, i]
        first = indptr[node]
        degree = indptr[node + 1] - first
        if degree == 0:
            for position in range(state[_POSITION, i] + 1, out.shape[1]):
                out[state[_WALK, i], position] = -1
            state[_WALK, i] = _NONE
            continue
        state[_FIRST, i] = first
        word = words[hop & 3, i] if table is None else words[2 * (hop & 1), i]
        state[_PLACE, i] = first + np.int64(bounded(word, degree))
        if table is None:
            prefetch_item_far(indices, state[_PLACE, i])
        else:
            prefetch_start_far(table, state[_PLACE, i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_weighted(indices, table, state, words):
    """The cell's own arc or its alias."""
    for i in range(RING):
        if state[_WALK, i] != _NONE:
            first, coin = state[_FIRST, i], words[2 * (state[_HOP, i] & 1) + 1, i]
            state[_PLACE, i] = pick_entry(table, first, state[_PLACE, i] - first, uint32(coin))
            prefetch_item_far(indices, state[_PLACE, i])


@njit(nogil=True, cache=True, _nrt=False)
def _arrive(indptr, indices, state, out):
    """Hop; write the node where a flight ends."""
    for i in range(RING):
        walk = state[_WALK, i]
        if walk == _NONE:
            continue
        node = np.int64(indices[state[_PLACE, i]])
        prefetch_item_far(indptr, node)
        state[_NODE, i] = node
        state[_HOP, i] += 1
        state[_LEFT, i] -= 1
        if state[_LEFT, i] == 0:
            state[_POSITION, i] += 1
            out[walk, state[_POSITION, i]] = node
            if state[_POSITION, i] + 1 == out.shape[1]:
                state[_WALK, i] = _NONE
