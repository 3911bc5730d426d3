"""Sixteen centres at a time: one step of skip-gram with negative sampling.

For centres i with vectors v_i and columns c (contexts and negatives) with vectors x_c, a step adds the rate
times the gradient of

    sum_ic  positive_ic * log s(v_i . x_c)  +  negative_ic * log s(-v_i . x_c),      s(z) = 1 / (1 + e**-z),

all scores being taken before any vector moves. Three small matrix products do it: the scores V X', the
centres' gradient G X, the columns' gradient G' V. Each keeps eight or sixteen sums of 16 numbers in registers
and reads one vector for as many multiply-adds. Of the multipliers' peak (two of 512 bits, rows in the second
cache) the first product takes 75 %, the second nearly all, the third 65 %.

A step that adds many samples at once can overshoot where those samples, one by one, would have slowed each
other down. The curvature along the vector of a node is at most

    h = rate / 4 * sum over its lanes i and the columns c of weight_ic |x_c|**2,

for contexts likewise, a node that stands in several lanes or columns having all of them in its sum. Beyond
`LONGEST` its samples are damped by LONGEST / h, and a sample of two nodes by the smaller of their two
factors: the same for both ends. Were each end damped for itself, one table would learn more slowly than the
other, and descent keeps |v|**2 / rate_v - |x|**2 / rate_x as it began (S. Arora, N. Cohen, N. Golowich,
W. Hu, ICLR 2019, for equal rates): contexts outgrow centres, all centres turn one way, and F1 falls.

A block's arrays: `centers` and `contexts` float32 [> num_slots, width], local copies of rows and a spare one,
width a multiple of 16; `center_curvature` and `context_curvature` float32 [> num_slots], h of each;
`lane_slots` and `lane_targets` int32 [16], where a centre stands and where its step goes; `column_slots` and
`column_targets` int32 [num_columns], likewise, a multiple of 8 of them; `weight` float32 [num_columns, 16],
positives first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from graphkit.kernels.cpu.simd import (
    LANES,
    add,
    broadcast,
    divide,
    exp,
    fma,
    load,
    minimum,
    multiply,
    splat,
    store,
    subtract,
    total,
    transpose,
)

GROUP = 8
"""Sums kept in registers at a time; columns come in multiples of it."""

LONGEST = np.float32(2)
"""Of h: as far as one step along one vector may go without leaving what it descends to further away."""

_ZERO = np.float32(0)
_ONE = np.float32(1)
_QUARTER = np.float32(0.25)


class Block(NamedTuple):
    """The arrays of one step: see above; `transposed`, `steps`, `lanes` and the factors are scratch."""

    centers: np.ndarray
    contexts: np.ndarray
    center_curvature: np.ndarray
    context_curvature: np.ndarray
    lane_slots: np.ndarray
    lane_targets: np.ndarray
    column_slots: np.ndarray
    column_targets: np.ndarray
    weight: np.ndarray
    gradient: np.ndarray
    transposed: np.ndarray
    steps: np.ndarray
    lanes: np.ndarray
    lane_factors: np.ndarray
    column_factors: np.ndarray


@njit(inline="always")
def score(block, num_columns):
    """gradient[c, i] = v_i . x_c; `block.gradient` and `block.transposed` **written**."""
    width = block.centers.shape[1]
    contexts, slots = block.contexts, block.column_slots
    for column in range(0, width, LANES):
        transpose(block.centers, block.lane_slots, column, block.transposed)
    for first in range(0, num_columns, GROUP):
        row_0, row_1, row_2, row_3 = slots[first], slots[first + 1], slots[first + 2], slots[first + 3]
        row_4, row_5, row_6, row_7 = slots[first + 4], slots[first + 5], slots[first + 6], slots[first + 7]
        sum_0 = sum_1 = sum_2 = sum_3 = sum_4 = sum_5 = sum_6 = sum_7 = splat(_ZERO)
        for place in range(width):
            lanes = load(block.transposed, place, 0)
            sum_0 = fma(lanes, broadcast(contexts, row_0, place), sum_0)
            sum_1 = fma(lanes, broadcast(contexts, row_1, place), sum_1)
            sum_2 = fma(lanes, broadcast(contexts, row_2, place), sum_2)
            sum_3 = fma(lanes, broadcast(contexts, row_3, place), sum_3)
            sum_4 = fma(lanes, broadcast(contexts, row_4, place), sum_4)
            sum_5 = fma(lanes, broadcast(contexts, row_5, place), sum_5)
            sum_6 = fma(lanes, broadcast(contexts, row_6, place), sum_6)
            sum_7 = fma(lanes, broadcast(contexts, row_7, place), sum_7)
        store_eight(block.gradient, first, 0, sum_0, sum_1, sum_2, sum_3, sum_4, sum_5, sum_6, sum_7)


@njit(inline="always")
def measure_curvature(block, num_columns, rate):
    """Add up h of each node.

    `block.center_curvature`, `.context_curvature` and, as scratch, `.lane_factors` are **written**.
    """
    block.center_curvature[:] = 0
    block.context_curvature[:] = 0
    quarter, along_lanes = splat(_QUARTER * rate), splat(_ZERO)
    lengths = multiply(quarter, lane_lengths(block))
    for column in range(num_columns):
        slot, weight = block.column_slots[column], load(block.weight, column, 0)
        length = multiply(quarter, splat(squared_length(block.contexts, slot)))
        along_lanes = fma(weight, length, along_lanes)
        block.context_curvature[slot] += total(multiply(weight, lengths))
    store(block.lane_factors, 0, 0, along_lanes)
    for lane in range(LANES):
        block.center_curvature[block.lane_slots[lane]] += block.lane_factors[0, lane]


@njit(inline="always")
def lane_lengths(block):
    """Return |v_i|**2 of the lanes."""
    squares = splat(_ZERO)
    for place in range(block.centers.shape[1]):
        lanes = load(block.transposed, place, 0)
        squares = fma(lanes, lanes, squares)
    return squares


@njit(inline="always")
def squared_length(vectors, row):
    """Return |vectors[row]|**2."""
    squares = splat(_ZERO)
    for column in range(0, vectors.shape[1], LANES):
        part = load(vectors, row, column)
        squares = fma(part, part, squares)
    return total(squares)


@njit(inline="always")
def set_factors(block, num_columns):
    """What is left of the samples of each lane and column; `block.lane_factors` and `.column_factors`
    **written**.
    """
    for lane in range(LANES):
        block.lane_factors[0, lane] = factor_of(block.center_curvature[block.lane_slots[lane]])
    for column in range(num_columns):
        block.column_factors[column] = factor_of(block.context_curvature[block.column_slots[column]])


@njit(inline="always")
def factor_of(curvature):
    """Return what is left of the samples of a node."""
    return LONGEST / max(curvature, LONGEST)


@njit(inline="always")
def rates_of(block, column, rate):
    """Return the rates of a column's samples, weights and the smaller of two nodes' factors in them."""
    factors = minimum(load(block.lane_factors, 0, 0), splat(block.column_factors[column]))
    return multiply(multiply(splat(rate), factors), load(block.weight, column, 0))


@njit(inline="always")
def attract(block, num_positive, rate):
    """Scores of positives to their rate * s(-score); `block.gradient` **written**."""
    one, zero = splat(_ONE), splat(_ZERO)
    for column in range(num_positive):
        decay = exp(subtract(zero, load(block.gradient, column, 0)))
        store(
            block.gradient, column, 0, multiply(rates_of(block, column, rate), divide(decay, add(one, decay)))
        )


@njit(inline="always")
def repel(block, num_positive, num_columns, rate):
    """Scores of negatives to -rate * s(score), each its own rate; `block.gradient` **written**."""
    one, zero = splat(_ONE), splat(_ZERO)
    for column in range(num_positive, num_columns):
        decay = exp(subtract(zero, load(block.gradient, column, 0)))
        store(
            block.gradient, column, 0, multiply(rates_of(block, column, -rate), divide(one, add(one, decay)))
        )


@njit(inline="always")
def center_steps(block, num_columns):
    """steps[i] = sum over c of gradient[c, i] * x_c; `block.steps` **written**."""
    gradient = block.gradient
    for column in range(0, block.contexts.shape[1], LANES):
        sum_0 = sum_1 = sum_2 = sum_3 = sum_4 = sum_5 = sum_6 = sum_7 = splat(_ZERO)
        sum_8 = sum_9 = sum_10 = sum_11 = sum_12 = sum_13 = sum_14 = sum_15 = splat(_ZERO)
        for place in range(num_columns):
            row = load(block.contexts, block.column_slots[place], column)
            sum_0 = fma(row, broadcast(gradient, place, 0), sum_0)
            sum_1 = fma(row, broadcast(gradient, place, 1), sum_1)
            sum_2 = fma(row, broadcast(gradient, place, 2), sum_2)
            sum_3 = fma(row, broadcast(gradient, place, 3), sum_3)
            sum_4 = fma(row, broadcast(gradient, place, 4), sum_4)
            sum_5 = fma(row, broadcast(gradient, place, 5), sum_5)
            sum_6 = fma(row, broadcast(gradient, place, 6), sum_6)
            sum_7 = fma(row, broadcast(gradient, place, 7), sum_7)
            sum_8 = fma(row, broadcast(gradient, place, 8), sum_8)
            sum_9 = fma(row, broadcast(gradient, place, 9), sum_9)
            sum_10 = fma(row, broadcast(gradient, place, 10), sum_10)
            sum_11 = fma(row, broadcast(gradient, place, 11), sum_11)
            sum_12 = fma(row, broadcast(gradient, place, 12), sum_12)
            sum_13 = fma(row, broadcast(gradient, place, 13), sum_13)
            sum_14 = fma(row, broadcast(gradient, place, 14), sum_14)
            sum_15 = fma(row, broadcast(gradient, place, 15), sum_15)
        store_eight(block.steps, 0, column, sum_0, sum_1, sum_2, sum_3, sum_4, sum_5, sum_6, sum_7)
        store_eight(block.steps, 8, column, sum_8, sum_9, sum_10, sum_11, sum_12, sum_13, sum_14, sum_15)


@njit(inline="always")
def copy_lanes(block):
    """Copy the lanes' vectors next to one another; `block.lanes` **written**."""
    for lane in range(LANES):
        for column in range(0, block.centers.shape[1], LANES):
            store(block.lanes, lane, column, load(block.centers, block.lane_slots[lane], column))


