"""The sum of many numbers one after another, on the device: the bits of a loop on the CPU."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["size"])
def sum_in_order(values, total, size: tl.int64, AHEAD: tl.constexpr):
    """total[0] = values[0] + values[1] + ..., in float64 and in this order, by one lane.

    `values` float32 [size]; `total` float64 [1] is **written**. AHEAD values are read before the first of
    them is added: an addition waits for the one before it, but no read does.
    """
    found = tl.cast(0.0, tl.float64)
    for first in range(tl.cast(0, tl.int64), size, AHEAD):
        for number in tl.static_range(AHEAD):
            place = first + number
            found += tl.load(values + place, mask=place < size, other=0.0).to(tl.float64)
    tl.store(total, found)
