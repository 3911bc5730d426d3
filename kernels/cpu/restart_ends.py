"""Where random walks with restart stand: samples of personalised PageRank.

A walk goes on with probability alpha in front of each step, and stops otherwise, or where no arc leaves. Its
end is v with probability pi_u(v) = (1 - alpha) sum_k alpha^k (P^k)_uv, u being its start.

Walkers go in groups, stage by stage, as those of `walks_first_order`; one that stops hands its place to the
next walk. Step t of walk k takes the words of (k, t): whether it stops, the arc, and the coin of its cell.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item, prefetch_start
from graphkit.kernels.cpu.row_alias import pick_entry

GROUP = 64
"""Walkers side by side."""

_STOPPED = -1


@njit(nogil=True, cache=True)
def walk_to_ends(indptr, indices, table, go_on, key, first, starts, ends, start, stop):
    """ends[i] = where walk number `first` + i from starts[i] stops, i from `start` to `stop`; **written**.

    `indptr` int64 [num_nodes + 1]; `indices` int32 [num_arcs]; `table` the alias tables of the rows, uint32
    [num_arcs, 2], or None for an unweighted graph; `go_on` alpha * 2**32, uint64; `key` (seed, stream);
    `starts`, `ends` int32 [num_walks].
    """
    current, place = np.empty(GROUP, np.int64), np.empty(GROUP, np.int64)
    walk, step = np.empty(GROUP, np.int64), np.zeros(GROUP, np.int64)
    words = np.empty((3, GROUP), np.uint32)
    upcoming = min(start + GROUP, stop)
    active = upcoming - start
    for i in range(active):
        walk[i], current[i] = start + i, starts[start + i]
        prefetch_item(indptr, current[i])
    while active > 0:
        for i in range(active):
            words[0, i], words[1, i], words[2, i], _ = draw(key[0], first + walk[i], step[i], key[1])
        _choose(indptr, indices, table, current, words, go_on, active, place)
        kept = 0
        for i in range(active):
            if place[i] != _STOPPED:
                current[kept], walk[kept], step[kept] = indices[place[i]], walk[i], step[i] + 1
            else:
                ends[walk[i]] = current[i]
                if upcoming == stop:
                    continue
                current[kept], walk[kept], step[kept] = starts[upcoming], upcoming, 0
                upcoming += 1
            prefetch_item(indptr, current[kept])
            kept += 1
        active = kept


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, indices, table, current, words, go_on, active, place):
    """place[i] = the place of a random arc of current[i], or _STOPPED; **written**."""
    for i in range(active):
        first = indptr[current[i]]
        degree = indptr[current[i] + 1] - first
        if uint64(words[0, i]) >= go_on or degree == 0:
            place[i] = _STOPPED
            continue
        place[i] = first + np.int64(bounded(words[1, i], degree))
        if table is None:
            prefetch_item(indices, place[i])
        else:
            prefetch_start(table, place[i])
    if table is not None:
        for i in range(active):
            if place[i] != _STOPPED:
                first = indptr[current[i]]
                place[i] = pick_entry(table, first, place[i] - first, uint32(words[2, i]))
                prefetch_item(indices, place[i])
