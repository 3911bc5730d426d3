"""Sweep cuts: of the sets of the first nodes of an order, the cuts; the sweep's guarantee; pieces of a set.

For nodes in an order of falling values x, S_k is the set of the first k. With weights w and their sums d by
node, vol(S) is the sum of d over S and cut(S) that of the weights of edges that leave S. For y = max(x -
base, 0) some set {y > threshold} has cut <= sqrt(2 E / N) vol, where E = sum over edges of w(u, v) (y(u) -
y(v))^2 and N = sum_u d(u) y(u)^2: Cheeger's inequality (Chung, "Four proofs for the Cheeger inequality",
2007).
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

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
def best_set(
    indptr, indices, weights, labels, slots, nodes, places, members, order, heights, strengths, plain, total
):
    """Return the set of the smallest conductance among the first of an order, and what it is.

    `members` int32 are the nodes at `places` int64; of these, float64, are `heights`, and sums of weights:
    `strengths` as labels have them, `plain` as the graph has them, `total` over the graph. `order` int64 has
    the places in falling heights, and is **written**: equal ones by node. All [size]; the rest as for
    `sweep_sets`.

    Returned are members, places and heights in their order, and ranks by place; the last rank of the set, -1
    if each is half of the graph, or all; its conductance, volume (plain) and cut; Cheeger's bound; and
    whether the set is known to hang together. With labels only sets of at most half of `total` are looked at,
    by their volume with labels.
    """
    size, labelled = len(order), len(labels[0]) > 0
    settle_ties(order, heights, members)
    ordered_members, ordered_places = np.empty(size, np.int32), np.empty(size, np.int64)
    ordered_heights, volumes, own = np.empty(size), np.empty(size), np.empty(size)
    volume, swept, within = 0.0, 0.0, 0
    for rank in range(size):
        place = order[rank]
        ordered_members[rank], ordered_places[rank] = members[place], places[place]
        ordered_heights[rank] = heights[place]
        volume += plain[place]
        swept += strengths[place]
        volumes[rank], own[rank] = volume, swept
        within += volume <= total / 2 * (1 + 1e-12)
    base = ordered_heights[within] if within < size else 0.0
    above, norm = np.zeros(size + 1), 0.0
    for rank in range(size):
        above[rank] = max(ordered_heights[rank] - base, 0.0)
        norm += strengths[order[rank]] * above[rank] ** 2
    cuts, heads, ranks = np.empty(size), np.empty(size, np.int64), np.empty(len(nodes), np.int32)
    energy = sweep_sets(
        indptr, indices, weights, labels, slots, nodes, ordered_places, ranks, above, cuts, heads
    )
    # What is left of the whole graph by rounding is nothing.
    least = 1e-9 * total / max(1, len(indptr) - 1)
    best, lowest = -1, np.inf
    for rank in range(size):
        if labelled:
            smaller = own[rank] if rank < within else 0.0
        else:
            smaller = min(volumes[rank], total - volumes[rank])
        if smaller > least and max(cuts[rank], 0.0) / smaller < lowest:
            best, lowest = rank, max(cuts[rank], 0.0) / smaller
    bound = min(1.0, np.sqrt(2 * energy / norm)) if norm > 0 else 1.0
    volume, cut = (volumes[best], cuts[best]) if best >= 0 else (0.0, 0.0)
    found = ordered_members, ordered_places, ordered_heights, ranks
    return found, best, lowest, volume, cut, bound, best >= 0 and heads[best] == 1


@njit(nogil=True, cache=True)
def sweep_sets(indptr, indices, weights, labels, slots, nodes, order, ranks, heights, cuts, heads):
    """cuts[k] = cut of the first k + 1 nodes, float64 [size], **written**; return E.

    heads[k] int64, **written**: how many of these have no neighbour before them. If only the first, the set
    hangs together.

    `slots` and `nodes` lead from nodes to places (`touched_nodes`), or are None and each node is its place;
    `order` int64 [size] are places, and `ranks` int32 [num_places] is **written**: their ranks, `size` for a
    place outside the order. `heights` float64 [size + 1] are y by rank, the last one 0. Rows have been looked
    at.
    """
    low, labelled, size = labels[2], len(labels[0]) > 0, len(order)
    ranks[:] = size
    for rank in range(size):
        ranks[order[rank]] = rank
    cut, energy, alone = 0.0, 0.0, 0
    for rank in range(size):
        node = np.int64(nodes[order[rank]])
        height, before, change = heights[rank], 0, 0.0
        first, end = uint64(indptr[node]), uint64(indptr[node + 1])
        # Without branches: which of two ends comes first is anybody's guess. Later ones are no higher.
        if weights is None and not labelled:
            later = 0
            for arc in range(first, end):
                other = _rank_of(slots, nodes, ranks, size, np.int64(indices[arc]))
                later += other > rank
                before += other < rank
                energy += max(height - heights[uint64(other)], 0.0) ** 2
            change = np.float64(later - before)
        else:
            label = label_of(labels, node) if labelled else 0.0
            for arc in range(first, end):
                target = np.int64(indices[arc])
                weight = 1.0 if weights is None else np.float64(weights[arc])
                if labelled:
                    weight *= agreement(label, label_of(labels, target), low)
                other = _rank_of(slots, nodes, ranks, size, target)
                before += other < rank
                change += weight * (np.int64(other > rank) - np.int64(other < rank))
                energy += weight * max(height - heights[uint64(other)], 0.0) ** 2
        cut += change
        alone += before == 0
        cuts[rank], heads[rank] = cut, alone
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
        return np.int64(ranks[uint64(node)])
    place = find(slots, nodes, node)
    return outside if place < 0 else np.int64(ranks[uint64(place)])
