"""Labels that arrive one by one: columns of a graph kernel by local push, and the relaxation that predicts.

Zhou, Sun, Babanezhad, "Fast online node labeling for very large graphs", ICML 2023; Rakhlin, Sridharan,
"Efficient online multiclass prediction on graphs via surrogate losses", AISTATS 2017. With a kernel M,
positive definite, the gradients g_s of the losses so far, A = sum over s, s' of <g_s, g_s'> M(s, s') and T
what the diagonal of M may still add, the scores of the k classes at the node u are

    psi = -sum_s g_s M(s, u) / sqrt(A + k T),

the distribution q is psi projected on the simplex, and S its support. A label y then has the gradient
1_S / |S| - e_y if y is in S, else e_r - e_y, r being the best other class.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.local_push import DIAGONAL, FAULT, GAP, NUM_COUNTS, SOLUTION, USED, push
from graphkit.kernels.cpu.touched_nodes import clear, find, insert, make_space

_FIRST_CAPACITY = 1 << 10

_LEAST = 1e-300


@njit(nogil=True, cache=True)
def find_events(slots, nodes, rows, events):
    """events[i] = when row rows[i] was labelled, -1 for never; **written**. Tables as in `touched_nodes`."""
    for i in range(len(rows)):
        events[i] = find(slots, nodes, rows[i])


@njit(nogil=True, cache=True)
def add_events(slots, nodes, used, rows):
    """Enter rows that were not labelled before as the next events; `slots` and `nodes` are **written**."""
    for i in range(len(rows)):
        insert(slots, nodes, rows[i], used + i)


@njit(nogil=True, cache=True)
def kernel_columns(
    indptr, indices, weights, labels, law, scaling, slots, nodes, rows, before, diagonal, start, stop
):
    """Return sizes, events and entries of columns of M at rows[start:stop], at labelled nodes; and `fault`.

    Graph, `labels` (none) and `law` as for `local_push.push`; `scaling` (factor, whether by roots of
    strengths, the diagonal at a node without arcs): M(s, u) = factor x(s), or factor sqrt(d(s) d(u)) x(s),
    for the solution x of a unit at u. `slots` and `nodes` lead from rows to events. Given are entries of
    events < before[i] int64; diagonal[i] float64 is **written**. `fault` is a row that is none of a graph, or
    -1.
    """
    factor, by_roots, alone = scaling
    shift, scale, _, tolerance, _, _ = law
    space = make_space(_FIRST_CAPACITY)
    sizes = np.zeros(stop - start, np.int64)
    events, entries = np.empty(1024, np.int32), np.empty(1024)
    count = 0
    one = np.ones(1)
    for i in range(start, stop):
        row = np.int64(rows[i])
        if indptr[row] == indptr[row + 1]:
            diagonal[i] = alone
            continue
        counts = np.zeros(NUM_COUNTS, np.int64)
        space, ended = push(indptr, indices, weights, labels, law, space, counts, rows[i : i + 1], one)
        if ended == FAULT:
            return sizes, events[:0], entries[:0], counts[USED]
        used, values, touched = counts[USED], space[2], space[1]
        if count + used > len(events):
            longer, numbers = np.empty(2 * (count + used), np.int32), np.empty(2 * (count + used))
            longer[:count], numbers[:count] = events[:count], entries[:count]
            events, entries = longer, numbers
        # The node itself was pushed first.
        own = np.sqrt((values[0, DIAGONAL] - shift) / scale) if by_roots else 1.0
        first = count
        for place in range(used):
            pivot = values[place, DIAGONAL]
            if pivot <= 0:
                continue
            event = -1 if place == 0 else find(slots, nodes, touched[place])
            if place > 0 and not 0 <= event < before[i]:
                continue
            size = indptr[touched[place] + 1] - indptr[touched[place]]
            entry = values[place, SOLUTION] + (values[place, GAP] + tolerance * size) / pivot
            entry *= factor * (own * np.sqrt((pivot - shift) / scale) if by_roots else 1.0)
            if place == 0:
                diagonal[i] = entry
                event = find(slots, nodes, touched[place])
                if not 0 <= event < before[i]:
                    continue
            events[count], entries[count] = event, entry
            count += 1
        sizes[i - start] = count - first
        clear(space, used)
    return sizes, events[:count], entries[:count], -1


@njit(nogil=True, cache=True)
def relax(sizes, events, entries, diagonal, classes, gradients, first_event, state, scores, chances):
    """Predict, then learn, one node after the other.

    `sizes` int64 [num_nodes], `events` int32 and `entries` float64 are columns of M, one behind the other,
    and `diagonal` float64 [num_nodes] its diagonal. `classes` int32 [num_nodes] are the labels, -1 for none,
    of which nothing is learnt. `gradients` float64 [num_events, k] of the events, those from `first_event` on
    **written**; `state` (A, T) float64 [2], `scores` and `chances` float64 [num_nodes, k], psi and q, are
    **written**.
    """
    num_classes = gradients.shape[1]
    place = 0
    sums = np.empty(num_classes)
    for i in range(len(sizes)):
        sums[:] = 0.0
        for _ in range(sizes[i]):
            for j in range(num_classes):
                sums[j] += gradients[events[place], j] * entries[place]
            place += 1
        spread = np.sqrt(max(_LEAST, state[0] + num_classes * state[1]))
        for j in range(num_classes):
            scores[i, j] = -sums[j] / spread
        project(scores[i], chances[i])
        if classes[i] >= 0:
            gradient = gradients[first_event + i]
            loss_gradient(scores[i], chances[i], classes[i], gradient)
            along, square = 0.0, 0.0
            for j in range(num_classes):
                along += gradient[j] * sums[j]
                square += gradient[j] ** 2
            state[0] += 2 * along + diagonal[i] * square
            state[1] -= diagonal[i]


@njit(nogil=True, cache=True)
def project(scores, chances):
    """Write the nearest point of the simplex to `scores`, float64 [k]: max(scores - level, 0), of sum 1."""
    falling = np.sort(scores)[::-1]
    total, level = 0.0, 0.0
    for j in range(len(falling)):
        total += falling[j]
        if falling[j] * (j + 1) <= total - 1:
            break
        level = (total - 1) / (j + 1)
    for j in range(len(scores)):
        chances[j] = max(0.0, scores[j] - level)


@njit(nogil=True, cache=True, _nrt=False)
def loss_gradient(scores, chances, label, gradient):
    """Write the gradient of the surrogate loss at `scores` for a label, all float64 [k]."""
    size = 0
    for j in range(len(scores)):
        size += chances[j] > 0
    if chances[label] > 0:
        for j in range(len(scores)):
            gradient[j] = 1.0 / size if chances[j] > 0 else 0.0
    else:
        rival = 1 if label == 0 else 0
        for j in range(len(scores)):
            gradient[j] = 0.0
            if j != label and scores[j] > scores[rival]:
                rival = j
        gradient[rival] = 1.0
    gradient[label] -= 1.0
