"""Elimination of nodes, one after the other, each star replaced by a random tree on its leaves.

R. Kyng, S. Sachdeva, "Approximate Gaussian Elimination for Laplacians - Fast, Sparse, and Simple", FOCS 2016.
Eliminating a node of strength W replaces its star, weights w_1 .. w_k, by the clique of w_i w_j / W. Of this
k - 1 edges are drawn: with the leaves in ascending order of their weights, i gets an edge to j > i, j drawn
in proportion to w_j, of weight w_i S_i / W, where S_i = w_(i+1) + ... + w_k. So the mean of each edge is that
of the clique, and leaves stay connected. This order of the leaves, and the node of the fewest edges as the
next one: Y. Gao, R. Kyng, D. Spielman, "Robust and Practical Solution of Laplacian Equations by Approximate
Elimination", 2023; V. Kothapalli, "Randomized Schur Complement Views for Graph Contrastive Learning", ICML
2023, who keeps what is left after some eliminations.

A star has k edges and its tree k - 1, so no more arcs are needed than there were. Arcs are lists: arc a leads
to heads[a], weighs weights[a] and is followed by following[a], -1 at the end; firsts[v] is the first of node
v. The arc a ^ 1 is its reverse. An arc whose weight is 0 is no more.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.philox import draw

_FRACTION = 1.0 / (1 << 53)
_FEW = 24
"""Leaves that are sorted by insertion."""


@njit(nogil=True, cache=True)
def link_arcs(sources, targets, values, heads, weights, following, firsts, degrees):
    """Make lists of edges, int32 and float64 [num_edges], without loops.

    `heads` int32, `weights` float64, `following` int64 [2 num_edges]; `firsts` int64 and `degrees` int64
    [num_nodes] are **written**.
    """
    firsts[:] = -1
    degrees[:] = 0
    for edge in range(len(sources)):
        for side in range(2):
            arc = 2 * edge + side
            node, head = (sources[edge], targets[edge]) if side == 0 else (targets[edge], sources[edge])
            heads[arc], weights[arc] = head, values[edge]
            following[arc] = firsts[node]
            firsts[node] = arc
            degrees[node] += 1


@njit(nogil=True, cache=True)
def eliminate(heads, weights, following, firsts, degrees, goes, order, key):
    """Eliminate nodes, always one of the fewest edges.

    `goes` bool [num_nodes], and `order` int32, the nodes that go, in the order in which those of as many
    edges are taken at first. The tree of node v draws by (v, leaf); `key` is (seed, stream). The lists,
    `degrees` and `goes` are **written**.
    """
    num_nodes = len(firsts)
    # Nodes that go, in lists of equal degree. A degree is that of the lists, where edges may repeat.
    queue = np.full((3, num_nodes + 1), -1, np.int32)
    buckets = max(1, len(heads))
    top = np.full(min(buckets, num_nodes) + 1, -1, np.int32)
    least = np.zeros(1, np.int64)
    for k in range(len(order) - 1, -1, -1):
        _push(top, queue, least, order[k], degrees[order[k]])
    slots = np.full(num_nodes, -1, np.int32)
    room = 16
    leaves, arcs = np.empty(room, np.int32), np.empty(room, np.int64)
    sizes, tails = np.empty(room), np.empty(room)
    least[0] = 0
    for _ in range(len(order)):
        while top[least[0]] < 0:
            least[0] += 1
        node = top[least[0]]
        _take(top, queue, node, degrees[node])
        goes[node] = False
        if degrees[node] > room:
            room = 2 * degrees[node]
            leaves, arcs = np.empty(room, np.int32), np.empty(room, np.int64)
            sizes, tails = np.empty(room), np.empty(room)
        lists, waiting = (heads, weights, following, firsts, degrees), (top, queue, least, goes)
        count = _gather(lists, waiting, node, slots, leaves, arcs, sizes)
        firsts[node] = -1
        if count > 0:
            _sort(sizes, leaves, arcs, count)
            _plant(lists, waiting, node, leaves, arcs, sizes, tails, count, key)


@njit(inline="always")
def _bucket(top, degree):
    return min(degree, len(top) - 1)


@njit(nogil=True, cache=True)
def _push(top, queue, least, node, degree):
    """Put a node in front of those of its degree."""
    bucket = _bucket(top, degree)
    head = top[bucket]
    queue[0, node], queue[1, node] = head, -1
    if head >= 0:
        queue[1, head] = node
    top[bucket] = node
    least[0] = min(least[0], bucket)


@njit(nogil=True, cache=True)
def _take(top, queue, node, degree):
    """Take a node out of its list."""
    after, before = queue[0, node], queue[1, node]
    if after >= 0:
        queue[1, after] = before
    if before >= 0:
        queue[0, before] = after
    else:
        top[_bucket(top, degree)] = after


@njit(nogil=True, cache=True)
def _change_degree(degrees, waiting, node, change):
    """Add to the degree of a node; one that goes changes its list."""
    top, queue, least, goes = waiting
    if goes[node]:
        _take(top, queue, node, degrees[node])
    degrees[node] += change
    if goes[node]:
        _push(top, queue, least, node, degrees[node])


@njit(nogil=True, cache=True)
def _gather(lists, waiting, node, slots, leaves, arcs, sizes):
    """Write each leaf of a node once, one of its arcs and the sum of their weights; return how many.

    Other arcs to the same leaf are no more. `slots` int32 [num_nodes], all -1, is left so.
    """
    heads, weights, following, firsts, degrees = lists
    count, arc = 0, firsts[node]
    while arc >= 0:
        if weights[arc] > 0:
            leaf = heads[arc]
            slot = slots[leaf]
            if slot < 0:
                slots[leaf] = count
                leaves[count], arcs[count], sizes[count] = leaf, arc, weights[arc]
                count += 1
            else:
                sizes[slot] += weights[arc]
                weights[arc] = weights[arc ^ 1] = 0
                _change_degree(degrees, waiting, leaf, -1)
        arc = following[arc]
    for k in range(count):
        slots[leaves[k]] = -1
    return count


@njit(nogil=True, cache=True)
def _sort(sizes, leaves, arcs, count):
    """Sort leaves by their weights, ascending."""
    if count > _FEW:
        order = np.argsort(sizes[:count], kind="mergesort")
        sizes[:count], leaves[:count], arcs[:count] = sizes[order], leaves[order], arcs[order]
        return
    for k in range(1, count):
        size, leaf, arc = sizes[k], leaves[k], arcs[k]
        place = k
        while place > 0 and sizes[place - 1] > size:
            sizes[place], leaves[place] = sizes[place - 1], leaves[place - 1]
            arcs[place] = arcs[place - 1]
            place -= 1
        sizes[place], leaves[place], arcs[place] = size, leaf, arc


@njit(nogil=True, cache=True)
def _plant(lists, waiting, node, leaves, arcs, sizes, tails, count, key):
    """Replace the star of a node by a random tree; the arcs of the star become its arcs."""
    heads, weights, following, firsts, degrees = lists
    tails[count - 1] = 0.0
    for k in range(count - 2, -1, -1):
        tails[k] = tails[k + 1] + sizes[k + 1]
    total = tails[0] + sizes[0]
    for k in range(count - 1):
        high, low, _, _ = draw(key[0], node, k, key[1])
        fraction = ((uint64(high) >> uint64(5)) << uint64(26)) | (uint64(low) >> uint64(6))
        mark = (np.float64(fraction) * _FRACTION) * tails[k]
        first, end = k + 1, count - 1
        while first < end:
            middle = (first + end) >> 1
            if tails[middle] <= mark:
                end = middle
            else:
                first = middle + 1
        leaf, other, arc = leaves[k], leaves[first], arcs[k]
        weights[arc] = weights[arc ^ 1] = sizes[k] * (tails[k] / total)
        heads[arc], heads[arc ^ 1] = leaf, other
        following[arc] = firsts[other]
        firsts[other] = arc
        _change_degree(degrees, waiting, other, 1)
    last = arcs[count - 1]
    weights[last] = weights[last ^ 1] = 0
    _change_degree(degrees, waiting, leaves[count - 1], -1)
