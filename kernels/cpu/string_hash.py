"""A hash of strings that is the same on every machine: FNV-1a of the bytes, its bits mixed.

G. Fowler, L. C. Noll, K.-P. Vo, "The FNV non-cryptographic hash algorithm", IETF draft. Its low bits alone
are no good measure of short strings, hence Stafford's mix 13 of the 64-bit finalizer behind it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_OFFSET_BASIS = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)


@njit(nogil=True, cache=True)
def string_buckets(text, offsets, num_buckets, buckets):
    """buckets[i] = hash of text[offsets[i]:offsets[i + 1]] modulo `num_buckets`; int32, **written**.

    `text` uint8, `offsets` int64 [len(buckets) + 1].
    """
    for string in range(len(buckets)):
        key = _OFFSET_BASIS
        for place in range(offsets[string], offsets[string + 1]):
            key = (key ^ np.uint64(text[place])) * _PRIME
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        buckets[string] = np.int32((key ^ (key >> np.uint64(31))) % np.uint64(num_buckets))
