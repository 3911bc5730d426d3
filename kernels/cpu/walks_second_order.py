"""Second-order random walks: node2vec and node2vec+, by rejection.

Having gone t -> v, a neighbour x of v is proposed in proportion to w(v, x) and accepted with probability
alpha(t, v, x) / M. As in KnightKing (Yang, Zhang, Chen, Ma, Gao, SOSP 2019), the envelope M = max(1, 1/q)
leaves the return arc out: what 1/p has above it is a piece of the proposal of its own (`excess`), and a coin
below min(1, 1/q) / M is taken without asking whether x and t are neighbours. A step that was refused so often
that a look at the whole row would have been cheaper is drawn from the exact distribution by that look;
refusals do not depend on what follows, so the law stays the same.

Walkers stand in a ring of `RING` places and make one trial each in turn, stage by stage, so that their cache
misses overlap. Trial k of a walk uses the words of (walk number, k), two a trial on a graph without weights,
three otherwise; a place in the ring takes its next walk when a draw begins. Nothing depends on place, thread
or chunk.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.csr import find_arc
from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item, prefetch_start
from graphkit.kernels.cpu.row_alias import pick_entry
from graphkit.kernels.cpu.row_filter import ask_filter, may_hold
from graphkit.kernels.cpu.walk_bias import ONE, draw_exactly, extended_alpha, share_of
from graphkit.kernels.cpu.walks_first_order import halt_words

RING = 64
"""Walkers side by side."""

# Rows of the ring's state: what each walker carries.
_WALK, _STEP, _TRIAL, _FAILED, _NODE, _PREVIOUS, _FIRST, _DEGREE, _SKIP, _COIN, _PLACE, _NEXT, _ACCEPTED = (
    range(13)
)
_NUM_FIELDS = 13

# Rows of `asked`: a question whether a row holds a node, and its answer.
_ASKER, _ROW, _KEY, _WORD, _FOUND = range(5)
# Rows of `opened`: the questions that need a search, with the part of the row that is left.
_QUESTION, _SOUGHT, _LOW, _LENGTH = range(4)

_NONE = -1
"""No walk in the place; no node before the first step; no arc found."""


@njit(nogil=True, cache=True)
def walk_second_order(
    indptr, indices, weights, table, strength, noise, filters, directed, starts, numbers, seed, streams,
    halts, bias, out, start, stop,
):  # fmt: skip
    """Walks `start` to `stop`: x in N(v) with probability proportional to w(v, x) * alpha(t, v, x).

    `weights` float32 [num_arcs] and `table`, the rows' alias tables, uint32 [num_arcs, 2]: both None without
    weights. `strength` float64 [num_nodes], sums of the rows' weights; may be None without weights or
    `bias.excess`. `noise` float32 [num_nodes], node2vec+'s thresholds, or None for node2vec. `filters`
    uint64, as of `build_row_filter`; may be empty if q = 1. `starts`, `numbers`, `streams`, `halts`, `out`
    as in `walk_first_order`; `out` is **written**.
    """
    state = np.zeros((_NUM_FIELDS, RING), np.int64)
    state[_WALK] = _NONE
    number, back_weight = np.zeros(RING, np.int64), np.zeros(RING)
    words = np.empty((4, RING), np.uint32)
    asked, opened = np.empty((5, RING), np.int64), np.empty((4, RING), np.int64)
    upcoming, turn = start, 0
    while True:
        if turn == 0:
            upcoming, walking = _refill(state, number, starts, numbers, indptr, out, upcoming, stop)
            if walking == 0:
                break
            _draw_words(seed, number, state[_TRIAL], 1 if table is None else 0, streams[0], words)
        if halts[0] > 0 or halts[1] > 0:
            _halt(state, starts, number, seed, streams[1], halts, out)
        _arrive(indptr, indices, weights, strength, directed, bias, state, back_weight, out)
        _propose(indices, table, state, words[2 * turn], words[2 * turn + 1])
        if table is not None:
            _choose_weighted(indices, table, state, words[1], words[2])
        num_asked = _judge(indptr, indices, filters, directed, bias, state, asked)
        num_opened = _sift(indptr, filters, directed, asked, num_asked, opened)
        _search(indices, asked, opened, num_opened)
        _settle(weights, noise, bias, state, asked, num_asked)
        _look_at_rows(
            indptr, indices, weights, noise, directed, bias, state, words[2 * turn], words[2 * turn + 1]
        )
        _advance(indptr, weights, bias, state, back_weight, out)
        turn = 1 - turn if table is None else 0


@njit(nogil=True, cache=True, _nrt=False)
def _refill(state, number, starts, numbers, indptr, out, upcoming, stop):
    """Give empty places the next walks; return the first walk that waits and how many walk."""
    walking = 0
    for i in range(RING):
        if state[_WALK, i] == _NONE and upcoming < stop:
            node = np.int64(starts[upcoming])
            state[_WALK, i], state[_STEP, i], state[_TRIAL, i], state[_FAILED, i] = upcoming, 0, 0, 0
            state[_NODE, i], state[_PREVIOUS, i], state[_SKIP, i] = node, _NONE, 0
            number[i] = numbers[upcoming]
            out[upcoming, 0] = node
            prefetch_item(indptr, node)
            if out.shape[1] == 1:
                state[_WALK, i] = _NONE
            upcoming += 1
        # A walk of one node is over at once; the next round brings the next ones.
        walking += state[_WALK, i] != _NONE or upcoming < stop
    return upcoming, walking


@njit(nogil=True, cache=True, _nrt=False)
def _draw_words(seed, number, trial, shift, stream, words):
    """words[:, i] = the words of the walker's next 2**shift trials; uint32 [4, RING], **written**."""
    for i in range(RING):
        w = draw(seed, number[i], trial[i] >> shift, stream)
        words[0, i], words[1, i], words[2, i], words[3, i] = w[0], w[1], w[2], w[3]


