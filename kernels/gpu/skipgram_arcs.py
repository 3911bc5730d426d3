"""Skip-gram with negative sampling on arcs drawn in proportion to their weights, on the device: LINE.

The samples are those of ``kernels/cpu/skipgram_arcs.py``, bit for bit: sample k draws its arc by (k, 0). As
there, the samples of a tile share negatives, negative j drawn by (number of its first sample, j): the work is
products for tensor cores, and a sample costs two rows and its part of the negatives' in place of seven. On
BlogCatalog, vectors are better for it, too: a source meets more negatives.

Where a tile would be too much at a time for a graph, samples have negatives of their own, negatives 2 j and
2 j + 1 drawn by (k, j), and a warp or so has a row.

The samples of a block of a grid are not drawn but taken one after the other. Its centres are rows of one part
of the nodes and its contexts rows of another, so each table has factors and frozen rows of its own.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import LOW_HALF
from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_alias import bounded_64, pick_entry
from graphkit.kernels.gpu.skipgram_step import (
    add_to_columns,
    columns_of,
    damped,
    log_loss,
    step_on_positives,
    sums_of_equals,
    that_move,
)


@triton.jit(do_not_specialize=["first_sample", "num_samples", "num_arcs", "num_nodes", "seed", "arc_stream",
                               "noise_stream"])  # fmt: skip
def train_arc_tiles(
    arcs, table, noise, centers, contexts, center_factors, context_factors, center_moving, context_moving,
    losses, first_sample: tl.int64, num_samples: tl.int64, num_arcs: tl.int64, num_nodes, rate, slope,
    num_negatives, seed: tl.uint64, arc_stream, noise_stream, WIDTH: tl.constexpr, COLUMNS: tl.constexpr,
    SAMPLES: tl.constexpr, SHARED: tl.constexpr, TAKEN: tl.constexpr,
):  # fmt: skip
    """Train on samples from `first_sample` on, a program on a tile of SAMPLES, all programs in turn.

    As `train_arcs`, but the SHARED negatives of a tile count for `num_negatives` in all, and rows go by
    COLUMNS columns at a time. A tile whose first sample is number i of the launch has the rate
    ``rate + i * slope``.
    """
    program = tl.program_id(0)
    total, counted = tl.cast(0.0, tl.float64), tl.cast(0, tl.int64)
    for begin in range(program.to(tl.int64) * SAMPLES, num_samples, tl.num_programs(0) * SAMPLES):
        sample = begin + tl.arange(0, SAMPLES)
        here = sample < num_samples
        source, target = arcs_of(arcs, table, num_arcs, first_sample, sample, here, seed, arc_stream, TAKEN)
        k = tl.arange(0, SHARED)
        slot, coin, _, _ = draw(seed, first_sample + begin + tl.zeros_like(k).to(tl.int64), k, noise_stream)
        negative = pick_entry(noise, bounded(slot, num_nodes).to(tl.int64), coin, k >= 0)
        loss = _step_of_tile(
            source, target, negative.to(tl.int32), here, centers, contexts, center_factors, context_factors,
            center_moving, context_moving, rate + tl.cast(begin, tl.float32) * slope, num_negatives / SHARED,
            WIDTH, COLUMNS, SAMPLES, SHARED,
        )  # fmt: skip
        total += loss.to(tl.float64)
        counted += tl.sum(here.to(tl.int64), axis=0)
    tl.store(losses + program, counted.to(tl.float64))
    tl.store(losses + tl.num_programs(0) + program, total)


@triton.jit
def _step_of_tile(
    source, target, negative, here, centers, contexts, center_factors, context_factors, center_moving,
    context_moving, rate, weight, WIDTH: tl.constexpr, COLUMNS: tl.constexpr, SAMPLES: tl.constexpr,
    SHARED: tl.constexpr,
):  # fmt: skip
    """Take the step of some samples and the negatives they share; return their loss."""
    PARTS: tl.constexpr = (WIDTH + COLUMNS - 1) // COLUMNS
    always = negative >= 0
    near, far = tl.zeros([SAMPLES], tl.float32), tl.zeros([SAMPLES, SHARED], tl.float32)
    length_v, length_x = tl.zeros([SAMPLES], tl.float32), tl.zeros([SAMPLES], tl.float32)
    length_y = 0.0
    # Not unrolled: the rows of all parts together would not fit the registers.
    for part in range(PARTS):
        v = columns_of(centers, source, here, part * COLUMNS, WIDTH, COLUMNS)
        x = columns_of(contexts, target, here, part * COLUMNS, WIDTH, COLUMNS)
        y = columns_of(contexts, negative, always, part * COLUMNS, WIDTH, COLUMNS)
        near += tl.sum(v * x, axis=1)
        length_v, length_x = length_v + tl.sum(v * v, axis=1), length_x + tl.sum(x * x, axis=1)
        length_y += tl.sum(tl.sum(y * y, axis=1), axis=0)
        far = tl.dot(v.to(tl.float16), tl.trans(y.to(tl.float16)), far)
    loss = log_loss(near) + weight * tl.sum(log_loss(-far), axis=1)
    pull = tl.where(here, rate * tl.sigmoid(-near), 0.0)
    push = tl.where(here[:, None], -weight * tl.sigmoid(far), 0.0).to(tl.float16)
    # The curvature of all that a node has in the tile.
    along_v = rate / 4 * tl.where(here, length_x + weight * length_y, 0.0)
    along_x = rate / 4 * length_v
    along_y = rate / 4 * weight * tl.sum(length_v, axis=0) + tl.zeros([SHARED], tl.float32)
    sum_v = sums_of_equals(source, source, along_v)
    sum_x = sums_of_equals(target, target, along_x) + sums_of_equals(target, negative, along_y)
    sum_y = sums_of_equals(negative, target, along_x) + sums_of_equals(negative, negative, along_y)
    left_v, left_x = damped(source, sum_v, center_factors), damped(target, sum_x, context_factors)
    left_y = damped(negative, sum_y, context_factors)
    pull *= tl.minimum(left_v, left_x)
    # The largest factor comes after the products, as the rate does: small steps would vanish in float16.
    most = tl.minimum(tl.max(tl.where(here, left_v, 0.0), axis=0), tl.max(left_y, axis=0))
    push *= (tl.minimum(left_v[:, None], left_y[None, :]) / most).to(tl.float16)
    rate *= most
    moves_v, moves_x = that_move(source, here, center_moving), that_move(target, here, context_moving)
    moves_y = that_move(negative, always, context_moving)
    for part in range(PARTS):
        v = columns_of(centers, source, here, part * COLUMNS, WIDTH, COLUMNS)
        x = columns_of(contexts, target, here, part * COLUMNS, WIDTH, COLUMNS)
        y = columns_of(contexts, negative, always, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        change = pull[:, None] * v
        add_to_columns(contexts, target, moves_x, change, part * COLUMNS, WIDTH, COLUMNS)
        change = rate * tl.dot(tl.trans(push), v.to(tl.float16))
        add_to_columns(contexts, negative, moves_y, change, part * COLUMNS, WIDTH, COLUMNS)
        change = pull[:, None] * x + rate * tl.dot(push, y)
        add_to_columns(centers, source, moves_v, change, part * COLUMNS, WIDTH, COLUMNS)
    return tl.sum(tl.where(here, loss, 0.0), axis=0)


@triton.jit(do_not_specialize=["first_sample", "num_samples", "num_arcs", "num_nodes", "seed", "arc_stream",
                               "noise_stream"])  # fmt: skip
def train_arcs(
    arcs, table, noise, centers, contexts, center_factors, context_factors, center_moving, context_moving,
    losses, first_sample: tl.int64, num_samples: tl.int64, num_arcs: tl.int64, num_nodes, rate, slope, weight,
    seed: tl.uint64, arc_stream, noise_stream, WIDTH: tl.constexpr, COLUMNS: tl.constexpr,
    DRAWN: tl.constexpr, TAKEN: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Train on samples from `first_sample` on, a program on BLOCK of them at a time, all programs in turn.

    `arcs` int64 [num_arcs], source + 2**32 * target; `table` int64 [num_arcs], their alias table, or None
    where all weigh alike; if TAKEN, sample i of the launch is arc i. `noise` int64 [num_nodes], an alias
    table of rows of `contexts`, for the negatives, each of which counts for `weight`. The factors, float32,
    are what contention leaves of the samples of each row, or None for all; `center_moving` and
    `context_moving`, bool, which rows move, or None for all. Sample i has the rate ``rate + i * slope``.
    `centers` and `contexts` float32 [num_nodes of each, WIDTH], which may be one, are **written**; so is
    `losses`, float64 [2, num_programs]: a program's samples, and the sum of their losses.
    """
    program = tl.program_id(0)
    losses_here, counted = tl.zeros([BLOCK], tl.float64), tl.zeros([BLOCK], tl.int64)
    for begin in range(program.to(tl.int64) * BLOCK, num_samples, tl.num_programs(0) * BLOCK):
        sample = begin + tl.arange(0, BLOCK)
        here = sample < num_samples
        source, target = arcs_of(arcs, table, num_arcs, first_sample, sample, here, seed, arc_stream, TAKEN)
        vectors = columns_of(centers, source, here, 0, WIDTH, COLUMNS)
        gradient, loss = step_on_positives(
            vectors, source, target, here, first_sample + sample, tl.zeros([BLOCK], tl.int32),
            rate + sample.to(tl.float32) * slope, weight, contexts, noise, num_nodes, center_factors,
            context_factors, context_moving, seed, noise_stream, WIDTH, COLUMNS, DRAWN,
        )  # fmt: skip
        moves = that_move(source, here, center_moving)
        add_to_columns(centers, source, moves, gradient, 0, WIDTH, COLUMNS)
        losses_here += loss
        counted += here.to(tl.int64)
    tl.store(losses + program, tl.sum(counted, axis=0).to(tl.float64))
    tl.store(losses + tl.num_programs(0) + program, tl.sum(losses_here, axis=0))


@triton.jit
def arcs_of(
    arcs, table, num_arcs, first_sample, sample, here, seed, stream, TAKEN: tl.constexpr
):  # fmt: skip
    """Return source and target of each sample's arc, int32; `sample` counts from the first of the launch."""
    if TAKEN:
        arc = sample
    else:
        high, low, coin, _ = draw(seed, first_sample + sample, tl.zeros_like(sample).to(tl.int32), stream)
        arc = bounded_64(high, low, num_arcs)
        if table is not None:
            arc = pick_entry(table, arc, coin, here)
    ends = tl.load(arcs + arc, mask=here, other=0)
    return (ends & LOW_HALF).to(tl.int32), (ends >> 32).to(tl.int32)
