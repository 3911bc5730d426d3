"""From any ids to rows 0 .. num_nodes - 1.

Two ways for whole numbers, both giving ascending ids. Where the ids' range is not too wide, a bitmap
over it: the row of an id is the number of bits set before its own (Jacobson's rank, one counter a
64-bit word). Else a hash table that numbers ids as they are met, the numbers being sorted after.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Without reference counts: nothing is allocated, and counts in the innermost loop are slow.
_kernel = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(forceinline=True, _nrt=False)

_ONE = np.uint64(1)
_SIX = np.uint64(6)
_WORD_MASK = np.int64(63)
# Stafford's mix 13 of the 64-bit finalizer: every input bit reaches every output bit.
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@_kernel
def extent(ids, start, stop):
    """(lowest, highest) of ids[start:stop], which is not empty; int64."""
    low = high = ids[start]
    for place in range(start, stop):
        low = min(low, ids[place])
        high = max(high, ids[place])
    return low, high


@_kernel
def mark(ids, low, words, start, stop):
    """Set bit ``ids[i] - low`` for i in start .. stop; `words` uint64 is **written**."""
    for place in range(start, stop):
        bit = ids[place] - low
        words[bit >> 6] |= _ONE << np.uint64(bit & _WORD_MASK)


@_inlined
def _popcount(word):
    """Number of set bits; LLVM turns this into one instruction."""
    word -= (word >> _ONE) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@_kernel
def count_before(words, before):
    """before[w] = bits set in words 0 .. w - 1, int32, **written**; returns all bits set, below 2**31."""
    total = np.int64(0)
    for word in range(len(words)):
        before[word] = np.int32(total)
        total += _popcount(words[word])
    return total


@_kernel
def marked_ids(words, low, ids):
    """The marked ids, ascending; `ids` int64 [number of bits set] is **written**."""
    out = 0
    for word in range(len(words)):
        rest = words[word]
        while rest != 0:
            lowest = rest & (~rest + _ONE)
            ids[out] = low + (np.int64(word) << 6) + _popcount(lowest - _ONE)
            rest ^= lowest
            out += 1


@_kernel
def rank_ids(ids, low, words, before, rows, start, stop):
    """rows[i] = number of marked ids below ids[i], i in start .. stop, all marked; int32, **written**."""
    for place in range(start, stop):
        bit = ids[place] - low
        below = (_ONE << np.uint64(bit & _WORD_MASK)) - _ONE
        word = bit >> 6
        rows[place] = before[word] + np.int32(_popcount(words[word] & below))


@_inlined
def _find_slot(id_, ids, table):
    """The slot of `table` that holds the number of the id, or the empty one where it belongs."""
    mask = len(table) - 1
    mixed = np.uint64(id_)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    slot = np.int64((mixed ^ (mixed >> np.uint64(31))) & np.uint64(mask))
    while table[slot] >= 0 and ids[table[slot]] != id_:
        slot = (slot + 1) & mask
    return slot


@_kernel
def number_ids(column, start, numbers, ids, num_ids, table):
    """Number the ids of column[start:] as they are met; returns (place, num_ids) at the end or out of room.

    `numbers` int32 [len(column)] and `ids`, the distinct ids so far, int64, are **written**; so is `table`
    int32 (-1: empty), a hash table of the numbers by linear probing, twice as long as `ids`, a power of 2.
    """
    for place in range(start, len(column)):
        slot = _find_slot(column[place], ids, table)
        if table[slot] < 0:
            if num_ids == len(ids):
                return place, num_ids
            ids[num_ids] = column[place]
            table[slot] = num_ids
            num_ids += 1
        numbers[place] = table[slot]
    return len(column), num_ids


@_kernel
def fill_table(ids, num_ids, table):
    """Put the numbers of the first `num_ids` ids into an empty `table`, which is **written**."""
    for number in range(num_ids):
        table[_find_slot(ids[number], ids, table)] = number


@_kernel
def rank_by_appearance(source, target, ranks):
    """ranks[number] = how many numbers appear before it, row by row, source before target.

    `source`, `target` int32 [num_rows]; `ranks` int32 [num_numbers] is **written**, -1 for a number
    that never appears.
    """
    ranks[:] = -1
    found = 0
    for row in range(len(source)):
        for number in (source[row], target[row]):
            if ranks[number] < 0:
                ranks[number] = found
                found += 1
