"""Skip-gram with negative sampling on walks, on the device: a walk, or a piece of one, is a tile.

The centres of a tile take one step together, against the contexts they see and the negatives they share:
matrix products for tensor cores, whose factors are rounded to float16, while rows and sums stay float32. The
rate and the largest damping come after the products, so that small steps do not vanish. A row is read once
and changed once for all the pairs of a tile that it is in. Where many samples of a node at once would
overshoot, they are damped as in ``kernels/cpu/skipgram_block.py``, at both ends alike; where those of many
tiles at once would, by `factors`.

Centres and contexts are those of ``kernels/cpu/skipgram_walks.py``; negative k of piece s of walk number w
is drawn by (w, s * SHARED + k), so those of a first piece are the CPU's too.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_alias import pick_entry
from graphkit.kernels.gpu.skipgram_step import (
    add_to_columns,
    columns_of,
    damped,
    log_loss,
    sums_of_equals,
    that_move,
)


@triton.jit(do_not_specialize=["num_walks", "length", "window", "pieces", "num_nodes", "seed",
                               "noise_stream"])  # fmt: skip
def train_walks(
    tokens, reaches, counts, numbers, noise, centers, contexts, factors, moving, stats, num_walks, length,
    window, pieces, num_nodes, rate, slope, num_negatives, seed: tl.uint64, noise_stream, WIDTH: tl.constexpr,
    COLUMNS: tl.constexpr, CENTERS: tl.constexpr, CONTEXTS: tl.constexpr, SHARED: tl.constexpr,
):  # fmt: skip
    """Train on walks, each cut into `pieces` of CENTERS tokens, a program on one at a time, all in turn.

    `tokens`, `reaches` and `counts` as of `keep_tokens`; `numbers` int64 [num_walks]; `noise` int64
    [num_nodes], an alias table; `factors` float32 [num_nodes], what contention leaves of a node's samples, or
    None for all; `moving` bool [num_nodes], which rows move, or None for all. CONTEXTS is at least what the
    centres of a piece can see. `num_negatives` is the weight of the negatives for each
    positive; walk i has the rate ``rate + i * slope``. `centers` and `contexts` float32 [num_nodes, WIDTH]
    are **written**, COLUMNS columns at a time; so is `stats`, float32 [num_walks * pieces, 2]: the positives
    of each tile, and their loss.
    """
    for tile in range(tl.program_id(0), num_walks * pieces, tl.num_programs(0)):
        walk, piece = (tile // pieces).to(tl.int64), tile % pieces
        count = tl.load(counts + walk)
        if piece * CENTERS < count:
            positives, loss = _train_tile(
                tokens + walk * length, reaches + walk * length, count, tl.load(numbers + walk), piece,
                noise, centers, contexts, factors, moving, window, num_nodes,
                rate + walk.to(tl.float32) * slope, num_negatives, seed, noise_stream, WIDTH, COLUMNS,
                CENTERS, CONTEXTS, SHARED,
            )  # fmt: skip
            tl.store(stats + 2 * tile, positives)
            tl.store(stats + 2 * tile + 1, loss)


@triton.jit
def _train_tile(
    tokens, reaches, count, number, piece, noise, centers, contexts, factors, moving, window, num_nodes, rate,
    num_negatives, seed, noise_stream, WIDTH: tl.constexpr, COLUMNS: tl.constexpr, CENTERS: tl.constexpr,
    CONTEXTS: tl.constexpr, SHARED: tl.constexpr,
):  # fmt: skip
    """Take the step of one tile; return the number of its positives, and their loss."""
    PARTS: tl.constexpr = (WIDTH + COLUMNS - 1) // COLUMNS
    i = piece * CENTERS + tl.arange(0, CENTERS)
    j = tl.maximum(piece * CENTERS - window, 0) + tl.arange(0, CONTEXTS)
    k = tl.arange(0, SHARED)
    here, there, always = i < count, j < count, k >= 0
    center, context = tl.load(tokens + i, mask=here, other=0), tl.load(tokens + j, mask=there, other=0)
    reach = tl.load(reaches + i, mask=here, other=0)
    slot, coin, _, _ = draw(seed, number + tl.zeros_like(k), piece * SHARED + k, noise_stream)
    negative = pick_entry(noise, bounded(slot, num_nodes).to(tl.int64), coin, always).to(tl.int32)
    apart = tl.abs(i[:, None] - j[None, :])
    seen = (apart > 0) & (apart <= reach[:, None]) & there[None, :]
    num_positive = tl.sum(seen.to(tl.float32), axis=1)
    weight = num_negatives / SHARED * num_positive
    near, far = tl.zeros([CENTERS, CONTEXTS], tl.float32), tl.zeros([CENTERS, SHARED], tl.float32)
    length_i, length_j = tl.zeros([CENTERS], tl.float32), tl.zeros([CONTEXTS], tl.float32)
    length_k = 0.0
    # Not unrolled: the rows of all parts together would not fit the registers.
    for part in range(PARTS):
        v = columns_of(centers, center, here, part * COLUMNS, WIDTH, COLUMNS)
        x = columns_of(contexts, context, there, part * COLUMNS, WIDTH, COLUMNS)
        y = columns_of(contexts, negative, always, part * COLUMNS, WIDTH, COLUMNS)
        length_i, length_j = length_i + tl.sum(v * v, axis=1), length_j + tl.sum(x * x, axis=1)
        length_k += tl.sum(tl.sum(y * y, axis=1), axis=0)
        v, x, y = v.to(tl.float16), x.to(tl.float16), y.to(tl.float16)
        near, far = tl.dot(v, tl.trans(x), near), tl.dot(v, tl.trans(y), far)
    loss = tl.sum(tl.sum(tl.where(seen, log_loss(near), 0.0), axis=1), axis=0)
    loss += tl.sum(tl.sum(weight[:, None] * log_loss(-far), axis=1), axis=0)
    pull = tl.where(seen, tl.sigmoid(-near), 0.0).to(tl.float16)
    push = (-weight[:, None] * tl.sigmoid(far)).to(tl.float16)
    # The curvature of all that a node has in the tile.
    along_i = tl.sum(tl.where(seen, length_j[None, :], 0.0), axis=1) + weight * length_k
    along_j = tl.sum(tl.where(seen, length_i[:, None], 0.0), axis=0)
    along_k = tl.sum(weight * length_i, axis=0) + tl.zeros([SHARED], tl.float32)
    sum_i = sums_of_equals(center, center, along_i)
    sum_j = sums_of_equals(context, context, along_j) + sums_of_equals(context, negative, along_k)
    sum_k = sums_of_equals(negative, context, along_j) + sums_of_equals(negative, negative, along_k)
    left_i = damped(center, rate / 4 * sum_i, factors)
    left_j, left_k = damped(context, rate / 4 * sum_j, factors), damped(negative, rate / 4 * sum_k, factors)
    # The largest factor comes after the products, as the rate does: small steps would vanish in float16.
    most_j = tl.maximum(tl.max(tl.where(there, left_j, 0.0), axis=0), tl.max(left_k, axis=0))
    most = tl.minimum(tl.max(tl.where(here, left_i, 0.0), axis=0), most_j)
    pull *= (tl.minimum(left_i[:, None], left_j[None, :]) / most).to(tl.float16)
    push *= (tl.minimum(left_i[:, None], left_k[None, :]) / most).to(tl.float16)
    rate *= most
    moves_i, moves_j = that_move(center, here, moving), that_move(context, there, moving)
    moves_k = that_move(negative, always, moving)
    for part in range(PARTS):
        v = columns_of(centers, center, here, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        x = columns_of(contexts, context, there, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        y = columns_of(contexts, negative, always, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        change = rate * tl.dot(tl.trans(pull), v)
        add_to_columns(contexts, context, moves_j, change, part * COLUMNS, WIDTH, COLUMNS)
        change = rate * tl.dot(tl.trans(push), v)
        add_to_columns(contexts, negative, moves_k, change, part * COLUMNS, WIDTH, COLUMNS)
        change = rate * tl.dot(push, y, tl.dot(pull, x))
        add_to_columns(centers, center, moves_i, change, part * COLUMNS, WIDTH, COLUMNS)
    return tl.sum(num_positive, axis=0), loss
