"""Philox-4x32-10 on the device: the words and decisions of ``kernels/cpu/philox.py``."""

from __future__ import annotations

import triton
import triton.language as tl

_MULTIPLIER_0 = tl.constexpr(0xD2511F53)
_MULTIPLIER_1 = tl.constexpr(0xCD9E8D57)
_WEYL_0 = tl.constexpr(0x9E3779B9)
_WEYL_1 = tl.constexpr(0xBB67AE85)


@triton.jit
def philox(key_0, key_1, counter_0, counter_1, counter_2, counter_3):
    """Four random uint32 words for a key of two and a counter of four uint32 words."""
    c0, c1, c2, c3 = counter_0, counter_1, counter_2, counter_3
    k0, k1 = key_0, key_1
    for _ in tl.static_range(10):
        high_0, low_0 = tl.umulhi(c0, _MULTIPLIER_0), c0 * _MULTIPLIER_0
        high_1, low_1 = tl.umulhi(c2, _MULTIPLIER_1), c2 * _MULTIPLIER_1
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@triton.jit
def draw(seed, item, step, stream):
    """Four random uint32 words for ``(seed, item, step, stream)``; seed and item are 64-bit."""
    # The interpreter keeps a number below 2**32 in 32 bits, whatever its type says, until it is cast.
    seed = seed.to(tl.uint64)
    key_0, key_1 = seed.to(tl.uint32), (seed >> 32).to(tl.uint32)
    zeros = tl.zeros_like(item).to(tl.uint32)
    low, high = item.to(tl.uint32), (item >> 32).to(tl.uint32)
    return philox(key_0, key_1, low, zeros + step.to(tl.uint32), zeros + stream.to(tl.uint32), high)


@triton.jit
def bounded(word, bound):
    """Map a random uint32 word to 0 .. bound - 1 by the high half of a product; bias < bound / 2**32."""
    return tl.umulhi(word, bound.to(tl.uint32))
