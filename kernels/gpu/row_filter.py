"""The Bloom filters of ``kernels/cpu/row_filter.py``, built and asked on the device."""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import load_row

_FIBONACCI = tl.constexpr(0x9E3779B97F4A7C15)
_SIX_BITS = tl.constexpr(63)
_ENTRIES_SHIFT = tl.constexpr(3)


@triton.jit(do_not_specialize=["num_arcs"])
def build_row_filter(rows, sources, indices, filters, num_arcs: tl.int64, BLOCK: tl.constexpr):
    """Enter every arc into its row's filter; a lane an arc.

    `rows` int64 [num_nodes], packed; `sources` int64 and `indices` int32 [num_arcs]. `filters` int64
    [num_filter_words], first 0, is **written**: bits are set by atomics, whose order does not matter.
    """
    arc = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = arc < num_arcs
    row = tl.load(sources + arc, mask=inside, other=0)
    key = tl.load(indices + arc, mask=inside, other=0)
    first, degree = load_row(rows, row, inside)
    mixed = key.to(tl.uint64) * _FIBONACCI
    place = _word(row, first, degree, mixed)
    tl.atomic_or(filters + place, _bits(mixed).to(tl.int64, bitcast=True), mask=inside, sem="relaxed")


@triton.jit
def may_hold(filters, row, first, degree, key, asked):
    """Whether a row may hold `key`; false is certain, and what those get that are not `asked`.

    `filters` int64 [num_filter_words], the bits of `build_row_filter`'s uint64; `first` and `degree` as of
    `load_row`.
    """
    mixed = key.to(tl.uint64) * _FIBONACCI
    word = tl.load(filters + _word(row, first, degree, mixed), mask=asked, other=0)
    bits = _bits(mixed)
    return asked & ((word.to(tl.uint64, bitcast=True) & bits) == bits)


@triton.jit
def _word(row, first, degree, mixed):
    """The place of the word that knows about a key in a row."""
    begin = first >> _ENTRIES_SHIFT
    count = ((first + degree) >> _ENTRIES_SHIFT) - begin + 1
    return begin + row + (((mixed >> 32) * count.to(tl.uint64)) >> 32).to(tl.int64)


@triton.jit
def _bits(mixed):
    """The bits that are set for a key."""
    one = tl.full(mixed.shape, 1, tl.uint64)
    bits = (one << ((mixed >> 14) & _SIX_BITS)) | (one << ((mixed >> 20) & _SIX_BITS))
    return bits | (one << ((mixed >> 26) & _SIX_BITS))
