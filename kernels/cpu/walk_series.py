"""Series in the random walk's matrix P = D^-1 A, node by node: on the diagonal, and of all pairs in reach.

    out(i, c) = sum_k coefficients(k, c) P^k(i, i);    values(i, j, c) = sum_k coefficients(k, c) P^k(i, j)

The row e_i P^k is pushed on from k to k + 1 on the nodes that i has reached, so no power of P is ever formed,
and graphs put side by side as one cost no more than each for itself.

Where A is symmetric, P^b(j, i) = P^b(i, j) d(i) / d(j), so that half of the steps give the diagonal:

    P^(a+b)(i, i) = sum_j P^a(i, j) P^b(j, i) = d(i) sum_j P^a(i, j) P^b(i, j) / d(j).

A node without out-arcs ends the walk: of its row of P all is 0.

Arrays: `indptr` int64 [num_nodes + 1], `indices` int32 [num_arcs]; `weights` float64 [num_arcs] or None;
`inverse`, 1 over their sums by row, or 0, float64 [num_nodes]; `coefficients` float64 [num_steps + 1,
num_columns].
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def diagonal_series(indptr, indices, weights, inverse, reversible, coefficients, out, start, stop):
    """Write the rows `start` to `stop` of `out`, float64 [num_nodes, num_columns]."""
    num_nodes, num_steps = len(indptr) - 1, len(coefficients) - 1
    here, there = np.zeros(num_nodes), np.zeros(num_nodes)
    nodes, seen = np.empty(num_nodes, np.int32), np.full(num_nodes, -1, np.int64)
    returns = np.zeros(num_steps + 2)
    for source in range(start, stop):
        here[source], nodes[0], seen[source] = 1.0, source, source
        count, closed, done = 1, False, 0
        returns[0] = 1.0
        # Of a node without arcs all other powers are 0.
        strength = 1 / inverse[source] if inverse[source] > 0 else 0.0
        while done < num_steps:
            before = count
            count = _advance(
                indptr, indices, weights, inverse, here, there, nodes, count, seen, source, closed
            )
            closed = count == before
            if reversible:
                # The rows of steps a and a + 1 give the powers 2a + 1 and 2a + 2.
                odd, even = _products(here, there, inverse, nodes, count)
                returns[done + 1], returns[done + 2] = odd * strength, even * strength
                done += 2
            else:
                done += 1
                returns[done] = there[source]
            for place in range(before):
                here[nodes[place]] = 0.0
            here, there = there, here
        for place in range(count):
            here[nodes[place]] = 0.0
        for column in range(coefficients.shape[1]):
            total = 0.0
            for step in range(num_steps + 1):
                total += coefficients[step, column] * returns[step]
            out[source, column] = total


@njit(nogil=True, cache=True)
def count_reached(indptr, indices, num_steps, counts, start, stop):
    """counts[i] = nodes within `num_steps` steps of i, i among them, for i in start .. stop; **written**."""
    num_nodes = len(indptr) - 1
    seen, nodes = np.full(num_nodes, -1, np.int64), np.empty(num_nodes, np.int32)
    for source in range(start, stop):
        nodes[0], seen[source], count, first = source, source, 1, 0
        for _ in range(num_steps):
            last = count
            for place in range(first, last):
                node = nodes[place]
                for arc in range(indptr[node], indptr[node + 1]):
                    other = indices[arc]
                    if seen[other] != source:
                        seen[other] = source
                        nodes[count] = other
                        count += 1
            first = last
            if first == count:
                break
        counts[source] = count


@njit(nogil=True, cache=True)
def pair_series(
    indptr, indices, weights, inverse, coefficients, spans, offsets, columns, values, start, stop
):
    """Write the pairs of the rows `start` to `stop`, ascending: their second nodes and their values.

    `spans` int64 [num_steps + 1, 2]: of each step the range of columns that has its coefficients. The pairs
    of row i are `offsets[i]` to `offsets[i + 1]`, int64 [num_nodes + 1], as many as `count_reached` has
    counted. `columns` int64 [num_pairs], `values` float32 [num_pairs, num_columns] are **written**.
    """
    num_nodes, num_steps = len(indptr) - 1, len(coefficients) - 1
    here, there = np.zeros(num_nodes), np.zeros(num_nodes)
    nodes, seen = np.empty(num_nodes, np.int32), np.full(num_nodes, -1, np.int64)
    most = 0
    for source in range(start, stop):
        most = max(most, offsets[source + 1] - offsets[source])
    totals = np.empty((most, coefficients.shape[1]))
    for source in range(start, stop):
        here[source], nodes[0], seen[source] = 1.0, source, source
        count, known, closed = 1, 0, False
        for step in range(num_steps + 1):
            if step > 0:
                before = count
                count = _advance(
                    indptr, indices, weights, inverse, here, there, nodes, count, seen, source, closed
                )
                closed = count == before
                for place in range(before):
                    here[nodes[place]] = 0.0
                here, there = there, here
            totals[known:count] = 0.0
            known = count
            for place in range(count):
                value = here[nodes[place]]
                if value != 0:
                    for column in range(spans[step, 0], spans[step, 1]):
                        totals[place, column] += coefficients[step, column] * value
        for place in range(count):
            here[nodes[place]] = 0.0
        order = np.argsort(nodes[:count])
        first = offsets[source]
        for place in range(count):
            columns[first + place] = nodes[order[place]]
            values[first + place] = totals[order[place]]


@njit(inline="always")
def _advance(indptr, indices, weights, inverse, here, there, nodes, count, seen, source, closed):
    """Make there = here P; return how many nodes are reached by now, which are in `nodes`.

    `there` is 0 before.

    `closed`: no arc leads out of what is reached. That is so as soon as a step reaches no new node, for each
    node was left by all its arcs in the step after it was reached.
    """
    ahead = count
    for place in range(count):
        node = nodes[place]
        passed = here[node] * inverse[node]
        if passed == 0:
            continue
        if closed:
            for arc in range(indptr[node], indptr[node + 1]):
                there[indices[arc]] += passed if weights is None else passed * weights[arc]
            continue
        for arc in range(indptr[node], indptr[node + 1]):
            other = indices[arc]
            if seen[other] != source:
                seen[other] = source
                nodes[ahead] = other
                ahead += 1
            there[other] += passed if weights is None else passed * weights[arc]
    return ahead


@njit(inline="always")
def _products(here, there, inverse, nodes, count):
    """Return sum_j here(j) there(j) / d(j) and sum_j there(j)^2 / d(j) over what is reached."""
    mixed, square = 0.0, 0.0
    for place in range(count):
        node = nodes[place]
        share = there[node] * inverse[node]
        mixed += here[node] * share
        square += there[node] * share
    return mixed, square


@njit(nogil=True, cache=True)
def count_work(indptr, indices, num_steps, sources, limit):
    """Return the arcs that so many steps from each of the sources pass at most; above `limit`, some of them.

    `sources` int64 [num_sources].
    """
    num_nodes, work = len(indptr) - 1, 0
    seen, nodes = np.full(num_nodes, -1, np.int64), np.empty(num_nodes, np.int32)
    for turn in range(len(sources)):
        nodes[0], seen[sources[turn]], count, first, arcs = sources[turn], turn, 1, 0, 0
        for step in range(num_steps):
            last = count
            for place in range(first, last):
                node = nodes[place]
                arcs += indptr[node + 1] - indptr[node]
                for arc in range(indptr[node], indptr[node + 1]):
                    other = indices[arc]
                    if seen[other] != turn:
                        seen[other] = turn
                        nodes[count] = other
                        count += 1
            first = last
            if first == count:
                work += arcs * (num_steps - step)
                break
            work += arcs
            if work > limit:
                return work
    return work
