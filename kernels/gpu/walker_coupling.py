"""The words of coupled walkers on the device: those of ``kernels/cpu/walker_coupling.py``."""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import draw


@triton.jit(do_not_specialize=["step", "seed", "stream", "num_walkers"])
def walker_words(
    rows, walkers, halts, directions, step, num_walkers, seed: tl.uint64, stream, ANTITHETIC: tl.constexpr,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """What decides whether a walker halts in front of a step, and where it goes; a lane a walker.

    `rows` and `walkers` int64 [num_walkers], the row a walker started from and its number. `halts` and
    `directions` int64 [num_walkers], words of 32 bits, are **written**.
    """
    lane = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = lane < num_walkers
    row = tl.load(rows + lane, mask=inside, other=0)
    walker = tl.load(walkers + lane, mask=inside, other=0)
    w0, w1, w2, w3 = draw(seed, ((walker >> 1) << 32) | row, tl.cast(step, tl.int32), stream)
    odd = (walker & 1) == 1
    # Half a turn more, which is to change the high bit.
    other = w0 ^ 0x80000000 if ANTITHETIC else w3
    tl.store(halts + lane, tl.where(odd, other, w0).to(tl.int64), mask=inside)
    tl.store(directions + lane, tl.where(odd, w2, w1).to(tl.int64), mask=inside)