@njit(inline="always")
def move_contexts(block, num_columns):
    """x_c += sum over i of gradient[c, i] * v_i; `block.contexts` and `block.lanes` **written**."""
    gradient, lanes = block.gradient, block.lanes
    copy_lanes(block)
    contexts, targets = block.contexts, block.column_targets
    for first in range(0, num_columns, GROUP):
        for column in range(0, lanes.shape[1], LANES):
            sum_0 = sum_1 = sum_2 = sum_3 = sum_4 = sum_5 = sum_6 = sum_7 = splat(_ZERO)
            for lane in range(LANES):
                row = load(lanes, lane, column)
                sum_0 = fma(row, broadcast(gradient, first, lane), sum_0)
                sum_1 = fma(row, broadcast(gradient, first + 1, lane), sum_1)
                sum_2 = fma(row, broadcast(gradient, first + 2, lane), sum_2)
                sum_3 = fma(row, broadcast(gradient, first + 3, lane), sum_3)
                sum_4 = fma(row, broadcast(gradient, first + 4, lane), sum_4)
                sum_5 = fma(row, broadcast(gradient, first + 5, lane), sum_5)
                sum_6 = fma(row, broadcast(gradient, first + 6, lane), sum_6)
                sum_7 = fma(row, broadcast(gradient, first + 7, lane), sum_7)
            # One after another: a node may hold several columns.
            _move(contexts, targets[first], column, sum_0)
            _move(contexts, targets[first + 1], column, sum_1)
            _move(contexts, targets[first + 2], column, sum_2)
            _move(contexts, targets[first + 3], column, sum_3)
            _move(contexts, targets[first + 4], column, sum_4)
            _move(contexts, targets[first + 5], column, sum_5)
            _move(contexts, targets[first + 6], column, sum_6)
            _move(contexts, targets[first + 7], column, sum_7)


