"""A hash table of the deposits of a few walkers: (row, node, length) → the sum of their loads.

Entries stand in the order in which they were first met; `slots` leads to them by linear probing. A table is
made once a range of rows and emptied after each block of rows, entry by entry.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: the high bits of its multiples spread evenly."""

_EMPTY = -1
_NODE_BITS, _LENGTH_BITS = 31, 8
MAX_LENGTH = (1 << _LENGTH_BITS) - 1


@njit(nogil=True, cache=True)
def make_table(capacity):
    """Return an empty table for `capacity` entries: keys, loads, slots and the shift of the hash.

    `keys` uint64 and `loads` float64 [capacity]; `slots` int32 [2**bits], at least half empty.
    """
    bits = 1
    while (1 << bits) < 2 * capacity:
        bits += 1
    slots = np.full(1 << bits, _EMPTY, np.int32)
    return np.empty(capacity, np.uint64), np.empty(capacity), slots, uint64(64 - bits)


@njit(inline="always")
def pack(owner, node, length):
    """Return the key of a deposit; keys order by row, then node, then length."""
    high = (uint64(owner) << uint64(_NODE_BITS)) | uint64(node)
    return (high << uint64(_LENGTH_BITS)) | uint64(length)


@njit(inline="always")
def owner_of(key):
    """Return the row of a key, counted within the block."""
    return np.int64(key >> uint64(_NODE_BITS + _LENGTH_BITS))


@njit(inline="always")
def node_of(key):
    """Return the node of a key."""
    return np.int64((key >> uint64(_LENGTH_BITS)) & uint64((1 << _NODE_BITS) - 1))


@njit(inline="always")
def length_of(key):
    """Return the length of a key."""
    return np.int64(key & uint64(MAX_LENGTH))


@njit(inline="always")
def deposit(table, used, key, load):
    """Add `load` to the entry of `key`; return its place and the number of entries now."""
    keys, loads, slots, shift = table
    mask = np.int64(len(slots) - 1)
    slot = np.int64((key * _GOLDEN) >> shift)
    place = np.int64(slots[slot])
    while place != _EMPTY and keys[place] != key:
        slot = (slot + 1) & mask
        place = np.int64(slots[slot])
    if place != _EMPTY:
        loads[place] += load
        return place, used
    slots[slot] = used
    keys[used], loads[used] = key, load
    return used, used + 1


@njit(nogil=True, cache=True)
def clear(table, used):
    """Empty a table of `used` entries; `slots` is **written**."""
    keys, _, slots, shift = table
    mask = np.int64(len(slots) - 1)
    for place in range(used):
        slot = np.int64((keys[place] * _GOLDEN) >> shift)
        # Past slots that this loop has emptied too: the entry stands somewhere behind its first slot.
        while slots[slot] != place:
            slot = (slot + 1) & mask
        slots[slot] = _EMPTY
