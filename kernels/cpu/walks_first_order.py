"""First-order random walks: the next node depends on the present one only.

Walkers go in groups, one step of all of them at a time: first the random words of the whole group, in a loop
that vectorises, then the reads, each asked for one stage before it is needed. So the cache misses of a
group overlap (step interleaving: Sun, Chen, Hu, Li, Bhowmick, Li, "ThunderRW", VLDB 2021). The lines of the
walks are asked for a line ahead.

Which walk is which comes from its number alone: step s of walk k uses the words of
(k, s // steps_per_draw), so neither the chunk, nor the thread, nor the place in the group matters.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item_far, prefetch_start_far, prefetch_written
from graphkit.kernels.cpu.row_alias import pick_entry

GROUP = 64
"""Walkers side by side."""

_NODES_PER_LINE = 16

ENDED = -1
"""In place of a node: the walk is over."""

_RESTART = -2


@njit(nogil=True, cache=True)
def walk_first_order(indptr, indices, table, starts, numbers, seed, streams, halts, out, start, stop):
    """Walks `start` to `stop`: x in N(v) with probability w(v, x) / sum of v's weights.

    `table` is the alias tables of the rows, uint32 [num_arcs, 2], or None for an unweighted graph; `starts`
    int32 and `numbers` int64 [num_walks]; `streams` (of the steps, of stops and restarts); `halts` (stop,
    restart), thresholds of 32 bits as of `halt_thresholds`; `out` int32 [num_walks, walk_length] is
    **written**. A word a step where the graph has no weights, else two.
    """
    words = np.empty((4, GROUP), np.uint32)
    current, place, first = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    steps_per_draw = 4 if table is None else 2
    for begin in range(start, stop, GROUP):
        count = min(GROUP, stop - begin)
        for i in range(count):
            current[i] = starts[begin + i]
            out[begin + i, 0] = starts[begin + i]
            prefetch_item_far(indptr, current[i])
        for step in range(out.shape[1] - 1):
            turn = step % steps_per_draw
            if step % _NODES_PER_LINE == 0:
                _ask_for_lines(out, begin, count, step + 1 + _NODES_PER_LINE)
            if turn == 0:
                _draw_words(seed, numbers, begin, count, step // steps_per_draw, streams[0], words)
            if halts[0] > 0 or halts[1] > 0:
                _halt(seed, numbers, begin, count, step, streams[1], halts, current)
            if table is None:
                _choose(indptr, indices, current, words[turn], place, count)
            else:
                _choose_cell(indptr, table, current, words[2 * turn], first, place, count)
                _choose_weighted(indices, table, words[2 * turn + 1], first, place, count)
            for i in range(count):
                # Those that ended or restart, in the order in which they are least often met.
                if place[i] >= 0:
                    # Unsigned places are not tried for being negative.
                    node = np.int64(indices[uint64(place[i])])
                    prefetch_item_far(indptr, node)
                elif place[i] == _RESTART:
                    node = np.int64(starts[begin + i])
                else:
                    node = np.int64(ENDED)
                current[i] = node
                out[uint64(begin + i), uint64(step + 1)] = node


@njit(nogil=True, cache=True, _nrt=False)
def _ask_for_lines(out, begin, count, column):
    """Ask for the lines of out[begin : begin + count, column], if there is such a column."""
    if column < out.shape[1]:
        for i in range(count):
            prefetch_written(out, begin + i, column)


@njit(nogil=True, cache=True, _nrt=False)
def _draw_words(seed, numbers, begin, count, step, stream, words):
    """words[:, i] = the words of (numbers[begin + i], step); uint32 [4, GROUP], **written**."""
    for i in range(count):
        words[0, i], words[1, i], words[2, i], words[3, i] = draw(seed, numbers[begin + i], step, stream)


@njit(nogil=True, cache=True, _nrt=False)
def _halt(seed, numbers, begin, count, step, stream, halts, current):
    """Let walks stop or restart in front of a step: current[i] = ENDED or _RESTART; **written**."""
    for i in range(count):
        end, back = halt_words(seed, numbers[begin + i], step, stream)
        if current[i] != ENDED:
            if uint64(end) < halts[0]:
                current[i] = ENDED
            elif uint64(back) < halts[1]:
                current[i] = _RESTART


@njit(inline="always")
def halt_words(seed, number, step, stream):
    """Return the words that decide whether a walk stops, and whether it restarts, in front of a step."""
    w0, w1, w2, w3 = draw(seed, number, step >> 1, stream)
    return (w0, w1) if step & 1 == 0 else (w2, w3)


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, indices, current, words, place, count):
    """place[i] = the place of a random arc of current[i], or what current[i] says; **written**."""
    for i in range(count):
        node = current[i]
        if node < 0:
            place[i] = node
            continue
        begin = indptr[uint64(node)]
        degree = indptr[uint64(node + 1)] - begin
        place[i] = begin + np.int64(bounded(words[i], degree)) if degree > 0 else ENDED
        prefetch_item_far(indices, begin if degree == 0 else place[i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_cell(indptr, table, current, words, first, place, count):
    """place[i] = the place of a random cell in the row of current[i]; first[i] = the row's; **written**."""
    for i in range(count):
        node = current[i]
        if node < 0:
            place[i] = node
            continue
        first[i] = indptr[uint64(node)]
        degree = indptr[uint64(node + 1)] - first[i]
        place[i] = first[i] + np.int64(bounded(words[i], degree)) if degree > 0 else ENDED
        if degree > 0:
            prefetch_start_far(table, place[i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_weighted(indices, table, coins, first, place, count):
    """place[i] = the cell's own arc or its alias; **written**."""
    for i in range(count):
        if place[i] >= 0:
            place[i] = pick_entry(table, first[i], place[i] - first[i], uint32(coins[i]))
            prefetch_item_far(indices, place[i])


def halt_threshold(probability: float) -> int:
    """Return the number of the 2**32 words that mean yes."""
    return round(probability * 2**32)
