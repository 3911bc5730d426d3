"""Skip-gram with negative sampling on arcs drawn in proportion to their weights: LINE.

A tile is some samples, taken sixteen at a time: each centre, a sample's source, has one positive, its
target, and all share the tile's negatives. See `skipgram_tile` and `skipgram_block`.

Randomness: sample k draws its arc by (k, 0), and negative j of a tile by (number of its first sample, j).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.local_rows import gather
from graphkit.kernels.cpu.philox import draw
from graphkit.kernels.cpu.row_alias import pick_entry
from graphkit.kernels.cpu.simd import (
    LANES,
    add,
    divide,
    exp,
    fma,
    load,
    multiply,
    splat,
    store,
    subtract,
    total,
)
from graphkit.kernels.cpu.skipgram_block import (
    center_steps,
    factor_of,
    measure_curvature,
    move_centers,
    move_contexts,
    repel,
    score,
    set_factors,
    squared_length,
)
from graphkit.kernels.cpu.skipgram_tile import (
    LOSS_EVERY,
    add_part,
    block_loss,
    columns_of,
    draw_negatives,
    forget_slots,
    leave_differences,
    log_loss,
    new_block,
    new_tile,
    place_negatives,
    place_node,
    set_targets,
    weigh_negatives,
    with_vectors,
)
from graphkit.kernels.cpu.tickets import finish, take, wait_for


class Arcs(NamedTuple):
    """What samples are drawn from, or, with a stride, taken from one after the other.

    `sources` and `targets` int32 [num_arcs]; `table` uint32 [num_arcs, 2], the alias table of their weights,
    or [0, 2] where all weigh alike. With `stride` > 0 sample number `begin` + k is arc k * stride modulo
    num_arcs: each is taken once, and none after its neighbours, if the two numbers have no common divisor.
    """

    sources: np.ndarray
    targets: np.ndarray
    table: np.ndarray
    stride: int = 0
    begin: int = 0


class Pairs(NamedTuple):
    """The positives of sixteen centres: `slots` int32 [16], and `gradient` float32 [1, 16]."""

    slots: np.ndarray
    gradient: np.ndarray


@njit(nogil=True, cache=True)
def train_arcs(
    counters, first_sample, num_samples, samples_per_tile, rates, num_parts, law, arcs, tables, round_, stats
):
    """Train on samples from `first_sample` on, tile after tile; each thread calls it with equal arguments.

    `counters` int64, see `tickets`; `samples_per_tile` a multiple of 16; `rates` float32 [num_rounds];
    `num_parts` a power of two, into which the rows are split when differences are added; `tables`
    **written**; `stats` float64 [num_tiles, 2], **written**: the samples of each tile, and in one tile of
    `LOSS_EVERY` their loss.
    """
    tiles_per_round, num_slots = round_.context_rows.shape
    tasks = tiles_per_round + num_parts
    tile = new_tile(round_, columns_of(0, law))
    block = new_block(num_slots, columns_of(0, law), round_.centers.shape[2])
    samples = np.empty((2, samples_per_tile), np.int32)
    pairs = Pairs(np.empty(LANES, np.int32), np.empty((1, LANES), np.float32))
    while True:
        ticket = take(counters)
        number, task = ticket // tasks, ticket % tasks
        if number >= len(rates):
            return
        if task < tiles_per_round:
            wait_for(counters, number * tasks)
            place = number * tiles_per_round + task
            first = place * samples_per_tile
            count = min(samples_per_tile, num_samples - first)
            round_.counts[task] = 0
            if count > 0:
                block = with_vectors(block, round_.centers[task], round_.contexts[task])
                loss = _train_tile(
                    first_sample + first,
                    count,
                    place,
                    task,
                    rates[number],
                    law,
                    arcs,
                    tables,
                    round_,
                    samples,
                    pairs,
                    tile,
                    block,
                )
                stats[place, 0], stats[place, 1] = count, loss
        else:
            wait_for(counters, number * tasks + tiles_per_round)
            add_part(tables, round_, task - tiles_per_round, num_parts, tile)
        finish(counters)


@njit
def _train_tile(first, count, place, task, rate, law, arcs, tables, round_, samples, pairs, tile, block):
    """Train on `count` samples from `first` on and leave the differences; return the loss."""
    rows = round_.context_rows[task]
    num_centers = _draw_samples(first, count, law, arcs, samples, tile, round_.center_rows[task])
    num_contexts = _place_targets(count, samples, tile, rows)
    num_columns, loss = len(block.column_slots), 0.0
    draw_negatives(first, 0, law, tables.contexts, tile.negatives[:num_columns])
    num_contexts = place_negatives(tile.negatives, block.column_slots, tile, rows, num_contexts)
    gather(tables.centers, round_.center_rows[task], 0, num_centers, block.centers)
    gather(tables.contexts, rows, 0, num_contexts, block.contexts)
    for begin in range(0, count, LANES):
        lanes = min(LANES, count - begin)
        _place_samples(samples, begin, lanes, tile.positives, pairs, block)
        weigh_negatives(0, num_columns, law, tile, block)
        set_targets(tables.frozen, round_, task, block, num_columns)
        score(block, num_columns)
        _score_pairs(pairs, block)
        if place % LOSS_EVERY == 0:
            loss += block_loss(block, 0, num_columns)
            for lane in range(lanes):
                loss += log_loss(np.float64(pairs.gradient[0, lane]))
        measure_curvature(block, num_columns, rate)
        _add_pair_curvature(pairs, tile.positives, rate, block)
        set_factors(block, num_columns)
        _attract_pairs(pairs, tile.positives, rate, block)
        repel(block, 0, num_columns, rate)
        center_steps(block, num_columns)
        _add_pair_steps(pairs, block)
        move_contexts(block, num_columns)
        _move_pairs(pairs, lanes, tables.frozen, rows, block)
        move_centers(block)
    leave_differences(tables, round_, task, num_centers, num_contexts)
    return loss


@njit(inline="always")
def _draw_samples(first, count, law, arcs, samples, tile, rows):
    """Draw arcs and give their sources slots; return how many."""
    forget_slots(tile)
    num_slots = 0
    for k in range(count):
        arc = arc_of(first + k, arcs, law.seed, law.sample_stream)
        samples[0, k], num_slots = place_node(arcs.sources[arc], tile, rows, num_slots)
        samples[1, k] = arcs.targets[arc]
    return num_slots


@njit(inline="always")
def arc_of(sample, arcs, seed, stream):
    """Return the arc of a sample."""
    num_arcs = uint64(len(arcs.targets))
    if arcs.stride:
        return np.int64(uint64(sample - arcs.begin) * uint64(arcs.stride) % num_arcs)
    high, low, coin, _ = draw(seed, sample, 0, stream)
    arc = np.int64((uint64(high) * num_arcs + ((uint64(low) * num_arcs) >> uint64(32))) >> uint64(32))
    return pick_entry(arcs.table, 0, arc, coin) if len(arcs.table) else arc


@njit(inline="always")
def _place_targets(count, samples, tile, rows):
    """Give the samples' targets slots; return how many."""
    forget_slots(tile)
    num_slots = 0
    for k in range(count):
        samples[1, k], num_slots = place_node(samples[1, k], tile, rows, num_slots)
    return num_slots


