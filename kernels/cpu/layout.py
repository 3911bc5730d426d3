"""Steps of a layout: points pull along their edges and push one another at random, round after round.

J. Tang, J. Liu, M. Zhang, Q. Mei, "Visualizing large-scale and high-dimensional data", WWW 2016. For points y
in two or three dimensions, with x = |y_i - y_j| and a probability f(x) of an edge,

    sum over edges of w_ij (log f(x_ij) + num_negatives * E_{k ~ noise} gamma * log(1 - f(x_ik)))

is climbed by stochastic steps. In a round every point moves on its own account: it draws a neighbour by
weight, and takes a step, in proportion to its strength (the sum of its w_ij), on the pull of that and the
push of negatives, which sixteen points share. A point of large strength draws more often instead of taking a
larger step. An edge is drawn from both its ends, so both move, as in the paper.

All others stand where they stood when the round began: positions are read from one array and written to
another. So neither threads nor their order change a bit.

Random words: draw s of point i in round r has those of (i + 2**32 s, r), and pair p of the negatives of a
block, sixteen points, those of (block + 2**32 (s * pairs + p), r).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_start
from graphkit.kernels.cpu.row_alias import pick_entry
from graphkit.kernels.cpu.simd import (
    LANES,
    add,
    divide,
    exp,
    fma,
    load,
    maximum,
    minimum,
    multiply,
    splat,
    store,
    subtract,
)
from graphkit.kernels.cpu.tickets import finish, take, wait_for

STUDENT, LOGISTIC = 0, 1
"""f(x) = 1 / (1 + a x**2), and 1 / (1 + exp(a x**2))."""

_MOST = 5.0
"""Of one pull or push in one coordinate, before the rate; as in the authors' code."""

_SOFTENING = 0.1
"""Added to x**2 under the push of STUDENT, which would be infinite at 0; as in the authors' code."""

GROUP = 64
"""Points whose neighbours are asked for together."""

_NEXT_DRAW = 1 << 32


class Law(NamedTuple):
    """How points move.

    `seed` uint64; `arc_stream` and `noise_stream`, ints; `shape`, `STUDENT` or `LOGISTIC`; `a` and `gamma`
    float32; `num_negatives`; `noise` uint32 [num_points, 2], the alias table of the negatives.
    """

    seed: np.uint64
    arc_stream: int
    noise_stream: int
    shape: int
    a: np.float32
    gamma: np.float32
    num_negatives: int
    noise: np.ndarray


class Group(NamedTuple):
    """Points at work, `GROUP` of them: a draw's words and neighbours, and the negatives of each block."""

    words: np.ndarray
    others: np.ndarray
    rates: np.ndarray
    negatives: np.ndarray


class Block(NamedTuple):
    """Sixteen of the points, by coordinate: where they stand, where their neighbours do, and their step."""

    here: np.ndarray
    there: np.ndarray
    apart: np.ndarray
    step: np.ndarray


@njit(nogil=True, cache=True)
def fill_cells(indptr, indices, table, places, starts, cells, start, stop):
    """Put what a draw needs into one place, the points in a new order: (threshold, own point, alias's point).

    `indptr` int64 [num_points + 1] and `indices` int32 [num_arcs] of the old order; `table` uint32, as of
    `build_row_alias`, of the arcs of the old rows `start` to `stop` alone; `places` int32 [num_points], the
    new row of each old one; `starts` int64 [num_points + 1], the new `indptr`; `cells` uint32 [num_arcs, 3],
    **written** for these rows.
    """
    before = indptr[start]
    for row in range(start, stop):
        first, cell = indptr[row], starts[places[row]]
        for arc in range(first, indptr[row + 1]):
            cells[cell, 0] = table[arc - before, 0]
            cells[cell, 1] = places[indices[arc]]
            cells[cell, 2] = places[indices[first + table[arc - before, 1]]]
            cell += 1


