r"""Push for a sparse linear system, with work and memory proportional to where its solution lies.

With the weights W of an undirected graph, their sums by row D, the numbers of arcs A and a vector b, find x
>= 0 with

    (C - W) x = b,   C = shift I + scale D,

up to residuals r = b - (C - W) x of at most tolerance * A(u) at each node u. A push at u makes

    x(u) += r(u) / C(u);   r(v) += W(u, v) r(u) / C(u) for each v;   r(u) = 0,

first come, first served. This is

- personalised PageRank (Andersen, Chung, Lang, FOCS 2006): scale = 1 / (1 - restart), b the start; PageRank
  is restart C x.
- p-norm flow diffusion with p = 2 (Fountoulakis, Wang, Yang, ICML 2020): scale = 1, b the source less the
  sinks, `sink` A(u), where x >= 0 is the dual solution: only nodes whose mass is beyond their sink are
  pushed.
- a column of a graph kernel (Zhou, Sun, Babanezhad, ICML 2023): shift > 0, or scale > 1, b a unit vector.

With labels y in [0, 1] the weight of an edge is multiplied by 1 - (1 - low) |y(u) - y(v)|.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.touched_nodes import LABEL, agreement, grow, is_sound, touch

GAP, SOLUTION, DIAGONAL = 0, 1, 2
"""Of the numbers of a node: the residual less what may stay, whose sign says whether it waits; x; and C, or
before its first push `KNOWN` or `UNKNOWN`: whether its number of arcs has been asked for."""

KNOWN, UNKNOWN = 0.0, -1.0
"""As long as a residual is too small for one arc, it waits for no look at the graph, which may be a file."""

USED, PUSHED, TOUCHED_ARCS, ARCS_READ, HEAD, WAITING = 0, 1, 2, 3, 4, 5
"""Of `counts`: nodes touched, nodes pushed, arcs of those whose number of arcs is known, arcs read in pushes;
the queue."""

NUM_COUNTS = 6

DONE, FULL, FAULT, CROWDED, SPREAD = -1, -2, -3, -4, -5
"""How a push ended: in good order; no sinks left for the mass; at a row that is none of a graph; no room; at
as many arcs as it may read."""


@njit(nogil=True, cache=True)
def push(indptr, indices, weights, labels, law, space, counts, rows, amounts):
    """Add `amounts` to b at `rows`, and push until no residual is large; return the space and how it ended.

    `indptr` int64, `indices` int32, `weights` float32 or None, of a graph that need not be sound; `labels` as
    for `touched_nodes.label_of`, none for edges as they are. `law` (shift, scale, sink, tolerance, most,
    last), `most` being the arcs that there must be for the mass to find sinks, and `last` the number of arcs
    read from which on push stops. `space` of `touched_nodes` and
    `counts` int64 [NUM_COUNTS] are **written**; both go on from an earlier call, or are empty. `rows` int64
    and `amounts` float64, [num_sources]. At a `FAULT` counts[USED] is the row.
    """
    if counts[USED] + len(rows) > len(space[1]):
        space = grow(space, counts[USED], counts[USED] + len(rows), 0, 0)
    slots, nodes, values, queue = space
    _add_sources(indptr, labels, law, slots, nodes, values, queue, counts, rows, amounts)
    ended = _push_on(indptr, indices, weights, labels, law, slots, nodes, values, queue, counts)
    while ended == CROWDED:
        node = space[1][space[3][counts[HEAD]]]
        needed = counts[USED] + indptr[node + 1] - indptr[node]
        space = grow(space, counts[USED], needed, counts[HEAD], counts[WAITING])
        counts[HEAD] = 0
        slots, nodes, values, queue = space
        ended = _push_on(indptr, indices, weights, labels, law, slots, nodes, values, queue, counts)
    return space, ended


@njit(nogil=True, cache=True, _nrt=False)
def _add_sources(indptr, labels, law, slots, nodes, values, queue, counts, rows, amounts):
    used, waiting = counts[USED], counts[WAITING]
    per_arc = -(law[2] + law[3])
    for i in range(len(rows)):
        place, used = touch(labels, per_arc, UNKNOWN, slots, nodes, values, used, rows[i])
        waiting = _arrive(
            indptr, per_arc, nodes, values, queue, counts, counts[HEAD], waiting, place, amounts[i]
        )
    counts[USED], counts[WAITING] = used, waiting


@njit(nogil=True, cache=True, _nrt=False)
def _push_on(indptr, indices, weights, labels, law, slots, nodes, values, queue, counts):
    """Push until no node waits; or to where there is no room for the neighbours of the first in the queue."""
    shift, scale, sink, tolerance, most, last = law
    low, labelled = labels[2], len(labels[0]) > 0
    per_arc = -(sink + tolerance)
    head, waiting, used = counts[HEAD], counts[WAITING], counts[USED]
    ended = DONE
    while waiting > 0:
        if counts[ARCS_READ] >= last:
            ended = SPREAD
            break
        place = np.int64(queue[head])
        node = np.int64(nodes[place])
        first, end = indptr[node], indptr[node + 1]
        is_first = values[place, DIAGONAL] == KNOWN
        if is_first and not is_sound(indptr, indices, weights, node):
            used, ended = node, FAULT
            break
        size = end - first
        if used + size > len(nodes):
            ended = CROWDED
            break
        head = head + 1 if head + 1 < len(queue) else 0
        waiting -= 1
        label = values[place, LABEL]
        if is_first:
            strength = np.float64(size)
            if labelled or weights is not None:
                strength = 0.0
                for arc in range(first, end):
                    weight = 1.0 if weights is None else np.float64(weights[arc])
                    if labelled:
                        other, used = touch(
                            labels, per_arc, UNKNOWN, slots, nodes, values, used, indices[arc]
                        )
                        weight *= agreement(label, values[other, LABEL], low)
                    strength += weight
            values[place, DIAGONAL] = shift + scale * strength
            counts[PUSHED] += 1
        limit = tolerance * size
        step = (values[place, GAP] + limit) / values[place, DIAGONAL]
        values[place, GAP] = -limit
        values[place, SOLUTION] += step
        for arc in range(first, end):
            other, used = touch(labels, per_arc, UNKNOWN, slots, nodes, values, used, indices[arc])
            share = step if weights is None else step * weights[arc]
            if labelled:
                share *= agreement(label, values[other, LABEL], low)
            waiting = _arrive(indptr, per_arc, nodes, values, queue, counts, head, waiting, other, share)
        counts[ARCS_READ] += size
        # Nobody beyond the nodes that were pushed can be reached, and their sinks do not hold the mass.
        if sink > 0 and counts[PUSHED] == used and most > counts[TOUCHED_ARCS]:
            ended = FULL
            break
    counts[HEAD], counts[WAITING], counts[USED] = head, waiting, used
    return ended


@njit(inline="always")
def _arrive(indptr, per_arc, nodes, values, queue, counts, head, waiting, place, share):
    """Add to a residual; return the number of nodes waiting."""
    before = values[place, GAP]
    after = before + share
    values[place, GAP] = after
    if before < 0 and after >= 0:
        if values[place, DIAGONAL] == UNKNOWN:
            node = nodes[place]
            size = indptr[node + 1] - indptr[node]
            after += per_arc * (size - 1)
            values[place, GAP] = after
            values[place, DIAGONAL] = KNOWN
            counts[TOUCHED_ARCS] += size
        if after >= 0:
            end = head + waiting
            queue[end if end < len(queue) else end - len(queue)] = place
            waiting += 1
    return waiting
