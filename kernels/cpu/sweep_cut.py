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

_FEW = 16
"""Places that are put in order by insertion."""


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
def settle_ties(order, heights, nodes):
    """Put places of equal height that stand side by side in `order` int64 in the order of their nodes."""
    first = 0
    while first < len(order):
        end, height = first + 1, heights[order[first]]
        while end < len(order) and heights[order[end]] == height:
            end += 1
        if end - first > _FEW:
            tied = order[first:end].copy()
            order[first:end] = tied[np.argsort(nodes[tied])]
        else:
            for i in range(first + 1, end):
                place, k = order[i], i
                while k > first and nodes[order[k - 1]] > nodes[place]:
                    order[k] = order[k - 1]
                    k -= 1
                order[k] = place
        first = end


@njit(nogil=True, cache=True)
def sweep_sets(indptr, indices, weights, labels, slots, nodes, order, ranks, heights, cuts):
    """cuts[k] = cut of the first k + 1 nodes, float64 [size], **written**; return E.

    `slots` and `nodes` lead from nodes to places (`touched_nodes`), or are None and each node is its place;
    `order` int64 [size] are places, and `ranks` int32 [num_places] is **written**: their ranks, `size` for a
    place outside the order. `heights` float64 [size + 1] are y by rank, the last one 0. Rows have been looked
    at.
    """
    low, labelled, size = labels[2], len(labels[0]) > 0, len(order)
    ranks[:] = size
    for rank in range(size):
        ranks[order[rank]] = rank
    cut, energy = 0.0, 0.0
    for rank in range(size):
        node = np.int64(nodes[order[rank]])
        height = heights[rank]
        label = label_of(labels, node) if labelled else 0.0
        for arc in range(indptr[node], indptr[node + 1]):
            target = np.int64(indices[arc])
            if target == node:
                continue
            weight = 1.0 if weights is None else np.float64(weights[arc])
            if labelled:
                weight *= agreement(label, label_of(labels, target), low)
            other = _rank_of(slots, nodes, ranks, size, target)
            # Without a branch: which of two ends comes first is anybody's guess.
            is_later = np.float64(other > rank)
            cut += weight * (2 * is_later - 1)
            energy += weight * is_later * (heights[other] - height) ** 2
        cuts[rank] = cut
    return energy


@njit(nogil=True, cache=True)
def find_pieces(indptr, indices, slots, nodes, places, ranks, pieces, stack):
    """pieces[i] = the piece of places[i], int32, at first -1; **written**, counted by the first of each.

    `places` int64 [size] are the first of the order of `sweep_sets`, with its `ranks`; `stack` int64 [size]
    is work space.
    """
    count, size, left = 0, len(places), len(places)
    for i in range(size):
        if pieces[i] >= 0:
            continue
        pieces[i] = count
        stack[0], waiting = i, 1
        left -= 1
        while waiting > 0 and left > 0:
            waiting -= 1
            node = np.int64(nodes[places[stack[waiting]]])
            for arc in range(indptr[node], indptr[node + 1]):
                other = _rank_of(slots, nodes, ranks, size, np.int64(indices[arc]))
                if other < size and pieces[other] < 0:
                    pieces[other] = count
                    stack[waiting] = other
                    waiting += 1
                    left -= 1
        count += 1


@njit(inline="always")
def _rank_of(slots, nodes, ranks, outside, node):
    """The rank of a node."""
    if slots is None:
        return np.int64(ranks[node])
    place = find(slots, nodes, node)
    return outside if place < 0 else np.int64(ranks[place])