@njit(nogil=True, cache=True, _nrt=False)
def _halt(state, starts, number, seed, stream, halts, out):
    """Let walks that are new at their node stop, or restart, perhaps more than once."""
    for i in range(RING):
        while state[_WALK, i] != _NONE and state[_FAILED, i] == 0:
            end, back = halt_words(seed, number[i], state[_STEP, i], stream)
            if uint64(end) < halts[0]:
                _end(state, i, out)
            elif uint64(back) < halts[1]:
                walk = state[_WALK, i]
                state[_NODE, i], state[_PREVIOUS, i] = starts[walk], _NONE
                state[_STEP, i] += 1
                out[walk, state[_STEP, i]] = starts[walk]
                if state[_STEP, i] + 1 == out.shape[1]:
                    state[_WALK, i] = _NONE
            else:
                break


@njit(nogil=True, cache=True, _nrt=False)
def _arrive(indptr, indices, weights, strength, directed, bias, state, back_weight, out):
    """Read the row of each walker's node, end walks in dead ends, weigh the outlier."""
    for i in range(RING):
        if state[_WALK, i] == _NONE:
            continue
        node = state[_NODE, i]
        first = indptr[node]
        degree = indptr[node + 1] - first
        state[_FIRST, i], state[_DEGREE, i] = first, degree
        if degree == 0:
            _end(state, i, out)
        elif bias.excess > 0 and state[_FAILED, i] == 0:
            previous = state[_PREVIOUS, i]
            weight, total = 1.0, np.float64(degree)
            if previous == _NONE:
                weight = 0.0
            elif directed:
                place = find_arc(indptr, indices, node, previous)
                weight = 0.0 if place < 0 else (1.0 if weights is None else np.float64(weights[place]))
            elif weights is not None:
                weight = back_weight[i]
            if strength is not None:
                total = strength[node]
            outlier = bias.excess * weight
            state[_SKIP, i] = np.int64(outlier / (total + outlier) * 4294967296.0)


