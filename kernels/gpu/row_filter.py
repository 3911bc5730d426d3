"""The Bloom filters of ``kernels/cpu/row_filter.py``, asked on the device."""

from __future__ import annotations

import triton
import triton.language as tl

_FIBONACCI = tl.constexpr(0x9E3779B97F4A7C15)
_SIX_BITS = tl.constexpr(63)
_ENTRIES_SHIFT = tl.constexpr(3)


@triton.jit
def may_hold(filters, row, first, degree, key, asked):
    """Whether a row may hold `key`; false is certain, and what those get that are not `asked`.

    `filters` int64 [num_filter_words], the bits of `build_row_filter`'s uint64; `first` and `degree` as of
    `load_row`.
    """
    mixed = key.to(tl.uint64) * _FIBONACCI
    begin = first >> _ENTRIES_SHIFT
    count = ((first + degree) >> _ENTRIES_SHIFT) - begin + 1
    place = begin + row + (((mixed >> 32) * count.to(tl.uint64)) >> 32).to(tl.int64)
    word = tl.load(filters + place, mask=asked, other=0).to(tl.uint64, bitcast=True)
    one = tl.full(mixed.shape, 1, tl.uint64)
    bits = (one << ((mixed >> 14) & _SIX_BITS)) | (one << ((mixed >> 20) & _SIX_BITS))
    bits |= one << ((mixed >> 26) & _SIX_BITS)
    return asked & ((word & bits) == bits)
