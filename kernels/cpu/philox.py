"""Philox-4x32-10: random words as a pure function of key and counter.

Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The key is the
seed; the counter is (item, step, stream, high half of the item). Decisions are made on integers
only, so that every backend makes the same ones.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint32(0x9E3779B9)
_WEYL_1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@njit(inline="always")
def philox(key_0, key_1, counter_0, counter_1, counter_2, counter_3):
    """Four random uint32 words for a key of two and a counter of four uint32 words."""
    c0, c1, c2, c3 = uint32(counter_0), uint32(counter_1), uint32(counter_2), uint32(counter_3)
    k0, k1 = uint32(key_0), uint32(key_1)
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * uint64(c0)
        product_1 = _MULTIPLIER_1 * uint64(c2)
        c0 = uint32(uint32(product_1 >> _HALF) ^ c1 ^ k0)
        c1 = uint32(product_1 & _LOW)
        c2 = uint32(uint32(product_0 >> _HALF) ^ c3 ^ k1)
        c3 = uint32(product_0 & _LOW)
        k0 = uint32(k0 + _WEYL_0)
        k1 = uint32(k1 + _WEYL_1)
    return c0, c1, c2, c3


@njit(inline="always")
def draw(seed, item, step, stream):
    """Four random uint32 words for ``(seed, item, step, stream)``; seed and item are 64-bit."""
    seed, item = uint64(seed), uint64(item)
    return philox(seed & _LOW, seed >> _HALF, item & _LOW, step, stream, item >> _HALF)


@njit(inline="always")
def bounded(word, bound):
    """Map a random uint32 word to 0 .. bound - 1 by the high half of a product; bias < bound / 2**32."""
    return (uint64(word) * uint64(bound)) >> _HALF
