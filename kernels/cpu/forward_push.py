"""Personalised PageRank by forward push.

Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006. With residuals r, at
first 1 at the source, a push at node u makes

    p(u) += restart * r(u);   r(v) += (1 - restart) * r(u) * P(u, v) for each v;   r(u) = 0,

which keeps pi = p + sum_u r(u) pi_u, and goes on while r(u) >= tolerance * max(1, out-degree of u) somewhere.
A node without out-arcs passes its residual on to the source.

A node stands in the queue just while its residual is that large. So one number a node, the residual less
that limit, says by its sign whether the node waits, and an arc costs one read and one write of it. NaN
means that nothing has come yet.

Where many wait, pushes in the order of the queue are small ones, and at random places of memory: then sweeps
over all rows take over (`push_sweeps`), and the queue has the rest.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.largest import write_largest
from graphkit.kernels.cpu.push_sweeps import sweep_rows

FRONTIER = 256
"""Sweeps begin when more than one node of so many waits, and end when no more do."""


@njit(nogil=True, cache=True)
def push_top(indptr, indices, weights, strength, law, space, sources, found, start, stop):
    """Write the largest scores of the sources `start` to `stop`, and what all scores of each leave out of 1.

    `sources` int64 [num_sources]; `found` (rows int32, scores float32, both [num_sources, k], missing float64
    [num_sources]) are **written**; the rest as for `push`, `space` being as it was when all is done.
    """
    gap, score, _, touched = space
    rows, scores, missing = found
    for i in range(start, stop):
        count, missing[i] = push(indptr, indices, weights, strength, law, space, sources[i])
        write_largest(score, touched, count, rows[i], scores[i])
        for place in range(count):
            gap[touched[place]] = np.nan
            score[touched[place]] = 0


@njit(nogil=True, cache=True)
def push(indptr, indices, weights, strength, law, space, source):
    """Make score = p + restart * r, no r being large any more; return the rows touched and 1 - its sum.

    `indptr` int64 [num_nodes + 1], `indices` int32 [num_arcs]; `weights` float32 [num_arcs] and `strength`,
    their sums by row, float64 [num_nodes], or None and None. `law` (restart, tolerance). `space` (gap
    float64, score float64, queue int32, touched int32), [num_nodes] each: gap, NaN throughout, and score, 0
    throughout, are **written** at the rows touched[:count], and these and the queue are.
    """
    restart, tolerance = law
    gap, score, queue, touched = space
    touched[0] = source
    if indptr[source] == indptr[source + 1]:
        score[source] = 1
        return 1, 0.0
    gap[source] = 1 - _limit(indptr, source, tolerance)
    count, head, waiting = 1, 0, 0
    if gap[source] >= 0:
        queue[0], waiting = source, 1
    most = len(queue) // FRONTIER
    while waiting > 0:
        if waiting > most:
            most, head = len(queue), 0
            count, waiting = _sweep(indptr, indices, weights, strength, law, space)
            continue
        node = queue[head]
        head = head + 1 if head + 1 < len(queue) else 0
        waiting -= 1
        limit = _limit(indptr, node, tolerance)
        residual = gap[node] + limit
        gap[node] = -limit
        score[node] += residual
        passed = (1 - restart) * residual
        first, end = uint64(indptr[node]), uint64(indptr[node + 1])
        if first == end:
            count, waiting = _arrive(
                indptr, tolerance, source, passed, gap, queue, head, waiting, touched, count
            )
            continue
        passed /= np.float64(end - first) if weights is None else strength[node]
        for place in range(first, end):
            share = passed if weights is None else passed * weights[place]
            count, waiting = _arrive(
                indptr, tolerance, uint64(indices[place]), share, gap, queue, head, waiting, touched, count
            )
    return count, _finish(indptr, law, gap, score, touched, count)


@njit(nogil=True, cache=True)
def _sweep(indptr, indices, weights, strength, law, space):
    """Go on in sweeps; return the number of nodes touched and of those waiting, first in the queue."""
    gap, score, queue, touched = space
    tolerance = law[1]
    for node in range(len(gap)):
        gap[node] = 0.0 if np.isnan(gap[node]) else gap[node] + _limit(indptr, node, tolerance)
    few = len(queue) // FRONTIER
    sweep_rows(indptr, indices, weights, strength, law, gap, score, queue, touched, few)
    count, waiting = 0, 0
    for node in range(len(gap)):
        if gap[node] == 0 and score[node] == 0:
            gap[node] = np.nan
            continue
        touched[count] = node
        count += 1
        gap[node] -= _limit(indptr, node, tolerance)
        if gap[node] >= 0:
            queue[waiting] = node
            waiting += 1
    return count, waiting


@njit(inline="always")
def _limit(indptr, node, tolerance):
    return tolerance * np.float64(max(1, indptr[node + 1] - indptr[node]))


@njit(inline="always")
def _arrive(indptr, tolerance, node, share, gap, queue, head, waiting, touched, count):
    """Add to a residual; return the number of nodes touched and the number waiting."""
    before = gap[node]
    after = before + share
    gap[node] = after
    # NaN, which nothing is compared with, comes here too.
    if not after < 0:
        if np.isnan(before):
            touched[count] = node
            count += 1
            before = -_limit(indptr, node, tolerance)
            after = before + share
            gap[node] = after
        if before < 0 and after >= 0:
            place = head + waiting
            queue[place if place < len(queue) else place - len(queue)] = node
            waiting += 1
    return count, waiting


@njit(nogil=True, cache=True, _nrt=False)
def _finish(indptr, law, gap, score, touched, count):
    """Make score = restart * (what was pushed + what is left); return what the scores leave out of 1."""
    restart, tolerance = law
    left = 0.0
    for i in range(count):
        node = touched[i]
        residual = gap[node] + _limit(indptr, node, tolerance)
        score[node] = restart * (score[node] + residual)
        left += residual
    return (1 - restart) * left