@njit(nogil=True, cache=True, _nrt=False)
def _propose(indices, table, state, words, coins):
    """Choose a cell of each walker's row; without weights that is an arc."""
    for i in range(RING):
        if state[_WALK, i] == _NONE:
            continue
        state[_PLACE, i] = state[_FIRST, i] + np.int64(bounded(words[i], state[_DEGREE, i]))
        if table is None:
            state[_COIN, i] = np.int64(coins[i]) - state[_SKIP, i]
            prefetch_item(indices, state[_PLACE, i])
        else:
            prefetch_start(table, state[_PLACE, i])


@njit(nogil=True, cache=True, _nrt=False)
def _choose_weighted(indices, table, state, coins, tosses):
    """The cell's own arc or its alias."""
    for i in range(RING):
        if state[_WALK, i] != _NONE:
            first = state[_FIRST, i]
            state[_PLACE, i] = pick_entry(table, first, state[_PLACE, i] - first, coins[i])
            state[_COIN, i] = np.int64(tosses[i]) - state[_SKIP, i]
            prefetch_item(indices, state[_PLACE, i])


@njit(nogil=True, cache=True, _nrt=False)
def _judge(indptr, indices, filters, directed, bias, state, asked):
    """Accept or refuse what needs no look at another row; return how many others are in `asked`.

    `asked` int64 [5, RING], **written**: the walker; the row to search and the node to find in it; the word
    of the row's filter that knows. Those asked about count as accepted for now. Conditions that cannot be
    foretold are sums, not branches.
    """
    num_asked = 0
    for i in range(RING):
        if state[_WALK, i] == _NONE:
            continue
        previous, coin = state[_PREVIOUS, i], state[_COIN, i]
        node = np.int64(indices[state[_PLACE, i]])
        span = (1 << 32) - state[_SKIP, i]
        state[_ACCEPTED, i] = 1
        if previous == _NONE or coin < 0 or state[_DEGREE, i] == 1:
            # A coin below 0 is the outlier's: straight back.
            state[_NEXT, i] = previous if coin < 0 else node
            continue
        state[_NEXT, i] = node
        if node == previous:
            state[_ACCEPTED, i] = coin < share_of(bias.back, span)
        elif bias.low < 1 << ONE:
            row, key = (node, previous) if directed else (previous, node)
            asked[_ASKER, num_asked], asked[_ROW, num_asked], asked[_KEY, num_asked] = i, row, key
            asked[_WORD, num_asked] = ask_filter(indptr, filters, row, key)
            num_asked += np.int64(coin >= share_of(bias.low, span))
    return num_asked


@njit(nogil=True, cache=True, _nrt=False)
def _sift(indptr, filters, directed, asked, num_asked, opened):
    """Put the questions that the filters leave open into `opened`; return how many.

    The answer to the others is _NONE. `opened` int64 [4, RING], **written**: the question, the node, and
    first place and length of its row: the shorter of the two that say the same in an undirected graph.
    """
    num_opened = 0
    for j in range(num_asked):
        asked[_FOUND, j] = _NONE
        opened[_QUESTION, num_opened] = j
        num_opened += np.int64(may_hold(filters, asked[_WORD, j], asked[_KEY, j]))
    for k in range(num_opened):
        row, key = asked[_ROW, opened[_QUESTION, k]], asked[_KEY, opened[_QUESTION, k]]
        length, other = indptr[row + 1] - indptr[row], indptr[key + 1] - indptr[key]
        if not directed and other < length:
            row, key, length = key, row, other
        opened[_SOUGHT, k], opened[_LOW, k], opened[_LENGTH, k] = key, indptr[row], length
    return num_opened


