r"""Heat-kernel PageRank by push, with work and memory proportional to where it lies.

Kloster, Gleich, "Heat kernel based community detection", KDD 2014. With P = D^-1 W and a start s,

    h = exp(-t) sum_k t^k / k! (P^T)^k s,

cut behind k = N. What is on its way after j steps is a residual r(v, j), at first r(., 0) = s; a push makes

    y(u) += r(u, j);   r(v, j + 1) += t / (j + 1) r(u, j) P(u, v) for each v,

if r(u, j) is at least limits[j] times the number of u's arcs, and h = exp(-t) y. A first-come queue of pairs
(u, j) has all pairs of j in front of those of j + 1: so steps are taken one after the other, and a node has
two residuals, those of even and of odd j.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.local_push import (
    ARCS_READ,
    CROWDED,
    DONE,
    FAULT,
    HEAD,
    PUSHED,
    SPREAD,
    USED,
    WAITING,
)
from graphkit.kernels.cpu.touched_nodes import LABEL, agreement, grow, is_sound, touch

REACHED = 1
"""Of the numbers of a node: y; the residuals are beside it."""


@njit(nogil=True, cache=True)
def push_heat(indptr, indices, weights, labels, time, limits, most, space, counts, rows, start):
    """Make y of the start `start` at `rows`; return the space and how it ended, as `local_push.push`.

    `limits` float64 [N + 1]; the rest as there, `space` being empty and y number `REACHED` of its `values`.
    With `most` arcs read it is `SPREAD` before the next step: counts[HEAD] is the step, whose residuals are
    number 2 * (step & 1) of the values, at the places queue[: counts[WAITING]].
    """
    if len(rows) > len(space[1]):
        space = grow(space, 0, len(rows), 0, 0)
    slots, nodes, values, queue = space
    _add_sources(labels, slots, nodes, values, queue, counts, rows, start)
    following = np.empty(len(nodes), np.int32)
    # Of a step: how far it is, the places that have a residual, those of the next step.
    state = np.array([0, len(rows), 0])
    for step in range(len(limits)):
        if counts[ARCS_READ] >= most:
            counts[HEAD], counts[WAITING] = step, state[1]
            return space, SPREAD
        now, passed = 2 * (step & 1), time / (step + 1) if step + 1 < len(limits) else 0.0
        state[0], state[2] = 0, 0
        while True:
            law, lists = (limits[step], passed, now), (queue, following, state, counts)
            ended = _push_step(indptr, indices, weights, labels, law, slots, nodes, values, lists)
            if ended != CROWDED:
                break
            node = nodes[queue[state[0]]]
            space = grow(space, counts[USED], counts[USED] + indptr[node + 1] - indptr[node], 0, state[1])
            slots, nodes, values, queue = space
            longer = np.empty(len(nodes), np.int32)
            longer[: state[2]] = following[: state[2]]
            following = longer
        if ended == FAULT:
            return space, FAULT
        queue[: state[2]] = following[: state[2]]
        state[1] = state[2]
    return space, DONE


@njit(nogil=True, cache=True, _nrt=False)
def _add_sources(labels, slots, nodes, values, queue, counts, rows, start):
    used = 0
    for i in range(len(rows)):
        place, used = touch(labels, 0.0, 0.0, slots, nodes, values, used, rows[i])
        values[place, 0] = start[i]
        queue[i] = place
    counts[USED] = used


@njit(nogil=True, cache=True, _nrt=False)
def _push_step(indptr, indices, weights, labels, law, slots, nodes, values, lists):
    """Push the nodes queue[state[0] : state[1]] of one step; those of the next are following[: state[2]].

    `law` (limit, time, now), `lists` (queue, following, state, counts).
    `time` is t / (j + 1), 0 in the last step, and residuals are number `now` of the nodes, those of the next
    step number 2 - now. Ended is as for `local_push.push`, `CROWDED` in front of a node for whose neighbours
    there is no room.
    """
    (limit, time, now), (queue, following, state, counts) = law, lists
    low, labelled = labels[2], len(labels[0]) > 0
    used, count, later = counts[USED], state[2], 2 - now
    ended, i = DONE, state[0]
    while i < state[1]:
        place = np.int64(queue[i])
        mass, node = values[place, now], np.int64(nodes[place])
        # What is too small for one arc is so without a look at the graph, which may be a file.
        size = indptr[node + 1] - indptr[node] if mass >= limit else 0
        if not (mass >= limit and mass >= limit * size):
            values[place, now] = 0.0
            i += 1
            continue
        first, end = indptr[node], indptr[node + 1]
        if values[place, REACHED] == 0 and not is_sound(indptr, indices, weights, node):
            used, ended = node, FAULT
            break
        if used + size > len(nodes):
            ended = CROWDED
            break
        i += 1
        values[place, now] = 0.0
        counts[PUSHED] += values[place, REACHED] == 0
        values[place, REACHED] += mass
        if time == 0:
            continue
        label = values[place, LABEL]
        strength = np.float64(size)
        if labelled or weights is not None:
            strength = 0.0
            for arc in range(first, end):
                weight = 1.0 if weights is None else np.float64(weights[arc])
                if labelled:
                    other, used = touch(labels, 0.0, 0.0, slots, nodes, values, used, indices[arc])
                    weight *= agreement(label, values[other, LABEL], low)
                strength += weight
        passed = time * mass / strength
        for arc in range(first, end):
            other, used = touch(labels, 0.0, 0.0, slots, nodes, values, used, indices[arc])
            share = passed if weights is None else passed * weights[arc]
            if labelled:
                share *= agreement(label, values[other, LABEL], low)
            before = values[other, later]
            values[other, later] = before + share
            if before == 0 and share > 0:
                following[count] = other
                count += 1
        counts[ARCS_READ] += size
    counts[USED], state[0], state[2] = used, i, count
    return ended
