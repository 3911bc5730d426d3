"""Counted transitions of walks against their exact law, by chi-square.

A context is what the next step depends on: (t, v), the node before and the present one, or (-1, v) at the
start of a walk. Nothing here is shared with the walks' own kernels: alpha is found by merging sorted rows.

Arrays: `indptr` int64 [num_nodes + 1]; `indices` int32 [num_arcs]; `weights` float32 [num_arcs] or None;
`noise` float64 [num_nodes], node2vec+'s thresholds, or None.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BACK, NEAR, FAR = 0, 1, 2
"""What x is to t: itself, a neighbour (alpha = 1), another."""

LEAST_EXPECTED = 5.0
"""A cell of the chi-square is expected to hold at least this many."""


@njit(nogil=True, cache=True)
def find_steps(indptr, indices, walks, arcs, start, stop):
    """arcs[i, s] = place of the arc from walks[i, s] to walks[i, s + 1]; -1 if there is none; **written**.

    `walks` int64 [num_walks, walk_length], `arcs` int64 [num_walks, walk_length - 1]. Entries that are no
    rows (below 0, or too large) have no arcs.
    """
    num_nodes = len(indptr) - 1
    for walk in range(start, stop):
        for step in range(arcs.shape[1]):
            source, target = walks[walk, step], walks[walk, step + 1]
            known = 0 <= source < num_nodes and 0 <= target < num_nodes
            arcs[walk, step] = _find(indptr, indices, source, target) if known else -1


@njit(nogil=True, cache=True)
def mark_first(arcs, first, start, stop):
    """first[i, s] = whether walk i takes its arc of step s for the first time; bool, **written**.

    `arcs` int64 [num_walks, num_steps], as of `find_steps`.
    """
    for walk in range(start, stop):
        order = np.argsort(arcs[walk], kind="mergesort")
        for place in range(len(order)):
            step = order[place]
            first[walk, step] = place == 0 or arcs[walk, step] != arcs[walk, order[place - 1]]


@njit(nogil=True, cache=True)
def score_contexts(
    indptr, indices, weights, noise, directed, inverse_p, inverse_q, previous, nodes, begins, slots, counts,
    firsts, scores, freedom, worst, start, stop,
):  # fmt: skip
    """Chi-square of each context from `start` to `stop`; return what follows by kind, over all of them.

    `previous`, `nodes` int64 [num_contexts]; the observed next nodes of context c, as places in the row of
    nodes[c], are slots[begins[c] : begins[c + 1]] (int64, ascending), observed `counts` times (int64), and
    `firsts` times at the first visit of a walk.
    **Written**: `scores` float64 and `freedom` int64 [num_contexts], the statistic and its degrees of
    freedom, both 0 where there are not two cells; `worst` float64 [num_contexts, 4], the cell that deviates
    most: (o - e) / sqrt(e), its place in the row, or -1 - k for the pool of kind k, o, e.

    Returned, float64 [5, 3]: observed and expected of each kind, and the 3 x 3 covariance of the former.
    """
    degrees = np.int64(0)
    for context in range(start, stop):
        degrees = max(degrees, indptr[nodes[context] + 1] - indptr[nodes[context]])
    mass, kind = np.empty(degrees), np.empty(degrees, np.int64)
    cells, by_kind, share = np.empty((degrees + 4, 3)), np.zeros((5, 3)), np.empty(3)
    for context in range(start, stop):
        node, first, end = nodes[context], begins[context], begins[context + 1]
        degree = indptr[node + 1] - indptr[node]
        _law(
            indptr,
            indices,
            weights,
            noise,
            directed,
            inverse_p,
            inverse_q,
            previous[context],
            node,
            mass,
            kind,
        )
        visits = counts[first:end].sum()
        share[:] = 0
        for slot in range(degree):
            share[kind[slot]] += mass[slot]
        for seen in range(first, end):
            by_kind[0, kind[slots[seen]]] += counts[seen]
        for k in range(3):
            by_kind[1, k] += visits * share[k]
            by_kind[2 + k, k] += visits * share[k]
            for other in range(3):
                by_kind[2 + k, other] -= visits * share[k] * share[other]
        num_cells, visits = 0, firsts[first:end].sum()
        if visits >= 2 * LEAST_EXPECTED:
            mass[:degree] *= visits
            num_cells = _cells(mass[:degree], kind, slots[first:end], firsts[first:end], cells)
        scores[context], freedom[context] = 0.0, max(0, num_cells - 1)
        worst[context, :] = 0.0
        for cell in range(num_cells if num_cells > 1 else 0):
            label, observed, expected = cells[cell]
            deviation = (observed - expected) / np.sqrt(expected)
            scores[context] += deviation * deviation
            if abs(deviation) > abs(worst[context, 0]):
                worst[context, 0], worst[context, 1] = deviation, label
                worst[context, 2], worst[context, 3] = observed, expected
    return by_kind


@njit(nogil=True, cache=True)
def _law(indptr, indices, weights, noise, directed, inverse_p, inverse_q, previous, node, mass, kind):
    """Write the probability and the kind of each x in the row of `node`."""
    total = 0.0
    first = indptr[node]
    cursor = indptr[previous] if previous >= 0 else 0
    for place in range(first, indptr[node + 1]):
        neighbor = indices[place]
        weight = 1.0 if weights is None else np.float64(weights[place])
        alpha, slot = 1.0, place - first
        kind[slot] = NEAR
        if previous >= 0:
            if directed:
                met = _find(indptr, indices, neighbor, previous)
            else:
                while cursor < indptr[previous + 1] and indices[cursor] < neighbor:
                    cursor += 1
                met = cursor if cursor < indptr[previous + 1] and indices[cursor] == neighbor else -1
            if neighbor == previous:
                alpha, kind[slot] = inverse_p, BACK
            elif noise is None:
                if met < 0:
                    alpha, kind[slot] = inverse_q, FAR
            else:
                near = 0.0 if met < 0 else np.float64(weights[met])
                if near < noise[neighbor]:
                    kind[slot] = FAR
                    if weight < noise[node]:
                        alpha = min(1.0, inverse_q)
                    else:
                        alpha = inverse_q + (1.0 - inverse_q) * near / noise[neighbor]
        mass[slot] = weight * alpha
        total += mass[slot]
    mass[: indptr[node + 1] - first] /= total


@njit(nogil=True, cache=True)
def _find(indptr, indices, row, key):
    """The place of `key` in a row, or -1."""
    place = indptr[row] + np.searchsorted(indices[indptr[row] : indptr[row + 1]], key)
    return place if place < indptr[row + 1] and indices[place] == key else -1


@njit(nogil=True, cache=True)
def _cells(expected, kind, slots, counts, cells):
    """Write cells (label, observed, expected), none expected less than five times; return how many.

    Next nodes that are expected less often are pooled by kind, pools that are still too small together, and
    what is left goes to the cell of least expectation.
    """
    num_cells, seen = 0, 0
    pools = np.zeros((4, 2))
    for slot in range(len(expected)):
        observed = 0.0
        if seen < len(slots) and slots[seen] == slot:
            observed = np.float64(counts[seen])
            seen += 1
        if expected[slot] >= LEAST_EXPECTED:
            num_cells = _put(cells, num_cells, slot, observed, expected[slot])
        else:
            pools[kind[slot], 0] += observed
            pools[kind[slot], 1] += expected[slot]
    for pool in range(3):
        if pools[pool, 1] < LEAST_EXPECTED:
            pools[3] += pools[pool]
            pools[pool] = 0
    if pools[3, 1] < LEAST_EXPECTED:
        _join(cells, num_cells, pools)
    for pool in range(4):
        if pools[pool, 1] > 0:
            num_cells = _put(cells, num_cells, -1 - pool, pools[pool, 0], pools[pool, 1])
    return num_cells


@njit(inline="always")
def _put(cells, num_cells, label, observed, expected):
    cells[num_cells, 0], cells[num_cells, 1], cells[num_cells, 2] = label, observed, expected
    return num_cells + 1


@njit(nogil=True, cache=True)
def _join(cells, num_cells, pools):
    """Add what the last pool holds to the smallest pool or cell, if there is any."""
    smallest = np.inf
    target = -1
    for cell in range(num_cells):
        if cells[cell, 2] < smallest:
            smallest, target = cells[cell, 2], cell
    for pool in range(3):
        if 0 < pools[pool, 1] < smallest:
            smallest, target = pools[pool, 1], num_cells + pool
    if target >= num_cells:
        pools[target - num_cells] += pools[3]
        pools[3] = 0
    elif target >= 0:
        cells[target, 1] += pools[3, 0]
        cells[target, 2] += pools[3, 1]
        pools[3] = 0
