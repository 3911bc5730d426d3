"""First-order random walks on the device: bit for bit those of ``kernels/cpu/walks_first_order.py``.

A lane is a walk. A step is two reads, one after the other: the packed row of the node, then the arc; with
weights, the cell of an alias table that holds both choices. Many lanes hide the time they take.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import load_cell, load_row
from graphkit.kernels.gpu.philox import bounded, draw

ENDED = tl.constexpr(-1)
"""In place of a node: the walk is over."""


@triton.jit(do_not_specialize=["num_walks", "length", "seed", "step_stream", "halt_stream", "end", "back"])
def walk_first_order(
    rows, arcs, starts, numbers, out, num_walks, length, seed: tl.uint64, step_stream, halt_stream,
    end: tl.int64, back: tl.int64, WEIGHTED: tl.constexpr, HALTS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """A walk a lane: x in N(v) with probability w(v, x) / sum of v's weights.

    `rows` int64 [num_nodes], packed; `arcs` int32 [num_arcs], the neighbours, or if WEIGHTED int64
    [num_arcs, 2], the cells; `starts` int32 and `numbers` int64 [num_walks]; `end` and `back`, thresholds of
    32 bits for stops and restarts, count if HALTS. `out` int32 [length, num_walks] is **written**: the lanes'
    nodes of one step lie together.
    """
    walk = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = walk < num_walks
    start = tl.load(starts + walk, mask=inside, other=ENDED)
    number = tl.load(numbers + walk, mask=inside, other=0)
    tl.store(out + walk, start, mask=inside)
    target = out + walk
    node = start
    STEPS: tl.constexpr = 2 if WEIGHTED else 4
    for first in range(0, length - 1, STEPS):
        words = draw(seed, number, tl.cast(first // STEPS, tl.int32), step_stream)
        for turn in tl.static_range(STEPS):
            step = tl.cast(first + turn, tl.int32)
            again = inside & False
            if HALTS:
                over, again = halted(seed, number, step, halt_stream, end, back)
                over, again = over & (node >= 0), again & (node >= 0)
                node = tl.where(over, ENDED, node)
            if WEIGHTED:
                node = _choose_weighted(rows, arcs, node, words[2 * turn], words[2 * turn + 1])
            else:
                node = _choose(rows, arcs, node, words[turn])
            node = tl.where(again, start, node)
            target += num_walks
            tl.store(target, node, mask=inside & (step + 1 < length))


@triton.jit
def halted(seed, number, step, stream, end, back):
    """Return whether walks stop, and whether those that do not restart, in front of a step."""
    w0, w1, w2, w3 = draw(seed, number, step >> 1, stream)
    odd = (step & 1) == 1
    over = tl.where(odd, w2, w0).to(tl.int64) < end
    return over, (tl.where(odd, w3, w1).to(tl.int64) < back) & (over == 0)


@triton.jit
def _choose(rows, indices, node, word):
    """Return a random neighbour of each node, ENDED where there is none."""
    first, degree = load_row(rows, node, node >= 0)
    place = first + bounded(word, degree).to(tl.int64)
    return tl.load(indices + place, mask=degree > 0, other=ENDED)


@triton.jit
def _choose_weighted(rows, cells, node, word, coin):
    """Return a neighbour of each node in proportion to the weights, ENDED where there is none."""
    first, degree = load_row(rows, node, node >= 0)
    place = first + bounded(word, degree).to(tl.int64)
    threshold, own, _, alias = load_cell(cells, place, degree > 0)
    return tl.where(degree > 0, tl.where(coin < threshold, own, alias), ENDED)
