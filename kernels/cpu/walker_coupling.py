"""How the walkers of one row depend on each other, each of them alone walking as if there were no others.

Walkers 2k and 2k + 1 are a pair and draw together: step s of the pair has four words, those of
(k * 2**32 + row, s). Word 0 decides whether the first halts, word 3 whether the second does, unless halts are
antithetic; words 1 and 2 are their directions, unless walkers repel each other.

- Antithetic halts (Reid, Choromanski, Weller, "Quasi-Monte Carlo graph random features", NeurIPS 2023): the
  second of a pair halts by the word of the first plus half a turn.
- Repelling directions (Reid, Berger, Choromanski, Weller, "Repelling random walks", ICLR 2024): k walkers
  that leave the same node at the same step, k no more than its d neighbours, go to the places
  d * frac(i / k + U), i = 0 .. k - 1, U being the direction of the first of them; more walkers than d go in
  blocks of d.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.philox import draw

_HALF_TURN = np.uint32(1 << 31)


@njit(inline="always")
def walker_words(seed, stream, row, walker, step, antithetic):
    """Return the words that decide whether a walker halts in front of a step, and where it goes."""
    item = (uint64(walker >> 1) << uint64(32)) | uint64(row)
    w0, w1, w2, w3 = draw(seed, item, step, stream)
    if walker & 1 == 0:
        return w0, w1
    return (uint32(w0 + _HALF_TURN), w2) if antithetic else (w3, w2)


@njit(nogil=True, cache=True, _nrt=False)
def repel(indptr, node, entry, words, group, alive):
    """words[i] = the direction of walker i among those that stand at the same entry; **written**.

    `indptr` int64 [num_nodes + 1]; `node` and `entry` int64 [>= alive], where a walker stands and the place
    of its row, node and length in the table of deposits; `words` uint32 [>= alive], the walkers' own
    directions; `group` int64 [3, capacity of the table], **written**: walkers at an entry, those already
    placed, the direction of the first.
    """
    for i in range(alive):
        group[0, entry[i]] = 0
        group[1, entry[i]] = 0
    for i in range(alive):
        group[0, entry[i]] += 1
    for i in range(alive):
        place = entry[i]
        if group[0, place] > 1:
            degree = indptr[node[i] + 1] - indptr[node[i]]
            within = group[1, place]
            if within == degree:
                group[0, place] -= degree
                within = 0
            group[1, place] = within + 1
            size = min(degree, group[0, place])
            if within == 0:
                group[2, place] = words[i]
            turn = (uint64(within) << uint64(32)) // uint64(max(size, 1))
            words[i] = uint32(uint64(group[2, place]) + turn)
