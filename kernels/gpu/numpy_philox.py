"""The words of NumPy's generator Philox, which is Philox-4x64-10, on the device.

NumPy counts up before it draws, so block b of an item has the counter (b + 1, 0, 0, item); it splits a word
of 64 bits into two of 32, the lower half first, and a float32 is the upper 24 bits of one.
"""

from __future__ import annotations

import triton
import triton.language as tl

_MULTIPLIER_0 = tl.constexpr(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = tl.constexpr(0xCA5A826395121157)
_WEYL_0 = tl.constexpr(0x9E3779B97F4A7C15)
_WEYL_1 = tl.constexpr(0xBB67AE8584CAA73B)
_UNIT = tl.constexpr(1.0 / (1 << 24))


@triton.jit(do_not_specialize=["seed", "stream", "item", "size"])
def fill_uniform(seed: tl.uint64, stream, item, out, size: tl.int64, LANES: tl.constexpr):
    """Uniform numbers in [0, 1), as `random` of `graphkit.seeds.generator` gives; a lane eight.

    `out` float32 [size] is **written**.
    """
    block = tl.program_id(0).to(tl.int64) * LANES + tl.arange(0, LANES)
    words = philox_64(seed, stream, item, (block + 1).to(tl.uint64))
    place = block * 8
    for number in tl.static_range(4):
        word = words[number]
        _store(out, place + 2 * number, word.to(tl.uint32), size)
        _store(out, place + 2 * number + 1, (word >> 32).to(tl.uint32), size)


@triton.jit
def _store(out, place, word, size):
    tl.store(out + place, (word >> 8).to(tl.float32) * _UNIT, mask=place < size)


@triton.jit
def philox_64(seed, stream, item, counter):
    """Four uint64 words for the key (seed, stream) and the counter (counter, 0, 0, item)."""
    zeros = tl.zeros_like(counter)
    c0, c1, c2, c3 = counter, zeros, zeros, zeros + item.to(tl.uint64)
    k0, k1 = zeros + seed.to(tl.uint64), zeros + stream.to(tl.uint64)
    for _ in tl.static_range(10):
        high_0, low_0 = tl.umulhi(c0, zeros + _MULTIPLIER_0), c0 * _MULTIPLIER_0
        high_1, low_1 = tl.umulhi(c2, zeros + _MULTIPLIER_1), c2 * _MULTIPLIER_1
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3