@njit(inline="always")
def move_centers(block):
    """v_i += steps[i]; `block.centers` **written**."""
    for lane in range(LANES):
        for column in range(0, block.centers.shape[1], LANES):
            _move(block.centers, block.lane_targets[lane], column, load(block.steps, lane, column))


@njit(inline="always")
def _move(vectors, row, column, change):
    store(vectors, row, column, add(change, load(vectors, row, column)))


@njit(inline="always")
def store_eight(out, row, column, sum_0, sum_1, sum_2, sum_3, sum_4, sum_5, sum_6, sum_7):
    """Store eight vectors below one another, from out[row, column] on; `out` **written**."""
    store(out, row, column, sum_0)
    store(out, row + 1, column, sum_1)
    store(out, row + 2, column, sum_2)
    store(out, row + 3, column, sum_3)
    store(out, row + 4, column, sum_4)
    store(out, row + 5, column, sum_5)
    store(out, row + 6, column, sum_6)
    store(out, row + 7, column, sum_7)


@njit(inline="always")
def step(block, num_positive, num_columns, rate):
    """Move centres and contexts by one step, the scores being taken already."""
    measure_curvature(block, num_columns, rate)
    set_factors(block, num_columns)
    attract(block, num_positive, rate)
    repel(block, num_positive, num_columns, rate)
    center_steps(block, num_columns)
    move_contexts(block, num_columns)
    move_centers(block)
