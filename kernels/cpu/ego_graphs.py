"""Subgraphs around nodes: which nodes, by hops, and all edges between them.

H. Zeng and others, "Decoupling the Depth and Scope of Graph Neural Networks", NeurIPS 2021.

Arrays: `indptr` int64 [num_nodes + 1], `indices` int32 [num_arcs], ascending in each row, repetitions
allowed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.philox import bounded, draw

ALL = -1
"""In place of a number of neighbours."""

_SEARCH = 4
"""Arcs that are read in the time of one halving in a search."""


@njit(nogil=True, cache=True)
def k_hop_members(indptr, indices, law, key, targets, place, members, sizes, start, stop):
    """Return the nodes from which a target is reached against the arcs, of the targets `start` to `stop`.

    `law` (depth, neighbours drawn of each node or `ALL`); `key` (seed uint64, epoch, stream). A node that has
    more neighbours than are drawn gives so many of its arcs, each set as likely as another, and goes on once.
    `targets` int64 [num_targets]; `place` int32 [num_nodes], -1 throughout, is left so; `members` int32
    [num_nodes] is room. `sizes` int64 [num_targets] is **written**. Of each target the nodes ascend.
    """
    depth, most = law
    seed, epoch, stream = key
    out = np.empty(max(64, 32 * (stop - start)), np.int32)
    chosen = np.empty(max(1, most), np.int64)
    used = 0
    for turn in range(start, stop):
        target = targets[turn]
        members[0], place[target], count, first, step = target, 0, 1, 0, 0
        for _ in range(depth):
            last = count
            for k in range(first, last):
                begin, end = indptr[members[k]], indptr[members[k] + 1]
                if most == ALL or end - begin <= most:
                    for arc in range(begin, end):
                        count = _join(indices[arc], place, members, count)
                    continue
                item = (np.uint64(epoch) << np.uint64(32)) | np.uint64(target)
                step = _sample(seed, item, step, stream, end - begin, most, chosen)
                for drawn in chosen:
                    count = _join(indices[begin + drawn], place, members, count)
            first = last
            if first == count:
                break
        ordered = members[:count]
        ordered.sort()
        if used + count > len(out):
            out = _larger(out, used, used + count)
        for k in range(count):
            out[used + k] = ordered[k]
            place[ordered[k]] = -1
        used += count
        sizes[turn] = count
    return out[:used]


@njit(nogil=True, cache=True)
def listed_members(targets, ranked, sizes, start, stop):
    """Return the nodes listed for the targets `start` to `stop`, each list ascending, its target in it.

    `ranked` int32 [num_targets, k], -1 behind the last one; where the target is not among them it takes the
    place of the last. `sizes` int64 [num_targets] is **written**.
    """
    out = np.empty((stop - start) * max(1, ranked.shape[1]), np.int32)
    used = 0
    for turn in range(start, stop):
        count, is_in = 0, False
        while count < ranked.shape[1] and ranked[turn, count] >= 0:
            out[used + count] = ranked[turn, count]
            is_in = is_in or ranked[turn, count] == targets[turn]
            count += 1
        if not is_in:
            out[used + count - 1] = targets[turn]
        out[used : used + count].sort()
        used += count
        sizes[turn] = count
    return out[:used]


@njit(nogil=True, cache=True)
def count_induced(indptr, indices, members, offsets, place, counts, start, stop):
    """counts[i] = arcs between the nodes of list i, members[offsets[i] : offsets[i + 1]], i in start .. stop.

    `members` int32, ascending within a list; `offsets` int64 [num_lists + 1]; `counts` int64 [num_lists] is
    **written**. `place` int32 [num_nodes], -1 throughout, is left so.
    """
    for turn in range(start, stop):
        base, end, count = offsets[turn], offsets[turn + 1], 0
        for k in range(base, end):
            place[members[k]] = 0
        for k in range(base, end):
            first, last = indptr[members[k]], indptr[members[k] + 1]
            if _is_searched(last - first, end - base):
                for other in range(base, end):
                    first = _lower_bound(indices, first, last, members[other])
                    while first < last and indices[first] == members[other]:
                        count += 1
                        first += 1
                continue
            for arc in range(first, last):
                count += place[indices[arc]] + 1
        for k in range(base, end):
            place[members[k]] = -1
        counts[turn] = count


@njit(nogil=True, cache=True)
def write_induced(
    indptr, indices, order, members, offsets, targets, place, begins, edges, edge_ids, roots, start, stop
):
    """Write the arcs between the nodes of the lists `start` to `stop`, by source, then target.

    As for `count_induced`. **Written** are from `begins[i]`, int64 [num_lists + 1], on: `edges` int64
    [2, num_edges], sources and targets as places in `members`, and `edge_ids` int64 [num_edges], `order` of
    each arc; and `roots` int64 [num_lists], the place of each list's target. `targets` int64 [num_lists].
    """
    sources, ends = edges[0], edges[1]
    for turn in range(start, stop):
        base, end, used = offsets[turn], offsets[turn + 1], begins[turn]
        for k in range(base, end):
            place[members[k]] = k - base
        roots[turn] = base + place[targets[turn]]
        for k in range(base, end):
            first, last = indptr[members[k]], indptr[members[k] + 1]
            if _is_searched(last - first, end - base):
                for other in range(base, end):
                    first = _lower_bound(indices, first, last, members[other])
                    while first < last and indices[first] == members[other]:
                        sources[used], ends[used], edge_ids[used] = k, other, order[first]
                        used += 1
                        first += 1
                continue
            for arc in range(first, last):
                other = place[indices[arc]]
                if other >= 0:
                    sources[used], ends[used], edge_ids[used] = k, base + other, order[arc]
                    used += 1
        for k in range(base, end):
            place[members[k]] = -1


@njit(inline="always")
def _join(node, place, members, count):
    """Take a node in, unless it is there; return how many there are."""
    if place[node] < 0:
        place[node] = count
        members[count] = node
        count += 1
    return count


@njit(inline="always")
def _sample(seed, item, step, stream, size, count, chosen):
    """Write `count` different numbers below `size`, all sets alike; return the next step of draws.

    R. Floyd's way (J. Bentley, "Programming Pearls: A sample of brilliance", CACM 30(9), 1987).
    """
    for k in range(count):
        last = size - count + k
        drawn = bounded(draw(seed, item, step, stream)[0], last + 1)
        step += 1
        number = np.int64(drawn)
        for before in range(k):
            if chosen[before] == number:
                number = np.int64(last)
                break
        chosen[k] = number
    return step


@njit(inline="always")
def _is_searched(length, size):
    """Whether to look for each node in a long row is quicker than to read the row."""
    halvings = 1
    while length >> halvings > 0:
        halvings += 1
    return length > _SEARCH * halvings * size


@njit(inline="always")
def _lower_bound(indices, low, high, node):
    while low < high:
        middle = (low + high) >> 1
        if indices[middle] < node:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True)
def _larger(array, used, needed):
    """A copy of the first entries with room for twice what is needed."""
    larger = np.empty(2 * needed, array.dtype)
    larger[:used] = array[:used]
    return larger