@njit(inline="always")
def _place_samples(samples, begin, lanes, positives, pairs, block):
    """Set the lanes to the samples from `begin` on; lanes beyond the last repeat it and have no weight."""
    for lane in range(LANES):
        sample = begin + min(lane, lanes - 1)
        block.lane_slots[lane] = samples[0, sample]
        pairs.slots[lane] = samples[1, sample]
        positives[0, lane] = np.float32(lane < lanes)


@njit(inline="always")
def _score_pairs(pairs, block):
    """gradient[i] = v_i . x_i, x_i being the centre's own positive; `pairs.gradient` **written**."""
    for lane in range(LANES):
        products = splat(np.float32(0))
        for column in range(0, block.centers.shape[1], LANES):
            center = load(block.centers, block.lane_slots[lane], column)
            products = fma(center, load(block.contexts, pairs.slots[lane], column), products)
        pairs.gradient[0, lane] = total(products)


@njit(inline="always")
def _add_pair_curvature(pairs, positives, rate, block):
    """Add the curvature of the centres' own positives.

    `block.center_curvature` and `.context_curvature` are **written**.
    """
    for lane in range(LANES):
        slot, target = block.lane_slots[lane], pairs.slots[lane]
        scale = np.float32(0.25) * rate * positives[0, lane]
        block.center_curvature[slot] += scale * squared_length(block.contexts, target)
        block.context_curvature[target] += scale * squared_length(block.centers, slot)


@njit(inline="always")
def _attract_pairs(pairs, positives, rate, block):
    """Scores to rate * s(-score), 0 in lanes without a sample; `pairs.gradient` **written**."""
    decay = exp(subtract(splat(np.float32(0)), load(pairs.gradient, 0, 0)))
    share = divide(decay, add(splat(np.float32(1)), decay))
    store(pairs.gradient, 0, 0, multiply(multiply(splat(rate), load(positives, 0, 0)), share))
    for lane in range(LANES):
        factor = factor_of(block.context_curvature[pairs.slots[lane]])
        pairs.gradient[0, lane] *= min(block.lane_factors[0, lane], factor)


@njit(inline="always")
def _add_pair_steps(pairs, block):
    """steps[i] += gradient[i] * x_i; `block.steps` **written**."""
    for lane in range(LANES):
        change = splat(pairs.gradient[0, lane])
        for column in range(0, block.contexts.shape[1], LANES):
            row = load(block.contexts, pairs.slots[lane], column)
            store(block.steps, lane, column, fma(change, row, load(block.steps, lane, column)))


@njit(inline="always")
def _move_pairs(pairs, lanes, frozen, rows, block):
    """x_i += gradient[i] * v_i, one after another; `block.contexts` **written**."""
    for lane in range(lanes):
        slot = pairs.slots[lane]
        if frozen[rows[slot]]:
            continue
        change = splat(pairs.gradient[0, lane])
        for column in range(0, block.contexts.shape[1], LANES):
            center = load(block.centers, block.lane_slots[lane], column)
            store(block.contexts, slot, column, fma(change, center, load(block.contexts, slot, column)))