@njit(nogil=True, cache=True, _nrt=False)
def _search(indices, asked, opened, num_opened):
    """asked[_FOUND] = the place of the node in its row, or _NONE; **written**, as is `opened`.

    Binary searches, all of them a step at a time: their reads do not wait for one another.
    """
    low, length, key = opened[_LOW], opened[_LENGTH], opened[_SOUGHT]
    longest = np.int64(0)
    for k in range(num_opened):
        longest = max(longest, length[k])
    while longest > 1:
        for k in range(num_opened):
            half = length[k] >> 1
            # A product in place of a branch: which half it is cannot be foretold.
            low[k] += half * np.int64(indices[low[k] + half] <= key[k])
            length[k] -= half
        longest -= longest >> 1
    for k in range(num_opened):
        if length[k] > 0 and indices[low[k]] == key[k]:
            asked[_FOUND, opened[_QUESTION, k]] = low[k]


@njit(nogil=True, cache=True, _nrt=False)
def _settle(weights, noise, bias, state, asked, num_asked):
    """Refuse those whose coin is not below alpha / M, now that w(t, x) is known."""
    for j in range(num_asked):
        i, found = asked[_ASKER, j], asked[_FOUND, j]
        if noise is None:
            accepted = bias.common if found != _NONE else bias.far
        else:
            near = 0.0 if found == _NONE else np.float64(weights[found])
            here, there = noise[state[_NODE, i]], noise[state[_NEXT, i]]
            alpha = extended_alpha(near, there, weights[state[_PLACE, i]], here, bias.inverse_q)
            accepted = np.int64(alpha / bias.envelope * 2147483648.0)
        state[_ACCEPTED, i] = np.int64(state[_COIN, i] < share_of(accepted, (1 << 32) - state[_SKIP, i]))


@njit(nogil=True, cache=True)
def _look_at_rows(indptr, indices, weights, noise, directed, bias, state, words, coins):
    """Steps that were refused too often are drawn exactly, whatever this trial said."""
    for i in range(RING):
        if state[_FAILED, i] > 8 + (state[_DEGREE, i] >> 3) and state[_WALK, i] != _NONE:
            share = np.float64(uint64(words[i]) << uint64(21) | uint64(coins[i]) >> uint64(11)) / 2.0**53
            place = draw_exactly(
                indptr, indices, weights, noise, directed, bias, state[_NODE, i], state[_PREVIOUS, i], share
            )
            state[_PLACE, i], state[_NEXT, i], state[_ACCEPTED, i] = place, indices[place], 1
            # Not the outlier, whose arc has the weight of the one before.
            state[_COIN, i] = 0


@njit(nogil=True, cache=True, _nrt=False)
def _advance(indptr, weights, bias, state, back_weight, out):
    """Walkers whose arc was accepted go there; the others stay, and have failed once more."""
    for i in range(RING):
        state[_TRIAL, i] += 1
        walk, here = state[_WALK, i], state[_NODE, i]
        if walk == _NONE:
            continue
        accepted = state[_ACCEPTED, i] == 1
        node = state[_NEXT, i] if accepted else here
        state[_NODE, i] = node
        state[_PREVIOUS, i] = here if accepted else state[_PREVIOUS, i]
        state[_FAILED, i] = 0 if accepted else state[_FAILED, i] + 1
        step = state[_STEP, i] + np.int64(accepted)
        state[_STEP, i] = step
        # Those that stay write again what is there.
        out[walk, step] = node
        prefetch_item(indptr, node)
        if weights is not None and bias.excess > 0 and accepted and state[_COIN, i] >= 0:
            back_weight[i] = weights[state[_PLACE, i]]
        if step + 1 == out.shape[1]:
            state[_WALK, i] = _NONE


@njit(inline="always")
def _end(state, i, out):
    """Fill the rest of the walk with -1, and give its place free."""
    walk = state[_WALK, i]
    for step in range(state[_STEP, i] + 1, out.shape[1]):
        out[walk, step] = -1
    state[_WALK, i] = _NONE
