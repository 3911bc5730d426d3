"""Personalised PageRank by sweeps over all rows: push where much of the graph waits.

Wu, Gan, Wei, Zhang, "Unifying the global and local approaches: an efficient power iteration with forward
push", SIGMOD 2021: rows are pushed in their order, each if its residual is above a threshold that shrinks, so
that a push moves what many small ones would. Where we differ from their PowerPush:

- The threshold follows the mean residual from sweep to sweep, not in eight epochs, and takes a row for some
  arcs longer than it is, which is what a push costs besides its arcs.
- What a node gives to itself by an arc is summed at once, as a geometric series, from its second push on.
- The end is that of push: no residual is as large as tolerance times the number of arcs.

As theirs, mass that comes to a node without out-arcs is only counted. It would go back to the source and be
pi once more: with `lost` of it, p + sum_u r(u) pi_u is (1 - lost) pi.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

SHARE_OF_MEAN = 0.5
"""A row is pushed if its residual is at least this share of the mean one, by arcs."""

ROW_IN_ARCS = 4
"""What a push costs besides its arcs, in arcs."""

ROWS_AT_ONCE = 64
"""Rows that are passed by together if none is to be pushed."""

_UNKNOWN, _NONE = -2, -1

_LEAST = 1e-300
"""The least threshold, so that no row is pushed for a residual of 0."""


@njit(nogil=True, cache=True)
def sweep_rows(indptr, indices, weights, strength, law, residual, score, own, span, few):
    """Push in sweeps until at most `few` rows have a residual as large as tolerance * max(1, out-degree).

    The rest as for `push`, but `residual` float64 [num_nodes] is the residuals themselves. It and `score`,
    what was pushed, are **written**, divided by 1 - lost, and so are `own` and `span`, int32 [num_nodes]: the
    place in the row of each node's arc to itself, and max(1, out-degree).
    """
    restart, tolerance = law
    num_nodes, keep, lost, left = len(residual), 1 - restart, 0.0, 0.0
    for node in range(num_nodes):
        left += residual[node]
        own[node] = _UNKNOWN
        span[node] = max(1, indptr[node + 1] - indptr[node])
    size = np.float64(len(indices) + ROW_IN_ARCS * num_nodes)
    extra, pushed, last = np.float64(ROW_IN_ARCS), 1, False
    while not last or pushed > few:
        threshold, least = SHARE_OF_MEAN * left / size, max(_LEAST, tolerance * (1 - lost))
        # What `left` has by rounding is nowhere: then nothing is pushed.
        if last or threshold <= least or pushed == 0:
            threshold, extra, last = least, 0.0, True
        pushed, passed_on, ended = 0, 0.0, 0.0
        for start in range(0, num_nodes, ROWS_AT_ONCE):
            stop = min(start + ROWS_AT_ONCE, num_nodes)
            if not _any_above(residual, span, threshold, extra, start, stop):
                continue
            for row in range(start, stop):
                # Unsigned numbers are not tried for being negative: a fifth of the time.
                node = uint64(row)
                mass = residual[node]
                if not mass >= threshold * (np.float64(span[node]) + extra):
                    continue
                pushed += 1
                residual[node] = 0
                first, end = uint64(indptr[node]), uint64(indptr[row + 1])
                if first == end:
                    score[node] += mass
                    ended += mass
                    continue
                total = np.float64(end - first) if weights is None else strength[node]
                loop = own[node]
                if loop >= 0:
                    back = 1.0 if weights is None else np.float64(weights[first + uint64(loop)])
                    mass /= 1 - keep * back / total
                score[node] += mass
                passed_on += mass
                share = keep * mass / total
                for place in range(first, end):
                    residual[uint64(indices[place])] += share if weights is None else share * weights[place]
                if loop >= 0:
                    residual[node] = 0
                elif loop == _UNKNOWN:
                    own[node] = _own_place(indices, first, end, node) if residual[node] > 0 else _NONE
        left -= restart * passed_on + ended
        lost += keep * ended
    _divide(restart, residual, score)


@njit(nogil=True, cache=True, _nrt=False)
def _any_above(residual, span, threshold, extra, start, stop):
    """Whether a row of the range is to be pushed; without a branch, so that it vectorises."""
    count = np.int32(0)
    for row in range(start, stop):
        node = uint64(row)
        count += np.int32(residual[node] >= threshold * (np.float64(span[node]) + extra))
    return count > 0


@njit(nogil=True, cache=True, _nrt=False)
def _divide(restart, residual, score):
    """Divide by 1 - lost, which is what there is: so nothing is lost to rounding where it is small."""
    there = 0.0
    for node in range(len(residual)):
        there += restart * score[node] + residual[node]
    for node in range(len(residual)):
        residual[node] /= there
        score[node] /= there


@njit(nogil=True, cache=True, _nrt=False)
def _own_place(indices, first, end, node):
    """The place in the row of the arc to itself, which is there; nodes of a row ascend."""
    low, high = first, end
    while low < high:
        middle = (low + high) >> uint64(1)
        if uint64(indices[middle]) < node:
            low = middle + uint64(1)
        else:
            high = middle
    return low - first