@njit(nogil=True, cache=True)
def move_points(counters, indptr, cells, shares, law, first_round, rates, task_size, positions):
    """Run rounds number `first_round` on, one for each rate; each thread calls it with equal arguments.

    `counters` int64, see `tickets`; `indptr` int64 [num_points + 1]; `cells` as of `fill_cells`; `shares`
    float32 [num_points], a point's strength in units of one draw, 0 for a point that stays; `rates` float32
    [num_rounds]; `task_size` a multiple of `GROUP`; `positions` float32 [2, num_points, dim], dim <= 3,
    **written**: round r reads positions[r % 2] and writes the other.
    """
    num_tasks = -(-len(shares) // task_size)
    group, block = _new_group(law.num_negatives), _new_block()
    while True:
        ticket = take(counters)
        number, task = ticket // num_tasks, ticket % num_tasks
        if number >= len(rates):
            return
        wait_for(counters, number * num_tasks)
        turn = first_round + number
        before, after = positions[turn & 1], positions[1 - (turn & 1)]
        for first in range(task * task_size, min((task + 1) * task_size, len(shares)), GROUP):
            _move_group(indptr, cells, shares, law, turn, rates[number], first, before, after, group, block)
        finish(counters)


@njit(nogil=True, cache=True)
def place_points(indptr, cells, law, rates, fixed, positions, start, stop):
    """Move new points `start` to `stop` among fixed ones, a draw a round, one round for each rate.

    `indptr` int64 [num_new + 1]; `cells` uint32 [num_arcs, 3], as of `fill_cells`, of fixed points; `rates`
    float32 [num_rounds]; `fixed` float32 [num_fixed, dim] and `positions` float32 [num_new, dim], dim <= 3,
    **written**. The noise of `law` is of fixed points. All new points have the words of point 0, and of block
    0: where one ends depends on its arcs and beginning alone.
    """
    group, block = _new_group(law.num_negatives), _new_block()
    for first in range(start, stop, GROUP):
        count = min(GROUP, stop - first)
        for turn in range(len(rates)):
            slot, coin, _, _ = draw(law.seed, 0, turn, law.arc_stream)
            for i in range(count):
                begin = indptr[first + i]
                arc = begin + np.int64(bounded(slot, indptr[first + i + 1] - begin))
                own = coin < cells[arc, 0]
                group.others[i] = np.int64(cells[arc, 1]) if own else np.int64(cells[arc, 2])
                group.rates[0, i] = rates[turn]
            _draw_negatives(law, turn, 0, 0, 1, fixed, group)
            for number in range(1, GROUP // LANES):
                group.negatives[number] = group.negatives[0]
            for begin in range(0, count, LANES):
                _move_block(law, begin, min(LANES, count - begin), first, fixed, positions, group, block)


@njit
def _new_group(num_negatives):
    return Group(
        np.zeros((4, GROUP), np.uint32),
        np.zeros(GROUP, np.int64),
        np.zeros((1, GROUP), np.float32),
        np.zeros((GROUP // LANES, num_negatives + 1), np.int64),
    )


@njit
def _new_block():
    shape = (3, LANES)
    return Block(
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
    )


@njit(_nrt=False)
def _move_group(indptr, cells, shares, law, turn, rate, first, before, after, group, block):
    count = min(GROUP, len(shares) - first)
    largest = np.float32(0)
    for i in range(count):
        largest = max(largest, shares[first + i])
        for axis in range(before.shape[1]):
            after[first + i, axis] = before[first + i, axis]
    for number in range(_num_draws(largest)):
        _draw_words(law, turn, first + number * _NEXT_DRAW, group.words)
        _choose(indptr, cells, shares, number, rate, first, count, before, group)
        _draw_negatives(law, turn, first, number, count, before, group)
        for begin in range(0, count, LANES):
            _move_block(law, begin, min(LANES, count - begin), first, before, after, group, block)


@njit(inline="always")
def _move_block(law, begin, count, first, before, after, group, block):
    """Take one step with each of sixteen points: after[first + begin + lane], **written**."""
    dim = before.shape[1]
    for lane in range(count):
        for axis in range(dim):
            block.here[axis, lane] = after[first + begin + lane, axis]
            block.there[axis, lane] = before[group.others[begin + lane], axis]
    _pull(law, dim, block)
    for place in range(law.num_negatives):
        _push(law, dim, before, group.negatives[begin // LANES, place], block)
    rates = load(group.rates, 0, begin)
    for axis in range(dim):
        store(block.here, axis, 0, fma(load(block.step, axis, 0), rates, load(block.here, axis, 0)))
    for lane in range(count):
        for axis in range(dim):
            after[first + begin + lane, axis] = block.here[axis, lane]


@njit(nogil=True, _nrt=False)
def _draw_words(law, turn, item, words):
    """words[:, i] = the words of (item + i, turn); uint32 [4, GROUP], **written**."""
    for i in range(GROUP):
        words[0, i], words[1, i], words[2, i], words[3, i] = draw(law.seed, item + i, turn, law.arc_stream)


@njit(inline="always")
def _num_draws(share):
    """The share rounded up."""
    whole = np.int64(share)
    return whole + np.int64(share > np.float32(whole))


@njit(inline="always")
def _choose(indptr, cells, shares, number, rate, first, count, before, group):
    """Draw the neighbours; `others` is the point itself, and its rate 0, where it has no draw of this number.

    A point draws as many times as its share begins units, with equal parts of the share.
    """
    for i in range(GROUP):
        group.rates[0, i] = 0
    for i in range(count):
        row = first + i
        draws = _num_draws(shares[row])
        group.others[i] = -1
        if number < draws:
            group.rates[0, i] = rate * (shares[row] / np.float32(draws))
            begin = indptr[row]
            group.others[i] = begin + np.int64(bounded(group.words[0, i], indptr[row + 1] - begin))
            prefetch_start(cells, group.others[i])
    for i in range(count):
        arc = group.others[i]
        if arc < 0:
            group.others[i] = first + i
        else:
            own = group.words[1, i] < cells[arc, 0]
            group.others[i] = np.int64(cells[arc, 1]) if own else np.int64(cells[arc, 2])
            prefetch_start(before, group.others[i])


@njit(inline="always")
def _draw_negatives(law, turn, first, number, count, before, group):
    """Draw the negatives of each block, two a draw."""
    pairs, size = (law.num_negatives + 1) // 2, len(law.noise)
    for block in range(-(-count // LANES)):
        place = first // LANES + block + number * pairs * _NEXT_DRAW
        for pair in range(pairs):
            slot, coin, other_slot, other_coin = draw(
                law.seed, place + pair * _NEXT_DRAW, turn, law.noise_stream
            )
            one = pick_entry(law.noise, 0, bounded(slot, size), coin)
            other = pick_entry(law.noise, 0, bounded(other_slot, size), other_coin)
            group.negatives[block, 2 * pair], group.negatives[block, 2 * pair + 1] = one, other
            prefetch_start(before, one)
            prefetch_start(before, other)


@njit(inline="always")
def _pull(law, dim, block):
    """Set step = -clip(factor * (y_i - y_j)), factor = -2 d log f / d x**2."""
    square = splat(np.float32(0))
    for axis in range(dim):
        apart = subtract(load(block.here, axis, 0), load(block.there, axis, 0))
        store(block.apart, axis, 0, apart)
        square = fma(apart, apart, square)
    a, one = splat(law.a), splat(np.float32(1))
    twice = splat(np.float32(-2) * law.a)
    if law.shape == STUDENT:
        factor = divide(twice, fma(a, square, one))
    else:
        factor = divide(twice, add(one, exp(subtract(splat(np.float32(0)), multiply(a, square)))))
    for axis in range(dim):
        store(block.step, axis, 0, _clipped(multiply(factor, load(block.apart, axis, 0))))


@njit(inline="always")
def _push(law, dim, before, other, block):
    """Add to step clip(factor * (y_i - y_k)), factor = 2 gamma d log(1 - f) / d x**2."""
    square = splat(np.float32(0))
    for axis in range(dim):
        apart = subtract(load(block.here, axis, 0), splat(before[other, axis]))
        store(block.apart, axis, 0, apart)
        square = fma(apart, apart, square)
    a, one = splat(law.a), splat(np.float32(1))
    if law.shape == STUDENT:
        softened = add(square, splat(np.float32(_SOFTENING)))
        factor = divide(splat(np.float32(2) * law.gamma), multiply(softened, fma(a, square, one)))
    else:
        factor = divide(splat(np.float32(2) * law.gamma * law.a), add(one, exp(multiply(a, square))))
    for axis in range(dim):
        pushed = _clipped(multiply(factor, load(block.apart, axis, 0)))
        store(block.step, axis, 0, add(load(block.step, axis, 0), pushed))


@njit(inline="always")
def _clipped(vector):
    return maximum(minimum(vector, splat(np.float32(_MOST))), splat(np.float32(-_MOST)))
