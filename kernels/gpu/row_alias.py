"""Alias tables of one row on the device: the entries that ``kernels/cpu/row_alias.py`` draws.

A table is int64 [num_entries], the bits of its two uint32 columns: threshold + 2**32 * alias, so that a draw
is one read of 8 bytes.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import LOW_HALF


@triton.jit
def pick_entry(table, slot, coin, mask):
    """Return the entry drawn, int64: cell `slot` (int64) of the row, coin uint32; any, where not `mask`."""
    cell = tl.load(table + slot, mask=mask, other=0)
    own = coin.to(tl.int64) < (cell & LOW_HALF)
    # An alias is below 2**32: its high bit is no sign.
    return tl.where(own, slot, (cell >> 32) & LOW_HALF)


@triton.jit
def bounded_64(high, low, bound):
    """Map two random words, 64 bits, to 0 .. bound - 1, bound < 2**32; int64."""
    size = tl.zeros_like(high).to(tl.uint64) + bound.to(tl.uint64)
    carried = (low.to(tl.uint64) * size) >> 32
    return ((high.to(tl.uint64) * size + carried) >> 32).to(tl.int64)
