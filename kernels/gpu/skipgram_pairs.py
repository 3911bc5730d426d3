"""Skip-gram with negative sampling on the pairs of walks, on the device, each with negatives of its own.

A warp or so has a centre, whose vector stays in registers and is moved there by each of its contexts, while
they come and go; the pairs are those of ``kernels/cpu/skipgram_walks.py``. Fewer pairs are under way at a
time than in tiles, which suits graphs whose hubs stand in every walk. Negatives 2 j and 2 j + 1 of the k-th
place in the window of token t of walk number w are drawn by (w, (t * 2 * window + k) * draws + j), `draws`
being the draws of a pair.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.skipgram_step import (
    add_to_columns,
    columns_of,
    step_on_positives,
    that_move,
)


@triton.jit(do_not_specialize=["num_walks", "length", "window", "num_nodes", "seed", "noise_stream"])
def train_pairs(
    tokens, reaches, counts, numbers, noise, centers, contexts, factors, moving, losses, num_walks: tl.int64,
    length, window, num_nodes, rate, slope, weight, seed: tl.uint64, noise_stream, WIDTH: tl.constexpr,
    COLUMNS: tl.constexpr, DRAWN: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Train on walks, a program on BLOCK centres at a time, all programs in turn.

    `tokens`, `reaches` and `counts` as of `keep_tokens`; `numbers` int64 [num_walks]; walk i has the rate
    ``rate + i * slope``; the others as in `train_arcs`. `centers`, `contexts` and `losses`, float64
    [2, num_programs], are **written**.
    """
    program = tl.program_id(0)
    losses_here, counted = tl.zeros([BLOCK], tl.float64), tl.zeros([BLOCK], tl.int64)
    DRAWS: tl.constexpr = (DRAWN + 1) // 2
    for begin in range(program.to(tl.int64) * BLOCK, num_walks * length, tl.num_programs(0) * BLOCK):
        token = begin + tl.arange(0, BLOCK)
        walk, place = token // length, (token % length).to(tl.int32)
        count = tl.load(counts + walk, mask=walk < num_walks, other=0)
        here = place < count
        number = tl.load(numbers + walk, mask=here, other=0)
        reach = tl.load(reaches + token, mask=here, other=0)
        node = tl.load(tokens + token, mask=here, other=0)
        vectors = columns_of(centers, node, here, 0, WIDTH, COLUMNS)
        moves = that_move(node, here, moving)
        change = tl.zeros([BLOCK, COLUMNS], tl.float32)
        for offset in range(1, tl.max(tl.minimum(reach, count - 1), axis=0) + 1):
            for side in range(2):
                other = place + (2 * side - 1) * offset
                seen = (offset <= reach) & (other >= 0) & (other < count)
                context = tl.load(tokens + token + (2 * side - 1) * offset, mask=seen, other=0)
                slot = (place * 2 * window + 2 * (offset - 1) + side) * DRAWS
                gradient, loss = step_on_positives(
                    vectors + change, node, context, seen, number, slot,
                    rate + walk.to(tl.float32) * slope, weight, contexts, noise, num_nodes, factors, factors,
                    moving, seed, noise_stream, WIDTH, COLUMNS, DRAWN,
                )  # fmt: skip
                change += tl.where((seen & moves)[:, None], gradient, 0.0)
                losses_here += loss
                counted += seen.to(tl.int64)
        add_to_columns(centers, node, moves, change, 0, WIDTH, COLUMNS)
    tl.store(losses + program, tl.sum(counted, axis=0).to(tl.float64))
    tl.store(losses + tl.num_programs(0) + program, tl.sum(losses_here, axis=0))
