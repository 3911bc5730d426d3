"""Subgraphs around nodes: which nodes, by hops, and all edges between them.

H. Zeng and others, "Decoupling the Depth and Scope of Graph Neural Networks", NeurIPS 2021.

Arrays: `indptr` int64 [num_nodes + 1], `indices` int32 [num_arcs], ascending in each row, repetitions
allowed.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.node_bits import put_in_order
from graphkit.kernels.cpu.philox import bounded, draw

ALL = -1
"""In place of a number of neighbours."""

_SEARCH = 4
"""Arcs that are read in the time of one halving in a search."""

_CHUNK = 1024
"""Arcs that are looked at together, whatever rows they are of."""

_LANES = 8
"""Arcs that are listed at once, a short row's whether there or not."""


@njit(nogil=True, cache=True)
def k_hop_members(indptr, indices, law, key, targets, place, members, bits, sizes, start, stop):
    """Return the nodes from which a target is reached against the arcs, of the targets `start` to `stop`.

    `law` (depth, neighbours drawn of each node or `ALL`); `key` (seed uint64, epoch, stream). A node that has
    more neighbours than are drawn gives so many of its arcs, each set as likely as another, and goes on once.
    `targets` int64 [num_targets]; `place` int32 [num_nodes], -1 throughout, is left so; `members` int32
    [num_nodes + 1] is room, `bits` as for `node_bits`. `sizes` int64 [num_targets] is **written**. Of each
    target the nodes ascend.
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
                    for arc in range(uint64(begin), uint64(end)):
                        count = _join(indices[arc], place, members, count)
                    continue
                item = (np.uint64(epoch) << np.uint64(32)) | np.uint64(target)
                step = _sample(seed, item, step, stream, end - begin, most, chosen)
                for drawn in chosen:
                    count = _join(indices[begin + drawn], place, members, count)
            first = last
            if first == count:
                break
        put_in_order(members[:count], bits)
        if used + count > len(out):
            out = _larger(out, used, used + count)
        for k in range(count):
            out[used + k] = members[k]
            place[members[k]] = -1
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
def count_induced(indptr, indices, members, sizes, place, counts, start, stop):
    """counts[i] = arcs between the nodes of list i, of the lists `start` to `stop`.

    `members` int32 are these lists one behind the other, each ascending, and `sizes` int64 [num_lists] what
    they have; `counts` int64 [num_lists] is **written**. `place` int32 [num_nodes], -1 throughout, is left
    so.
    """
    base = 0
    arcs = np.empty(_CHUNK + _LANES, np.int64)
    for turn in range(start, stop):
        end, count, listed = base + sizes[turn], 0, 0
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
            while first < last:
                for lane in range(_LANES):
                    arcs[uint64(listed + lane)] = first + lane
                listed += min(last - first, _LANES)
                first += _LANES
                if listed >= _CHUNK:
                    count += _num_inside(indices, place, arcs, listed)
                    listed = 0
        counts[turn] = count + _num_inside(indices, place, arcs, listed)
        for k in range(base, end):
            place[members[k]] = -1
        base = end


@njit(nogil=True, cache=True)
def write_induced(
    indptr, indices, order, members, offsets, targets, place, begins, edges, edge_ids, roots, of, start, stop
):
    """Write the arcs between the nodes of the lists `start` to `stop`, by source, then target.

    As for `count_induced`, but `members` int64 are all lists, from `offsets` int64 [num_lists + 1] on.
    **Written** are from `begins[i]`, int64 [num_lists + 1], on: `edges` int64 [2, num_edges], sources and
    targets as places in `members`, and `edge_ids` int64 [num_edges], `order` of each arc; `roots` int64
    [num_lists], the place of each list's target, and `of` int64 [num_members], each one's list. `targets`
    int64 [num_lists].
    """
    arcs, owners = np.empty(_CHUNK + _LANES, np.int64), np.empty(_CHUNK + _LANES, np.int64)
    others = np.empty(_CHUNK + _LANES, np.int64)
    chunk = arcs, owners, others
    for turn in range(start, stop):
        base, end, used, listed = offsets[turn], offsets[turn + 1], begins[turn], 0
        for k in range(base, end):
            place[members[k]] = k - base
            of[k] = turn
        roots[turn] = base + place[targets[turn]]
        for k in range(base, end):
            first, last = indptr[members[k]], indptr[members[k] + 1]
            if _is_searched(last - first, end - base):
                used = _write_inside(indices, order, place, chunk, listed, base, edges, edge_ids, used)
                listed = 0
                for other in range(base, end):
                    first = _lower_bound(indices, first, last, members[other])
                    while first < last and indices[first] == members[other]:
                        edges[0, used], edges[1, used], edge_ids[used] = k, other, order[first]
                        used += 1
                        first += 1
                continue
            while first < last:
                for lane in range(_LANES):
                    arcs[uint64(listed + lane)], owners[uint64(listed + lane)] = first + lane, k
                listed += min(last - first, _LANES)
                first += _LANES
                if listed >= _CHUNK:
                    used = _write_inside(indices, order, place, chunk, listed, base, edges, edge_ids, used)
                    listed = 0
        _write_inside(indices, order, place, chunk, listed, base, edges, edge_ids, used)
        for k in range(base, end):
            place[members[k]] = -1


@njit(nogil=True, cache=True, _nrt=False)
def _num_inside(indices, place, arcs, listed):
    """How many of the arcs that are listed lead to a node that has a place."""
    count = 0
    for i in range(uint64(listed)):
        count += place[uint64(indices[uint64(arcs[i])])] >= 0
    return count


@njit(nogil=True, cache=True, _nrt=False)
def _write_inside(indices, order, place, chunk, listed, base, edges, edge_ids, used):
    """Write those of the arcs that are listed that lead to a node that has a place; return where they end.

    Which arcs stay is anybody's guess, and so is where a short row ends: arcs are listed, and chosen, without
    a branch.
    """
    arcs, owners, others = chunk
    sources, ends = edges[0], edges[1]
    count = uint64(0)
    for i in range(uint64(listed)):
        arc, owner = arcs[i], owners[i]
        other = np.int64(place[uint64(indices[uint64(arc)])])
        arcs[count], owners[count], others[count] = arc, owner, other
        count += uint64(other >= 0)
    for i in range(count):
        sources[uint64(used) + i] = owners[i]
        ends[uint64(used) + i] = base + others[i]
        edge_ids[uint64(used) + i] = order[uint64(arcs[i])]
    return used + np.int64(count)


@njit(inline="always")
def _join(node, place, members, count):
    """Take a node in, unless it is there, without a branch; return how many there are."""
    members[count] = node
    count += np.int64(place[uint64(node)] < 0)
    place[uint64(node)] = 0
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
    if length <= _SEARCH * size:
        return False
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
