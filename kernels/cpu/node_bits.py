"""Sets of nodes as bits of two levels, for putting a few nodes in order by looking at words."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.extending import intrinsic

WORDS_PER_NODE = 8
"""Words of the upper level that are looked at in the time that sorting takes for a node."""


def num_words(num_nodes: int) -> int:
    """Return how many words have a bit for each node, and one for each of these words.

    Examples
    --------
    >>> num_words(64), num_words(65), num_words(4097)
    (2, 3, 67)
    """
    lower = -(-num_nodes // 64)
    return lower + -(-lower // 64)


@njit(nogil=True, cache=True)
def put_in_order(members, bits):
    """Put different nodes, int32, in ascending order; **written**.

    `bits` uint64 [num_words], 0 throughout, is left so: a bit for each node, then, on the upper level, one
    for each word of these that is not 0.
    """
    # Of 65 words 64 are of the lower level; of the last ones less.
    upper = uint64(len(bits) - (len(bits) + 64) // 65)
    if len(bits) - np.int64(upper) > WORDS_PER_NODE * len(members):
        members.sort()
        return
    for k in range(len(members)):
        node = uint64(members[k])
        word = node >> uint64(6)
        bits[word] |= uint64(1) << (node & uint64(63))
        bits[upper + (word >> uint64(6))] |= uint64(1) << (word & uint64(63))
    place = uint64(0)
    for above in range(upper, uint64(len(bits))):
        words = bits[above]
        bits[above] = 0
        while words != 0:
            word = uint64(64) * (above - upper) + _trailing_zeros(words)
            words &= words - uint64(1)
            left = bits[word]
            bits[word] = 0
            while left != 0:
                members[place] = np.int64(uint64(64) * word + _trailing_zeros(left))
                left &= left - uint64(1)
                place += uint64(1)


@intrinsic
def _trailing_zeros(_typing_context, word):
    """Return how many zeros stand behind the last 1 of a word, which has one."""

    def generate(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(word), generate
