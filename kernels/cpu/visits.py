"""Personalised PageRank by counting the visits of random walks.

Avrachenkov, Litvak, Nemirovsky, Osipova, "Monte Carlo methods in PageRank computation: when one iteration is
sufficient", SIAM J. Numer. Anal. 2007. A walk from s that stops with probability `restart` in front of each
step visits v pi_s(v) / restart times on average. Every visit counts, not the last one only. At a node
without out-arcs it goes back to s.

Walkers go in groups, stage by stage, as those of `walks_first_order`; one that stops hands its place to the
next walk. Step t of walk k of source s takes the words of (s * walks_per_node + k, t), so that no source's
result depends on another.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint32, uint64

from graphkit.kernels.cpu.largest import write_largest
from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_item, prefetch_start
from graphkit.kernels.cpu.row_alias import pick_entry

GROUP = 64
"""Walkers side by side."""

_STOPPED, _BACK = -1, -2


@njit(nogil=True, cache=True)
def visit_top(graph, law, key, space, sources, found, start, stop):
    """Write the largest scores of the sources `start` to `stop`.

    `sources` int64 [num_sources]; `found` (rows int32, scores float32), [num_sources, k], are **written**;
    the rest as for `count_visits`, `space` being as it was when all is done.
    """
    score, touched = space
    for i in range(start, stop):
        count = count_visits(graph, law, key, space, sources[i])
        write_largest(score, touched, count, found[0][i], found[1][i])
        for place in range(count):
            score[touched[place]] = 0


@njit(nogil=True, cache=True)
def count_visits(graph, law, key, space, source):
    """Make score = restart / walks_per_node * number of visits; return the number of rows touched.

    `graph` (indptr int64 [num_nodes + 1], indices int32 [num_arcs], alias tables of the rows uint32
    [num_arcs, 2] or None for an unweighted graph); `law` (restart, its threshold of 32 bits, walks_per_node);
    `key` (seed, stream); `space` (score float64, touched int32), [num_nodes]: score, 0 throughout, is
    **written** at the rows touched[:count], and these are.
    """
    indptr, indices, table = graph
    restart, threshold, walks_per_node = law
    score, touched = space
    touched[0] = source
    if indptr[source] == indptr[source + 1]:
        score[source] = 1
        return 1
    current, place = np.full(GROUP, np.int64(source)), np.empty(GROUP, np.int64)
    first_number = np.int64(source) * np.int64(walks_per_node)
    number, step = first_number + np.arange(GROUP), np.zeros(GROUP, np.int64)
    words = np.empty((3, GROUP), np.uint32)
    active = started = min(GROUP, walks_per_node)
    score[source] = walks_per_node
    count = 1
    while active > 0:
        for i in range(active):
            words[0, i], words[1, i], words[2, i], _ = draw(key[0], number[i], step[i], key[1])
        _choose(indptr, indices, table, current, words, threshold, active, place)
        kept = 0
        for i in range(active):
            if place[i] == _STOPPED:
                if started == walks_per_node:
                    continue
                current[kept], number[kept], step[kept] = source, first_number + started, 0
                started += 1
            else:
                node = np.int64(source if place[i] == _BACK else indices[place[i]])
                if score[node] == 0:
                    touched[count] = node
                    count += 1
                score[node] += 1
                current[kept], number[kept], step[kept] = node, number[i], step[i] + 1
            prefetch_item(indptr, current[kept])
            kept += 1
        active = kept
    for i in range(count):
        score[touched[i]] *= restart / walks_per_node
    return count


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, indices, table, current, words, threshold, active, place):
    """place[i] = the place of a random arc of current[i], or _STOPPED, or _BACK; **written**."""
    for i in range(active):
        first = indptr[current[i]]
        degree = indptr[current[i] + 1] - first
        if uint64(words[0, i]) < threshold:
            place[i] = _STOPPED
        elif degree == 0:
            place[i] = _BACK
        else:
            place[i] = first + np.int64(bounded(words[1, i], degree))
            if table is None:
                prefetch_item(indices, place[i])
            else:
                prefetch_start(table, place[i])
    if table is not None:
        for i in range(active):
            if place[i] >= 0:
                first = indptr[current[i]]
                place[i] = pick_entry(table, first, place[i] - first, uint32(words[2, i]))
                prefetch_item(indices, place[i])
