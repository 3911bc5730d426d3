"""Skip-gram with negative sampling on arcs drawn in proportion to their weights, on the device: LINE.

The samples are those of ``kernels/cpu/skipgram_arcs.py``, bit for bit: sample k draws its arc by (k, 0). Each
has negatives of its own here, negatives 2 j and 2 j + 1 drawn by (k, j), for a row in registers costs less
than the products that sharing would save. A warp or so has a row.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import LOW_HALF
from graphkit.kernels.gpu.philox import draw
from graphkit.kernels.gpu.row_alias import bounded_64, pick_entry
from graphkit.kernels.gpu.skipgram_step import add_rows, rows_of, step_on_positives


@triton.jit(do_not_specialize=["first_sample", "num_samples", "num_arcs", "num_nodes", "seed", "arc_stream",
                               "noise_stream"])  # fmt: skip
def train_arcs(
    arcs, table, noise, centers, contexts, factors, losses, first_sample: tl.int64, num_samples: tl.int64,
    num_arcs: tl.int64, num_nodes, rate, slope, weight, seed: tl.uint64, arc_stream, noise_stream,
    WIDTH: tl.constexpr, COLUMNS: tl.constexpr, DRAWN: tl.constexpr, DAMPED: tl.constexpr,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """Train on samples from `first_sample` on, a program on BLOCK of them at a time, all programs in turn.

    `arcs` int64 [num_arcs], source + 2**32 * target; `table` int64 [num_arcs], their alias table, or None
    where all weigh alike; `noise` int64 [num_nodes], that of the negatives, each of which counts for
    `weight`; `factors` float32 [num_nodes], of a node's steps, if DAMPED. Sample i of the launch has the rate
    ``rate + i * slope``. `centers` and `contexts` float32 [num_nodes, WIDTH], which may be one, are
    **written**; so is `losses`, float64 [2, num_programs]: a program's samples, and the sum of their losses.
    """
    program = tl.program_id(0)
    losses_here, counted = tl.zeros([BLOCK], tl.float64), tl.zeros([BLOCK], tl.int64)
    for begin in range(program.to(tl.int64) * BLOCK, num_samples, tl.num_programs(0) * BLOCK):
        sample = begin + tl.arange(0, BLOCK)
        here = sample < num_samples
        source, target = draw_arcs(arcs, table, num_arcs, first_sample + sample, here, seed, arc_stream)
        pointers, there = rows_of(centers, source, here, 0, WIDTH, COLUMNS)
        vectors = tl.load(pointers, mask=there, other=0.0)
        gradient, loss = step_on_positives(
            vectors, target, here, first_sample + sample, tl.zeros([BLOCK], tl.int32),
            rate + sample.to(tl.float32) * slope, weight, contexts, noise, num_nodes, factors, seed,
            noise_stream, WIDTH, COLUMNS, DRAWN, DAMPED,
        )  # fmt: skip
        add_rows(pointers, gradient, there, source, here, factors, DAMPED)
        losses_here += loss
        counted += here.to(tl.int64)
    tl.store(losses + program, tl.sum(counted, axis=0).to(tl.float64))
    tl.store(losses + tl.num_programs(0) + program, tl.sum(losses_here, axis=0))


@triton.jit
def draw_arcs(arcs, table, num_arcs, sample, here, seed, stream):
    """Return source and target of each sample's arc, int32."""
    high, low, coin, _ = draw(seed, sample, tl.zeros_like(sample).to(tl.int32), stream)
    arc = bounded_64(high, low, num_arcs)
    if table is not None:
        arc = pick_entry(table, arc, coin, here)
    ends = tl.load(arcs + arc, mask=here, other=0)
    return (ends & LOW_HALF).to(tl.int32), (ends >> 32).to(tl.int32)
