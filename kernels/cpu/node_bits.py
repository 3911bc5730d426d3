"""Sets of nodes as bits, for putting a few of them in order: a look at each word instead of a sort."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.extending import intrinsic

WORDS_PER_NODE = 8
"""Words that are looked at in the time that sorting takes for a node."""


def num_words(num_nodes: int) -> int:
    """Return how many words have a bit for each node.

    Examples
    --------
    >>> num_words(64), num_words(65)
    (1, 2)
    """
    return -(-num_nodes // 64)


@njit(nogil=True, cache=True)
def put_in_order(members, bits):
    """Put different nodes, int32, in ascending order; **written**.

    `bits` uint64 [num_words], 0 throughout, is left so.
    """
    if len(bits) > WORDS_PER_NODE * len(members):
        members.sort()
        return
    for k in range(len(members)):
        node = uint64(members[k])
        bits[node >> uint64(6)] |= uint64(1) << (node & uint64(63))
    place = 0
    for word in range(len(bits)):
        left = bits[word]
        bits[word] = 0
        while left != 0:
            members[place] = np.int64(64 * word) + np.int64(_trailing_zeros(left))
            left &= left - uint64(1)
            place += 1


@intrinsic
def _trailing_zeros(_typing_context, word):
    """Return how many zeros stand behind the last 1 of a word, which has one."""

    def generate(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(word), generate
