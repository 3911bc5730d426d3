"""Random projection matrices from counters on the device: the bits of ``kernels/cpu/projection.py``."""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import bounded, draw


@triton.jit(do_not_specialize=["seed", "stream"])
def fill_dense(
    seed: tl.uint64, stream, dim, thresholds, row_values, block, num_rows, width, LANES: tl.constexpr
):
    """Row i gets as many entries +-row_values[i] as its draw says, in different columns; a row a lane.

    `thresholds` int64 [dim], the bits of ascending uint64; `row_values` float32 [num_rows]. `block` float32
    [num_rows, width], which comes filled with 0, is **written**: an entry that is not 0 is a column taken.
    """
    row = tl.program_id(0).to(tl.int64) * LANES + tl.arange(0, LANES)
    inside = row < num_rows
    count = tl.where(inside, _draw_count(seed, row, stream, thresholds, dim), 0)
    value = tl.load(row_values + row, mask=inside, other=0.0)
    entries = block + row * width
    k = 0
    most = tl.max(count, axis=0)
    while k < most:
        w0, w1, w2, w3 = draw(seed, row, tl.cast(1 + k // 2, tl.int32), stream)
        place, sign = tl.where(k % 2 == 0, w0, w2), tl.where(k % 2 == 0, w1, w3)
        going = k < count
        # Floyd: a column taken already gives way to the last one.
        top = tl.where(going, dim - count + k, 0)
        column = bounded(place, top + 1).to(tl.int32)
        taken = tl.load(entries + column, mask=going, other=0.0) != 0.0
        column = tl.where(taken, top, column)
        tl.store(entries + column, tl.where((sign & 1) == 1, value, -value), mask=going)
        # The next entry looks at this one.
        tl.debug_barrier()
        k += 1


@triton.jit
def _draw_count(seed, row, stream, thresholds, dim):
    """Number of non-zero entries of each row: how many thresholds are not above its 64 random bits."""
    high, low, _, _ = draw(seed, row, tl.cast(0, tl.int32), stream)
    word = (high.to(tl.uint64) << 32) | low.to(tl.uint64)
    count = tl.zeros_like(row).to(tl.int32)
    length = count + dim
    while tl.max(length, axis=0) > 0:
        half = length >> 1
        threshold = tl.load(thresholds + count + half, mask=length > 0, other=0).to(tl.uint64, bitcast=True)
        above = (threshold <= word) & (length > 0)
        count = tl.where(above, count + half + 1, count)
        length = tl.where(above, length - half - 1, half)
    return count
