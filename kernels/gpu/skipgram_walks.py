"""Skip-gram with negative sampling on walks, on the device: a walk, or a piece of one, is a tile.

The centres of a tile take one step together, against the contexts they see and the negatives they share:
matrix products for tensor cores, whose factors are rounded to float16, while rows and sums stay float32. The
rate comes after the products, so that small steps do not vanish. A row is read once and changed once for all
the pairs of a tile that it is in. Where many samples at once would overshoot, steps are shortened as in
``kernels/cpu/skipgram_block.py``; where many tiles at once would, `factors` damp the rows that they share.

Centres and contexts are those of ``kernels/cpu/skipgram_walks.py``; negative k of piece s of walk number w
is drawn by (w, s * SHARED + k), so those of a first piece are the CPU's too.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import bounded, draw
from graphkit.kernels.gpu.row_alias import pick_entry
from graphkit.kernels.gpu.skipgram_step import add_to_columns, columns_of, log_loss, shortened


@triton.jit(do_not_specialize=["num_walks", "length", "window", "pieces", "num_nodes", "seed",
                               "noise_stream"])  # fmt: skip
def train_walks(
    tokens, reaches, counts, numbers, noise, centers, contexts, factors, stats, num_walks, length, window,
    pieces, num_nodes, rate, slope, num_negatives, seed: tl.uint64, noise_stream, WIDTH: tl.constexpr,
    COLUMNS: tl.constexpr, CENTERS: tl.constexpr, CONTEXTS: tl.constexpr, SHARED: tl.constexpr,
    DAMPED: tl.constexpr,
):  # fmt: skip
    """Train on walks, each cut into `pieces` of CENTERS tokens, a program on one at a time, all in turn.

    `tokens`, `reaches` and `counts` as of `keep_tokens`; `numbers` int64 [num_walks]; `noise` int64
    [num_nodes], an alias table; `factors` float32 [num_nodes], of a node's steps, if DAMPED. CONTEXTS is at
    least what the centres of a piece can see. `num_negatives` is the weight of the negatives for each
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
                noise, centers, contexts, factors, window, num_nodes, rate + walk.to(tl.float32) * slope,
                num_negatives, seed, noise_stream, WIDTH, COLUMNS, CENTERS, CONTEXTS, SHARED, DAMPED,
            )  # fmt: skip
            tl.store(stats + 2 * tile, positives)
            tl.store(stats + 2 * tile + 1, loss)


@triton.jit
def _train_tile(
    tokens, reaches, count, number, piece, noise, centers, contexts, factors, window, num_nodes, rate,
    num_negatives, seed, noise_stream, WIDTH: tl.constexpr, COLUMNS: tl.constexpr, CENTERS: tl.constexpr,
    CONTEXTS: tl.constexpr, SHARED: tl.constexpr, DAMPED: tl.constexpr,
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
    negative = pick_entry(noise, bounded(slot, num_nodes).to(tl.int64), coin, always)
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
    # What moves a vector has a length, and that bounds the curvature along it.
    sum_i = tl.sum(tl.where(seen, length_j[None, :], 0.0), axis=1) + weight * length_k
    sum_j = tl.sum(tl.where(seen, length_i[:, None], 0.0), axis=0)
    step_i, step_j = rate * shortened(rate / 4 * sum_i), rate * shortened(rate / 4 * sum_j)
    step_k = rate * shortened(rate / 4 * tl.sum(weight * length_i, axis=0))
    for part in range(PARTS):
        v = columns_of(centers, center, here, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        x = columns_of(contexts, context, there, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        y = columns_of(contexts, negative, always, part * COLUMNS, WIDTH, COLUMNS).to(tl.float16)
        change = step_j[:, None] * tl.dot(tl.trans(pull), v)
        add_to_columns(contexts, context, there, change, part * COLUMNS, factors, WIDTH, COLUMNS, DAMPED)
        change = step_k * tl.dot(tl.trans(push), v)
        add_to_columns(contexts, negative, always, change, part * COLUMNS, factors, WIDTH, COLUMNS, DAMPED)
        change = step_i[:, None] * tl.dot(push, y, tl.dot(pull, x))
        add_to_columns(centers, center, here, change, part * COLUMNS, factors, WIDTH, COLUMNS, DAMPED)
    return tl.sum(num_positive, axis=0), loss
