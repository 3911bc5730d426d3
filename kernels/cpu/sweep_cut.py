"""Sweep cuts: of the sets of the first nodes of an order, the cuts; the sweep's guarantee; pieces of a set.

For nodes in an order of falling values x, S_k is the set of the first k. With weights w and their sums d by
node, vol(S) is the sum of d over S and cut(S) that of the weights of edges that leave S. For y = max(x -
base, 0) some set {y > threshold} has cut <= sqrt(2 E / N) vol, where E = sum over edges of w(u, v) (y(u) -
y(v))^2 and N = sum_u d(u) y(u)^2: Cheeger's inequality (Chung, "Four proofs for the Cheeger inequality",
2007).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.touched_nodes import agreement, find, is_sound, label_of


@njit(nogil=True, cache=True)
def row_strengths(indptr, indices, weights, labels, rows, strengths):
    """strengths[i] = sum of the weights of row rows[i]; **written**. Return a row that is unsound, or -1.

    Arrays of the graph and labels as for `local_push.push`; `rows` int32 or int64.
    """
    low, labelled = labels[2], len(labels[0]) > 0
    for i in range(len(rows)):
        node = np.int64(rows[i])
        if not is_sound(indptr, indices, weights, node):
            return node
        first, end = indptr[node], indptr[node + 1]
        strengths[i] = end - first
        if weights is None and not labelled:
            continue
        total = 0.0
        label = label_of(labels, node)
        for arc in range(first, end):
            weight = 1.0 if weights is None else weights[arc]
            if labelled:
                weight *= agreement(label, label_of(labels, indices[arc]), low)
            total += weight
        strengths[i] = total
    return -1


@njit(nogil=True, cache=True)
def sweep_sets(indptr, indices, weights, labels, slots, nodes, order, ranks, heights, cuts, energies):
    """cuts[k] = cut of the first k + 1 nodes; energies[k] = what E has from the first k + 1; **written**.

    `slots` and `nodes` lead from nodes to places (`touched_nodes`); `order` int64 [size] are places, and
    `ranks` int32 [num_places] their ranks, -1 for a place outside the order. `heights` float64 [size] are y
    by rank; `cuts` and `energies` float64 [size]. Rows have been looked at by `row_strengths`.
    """
    low, labelled = labels[2], len(labels[0]) > 0
    cut, energy = 0.0, 0.0
    for rank in range(len(order)):
        node = np.int64(nodes[order[rank]])
        height = heights[rank]
        label = label_of(labels, node)
        for arc in range(indptr[node], indptr[node + 1]):
            target = np.int64(indices[arc])
            if target == node:
                continue
            weight = 1.0 if weights is None else np.float64(weights[arc])
            if labelled:
                weight *= agreement(label, label_of(labels, target), low)
            place = find(slots, nodes, target)
            other = -1 if place < 0 else np.int64(ranks[place])
            if 0 <= other < rank:
                cut -= weight
                energy += weight * (heights[other] - height) ** 2
            else:
                cut += weight
                if other < 0:
                    energy += weight * height**2
        cuts[rank] = cut
        energies[rank] = energy


@njit(nogil=True, cache=True)
def find_pieces(indptr, indices, rows, ascending, order, pieces, stack):
    """pieces[i] = the piece of row rows[i], int32, at first -1; **written**, counted by the first of each.

    `rows` int32 [size], `ascending` = rows[order], `order` int64 [size]; `stack` int64 [size] is work space.
    Rows have been looked at by `row_strengths`.
    """
    count = 0
    for i in range(len(rows)):
        if pieces[i] >= 0:
            continue
        pieces[i] = count
        stack[0], size = i, 1
        while size > 0:
            size -= 1
            node = rows[stack[size]]
            for arc in range(indptr[node], indptr[node + 1]):
                place = np.searchsorted(ascending, indices[arc])
                if place == len(rows) or ascending[place] != indices[arc]:
                    continue
                other = order[place]
                if pieces[other] < 0:
                    pieces[other] = count
                    stack[size] = other
                    size += 1
        count += 1
