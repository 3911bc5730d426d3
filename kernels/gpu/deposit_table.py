"""Sums of what walkers leave, on the device: in the walkers' order, as of ``kernels/cpu/deposit_table.py``.

The table there is a sorted list here, in which the deposits of an entry stand side by side.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["num_entries"])
def add_deposits(firsts, counts, loads, sums, num_entries, BLOCK: tl.constexpr):
    """sums[i] = loads[firsts[i]] + ... , counts[i] of them, one after another; a lane an entry.

    `firsts` and `counts` int64 [num_entries]; `loads` float64, all deposits; `sums` float64 [num_entries] is
    **written**.
    """
    entry = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = entry < num_entries
    place = tl.load(firsts + entry, mask=inside, other=0)
    count = tl.load(counts + entry, mask=inside, other=0)
    total = tl.load(loads + place, mask=inside, other=0.0)
    number, most = tl.cast(1, tl.int64), tl.max(count, axis=0)
    while number < most:
        total += tl.load(loads + place + number, mask=number < count, other=0.0)
        number += 1
    tl.store(sums + entry, total, mask=inside)
