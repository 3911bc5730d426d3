"""Personalised PageRank by forward push.

Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006. With residuals r, at
first 1 at the source, a push at node u makes

    p(u) += restart * r(u);   r(v) += (1 - restart) * r(u) * P(u, v) for each v;   r(u) = 0,

which keeps pi = p + sum_u r(u) pi_u, and goes on while r(u) >= tolerance * max(1, out-degree of u) somewhere.
A node without out-arcs passes its residual on to the source.

A node stands in the queue just while its residual is that large. So one number a node, the residual less
that limit, says by its sign whether the node waits, and an arc costs one read and one write of it. NaN
means that nothing has come yet.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.largest import write_largest


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
    while waiting > 0:
        node = queue[head]
        head = head + 1 if head + 1 < len(queue) else 0
        waiting -= 1
        limit = _limit(indptr, node, tolerance)
        residual = gap[node] + limit
        gap[node] = -limit
        score[node] += residual
        passed = (1 - restart) * residual
        first, end = indptr[node], indptr[node + 1]
        if first == end:
            count, waiting = _arrive(
                indptr, tolerance, source, passed, gap, queue, head, waiting, touched, count
            )
            continue
        passed /= np.float64(end - first) if weights is None else strength[node]
        for place in range(first, end):
            share = passed if weights is None else passed * weights[place]
            count, waiting = _arrive(
                indptr, tolerance, indices[place], share, gap, queue, head, waiting, touched, count
            )
    return count, _finish(indptr, law, gap, score, touched, count)


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
