"""Graph random features: what random walkers deposit, by row, node and length, in CSR form.

K. Choromanski, "Taming graph kernels with random features", ICML 2023. A walker of row i starts there with
load 1; in front of each step it halts with probability p; a step from v to one of its deg(v) neighbours, w,
each alike, multiplies the load by deg(v) M(v, w) / (1 - p). The mean over walkers of the loads that reach j
in l steps has the expectation (M^l)(i, j).

M is the weights times a factor of the node that is left; U = D^1/2 M D^-1/2 then costs a factor an entry, at
the end, in place of one a step: the symmetric normalisation D^-1/2 W D^-1/2 comes from M = D^-1 W.

Rows go in blocks of about `GROUP` walkers, a step of all of them at a time: their words, in a loop that
vectorises; the places of their arcs, each asked for ahead; the moves, which ask for the nodes' rows. So cache
misses overlap. Deposits of a row are summed in the order of length and walker, whatever the block.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from graphkit.kernels.cpu.deposit_table import (
    clear,
    deposit,
    length_of,
    make_table,
    node_of,
    owner_of,
    pack,
)
from graphkit.kernels.cpu.philox import bounded
from graphkit.kernels.cpu.prefetch import prefetch_item
from graphkit.kernels.cpu.walker_coupling import repel, walker_words

GROUP = 256
"""Walkers side by side, or those of one row if they are more."""


@njit(nogil=True, cache=True)
def sample_deposits(rows, scales, law, walkers, out, start, stop):
    """Walk from the rows from `start` on, until `stop` or until `out` might not hold another block.

    `rows`: `indptr` int64 [num_nodes + 1], `indices` int32 and `weights` float32 (or None) [num_arcs].
    `scales`: `step_scale` float64 [num_nodes] or None, the factor of the weights of a node's arcs times the
    node's degree; `entry_scale` float64 [num_nodes] or None, the diagonal of D^1/2; `length_scale` float64
    [max_length + 1], the factor of each length, the mean over walkers among it. `law`: seed, stream, the
    number of the 2**32 words that mean a halt, whether halts are antithetic, whether directions repel.
    `walkers`: the first walker's number, even, and how many. `out`, **written**: `counts` int64 [num_nodes],
    entries of each row; `columns` int32, `lengths` uint8, `loads` float32 [any], the entries of these rows,
    from 0 on, ordered by column, then length. Returns the row reached and the number of entries written.
    """
    num_walkers = walkers[1]
    max_length = len(scales[2]) - 1
    per_block = max(1, GROUP // num_walkers)
    size, most = (
        per_block * num_walkers,
        per_block * entries_of_row(len(rows[0]) - 1, num_walkers, max_length),
    )
    table = make_table(most)
    group = np.empty((3, most if law[4] else 0), np.int64)
    owner, walker = np.empty(size, np.int64), np.empty(size, np.int64)
    node, entry = np.empty(size, np.int64), np.empty(size, np.int64)
    place, load, words = np.empty(size, np.int64), np.empty(size), np.empty(size, np.uint32)
    row, written = start, 0
    while row < stop and written + most <= len(out[1]):
        count = min(per_block, stop - row)
        alive, used = _begin(row, count, walkers, table, rows[0], owner, walker, node, entry, load)
        for step in range(max_length):
            alive = _halt(law, row, step, alive, owner, walker, node, entry, load, words)
            if law[4]:
                repel(rows[0], node, entry, words, group, alive)
            alive = _choose(rows[0], scales[0], alive, owner, walker, node, load, words, place)
            _ask_for_arcs(rows[1], rows[2], alive, place)
            _move(rows[1], rows[2], alive, node, load, place)
            _ask_for_rows(rows[0], scales[0], scales[1], alive, node)
            used = _deposit(step + 1, alive, table, used, owner, node, entry, load)
        written = _write(row, count, table, used, scales[1], scales[2], out, written)
        clear(table, used)
        row += count
    return row, written


@njit(inline="always")
def entries_of_row(num_nodes, num_walkers, max_length):
    """Return the most entries that a row can have."""
    return min(num_walkers * max_length + 1, num_nodes * (max_length + 1))


@njit(nogil=True, cache=True, _nrt=False)
def _begin(row, count, walkers, table, indptr, owner, walker, node, entry, load):
    """All walkers of a block at their starts, which get loads of 1; return how many, and the entries used."""
    first_walker, num_walkers = walkers
    alive, used = 0, 0
    for i in range(count):
        place, used = deposit(table, used, pack(i, row + i, 0), np.float64(num_walkers))
        prefetch_item(indptr, row + i)
        for k in range(num_walkers):
            owner[alive], walker[alive] = i, first_walker + k
            node[alive], entry[alive], load[alive] = row + i, place, 1.0
            alive += 1
    return alive, used


@njit(nogil=True, cache=True, _nrt=False)
def _halt(law, row, step, alive, owner, walker, node, entry, load, words):
    """Keep the walkers that go on, in their order, with the words of their directions; return how many."""
    seed, stream, threshold, antithetic, _ = law
    kept = 0
    for i in range(alive):
        halts, direction = walker_words(seed, stream, row + owner[i], walker[i], step, antithetic)
        if uint64(halts) >= threshold:
            owner[kept], walker[kept], node[kept] = owner[i], walker[i], node[i]
            entry[kept], load[kept], words[kept] = entry[i], load[i], direction
            kept += 1
    return kept


@njit(nogil=True, cache=True, _nrt=False)
def _choose(indptr, step_scale, alive, owner, walker, node, load, words, place):
    """Choose each walker's arc, `place`; those without arcs are left out. Return how many go on."""
    kept = 0
    for i in range(alive):
        first = indptr[node[i]]
        degree = indptr[node[i] + 1] - first
        if degree > 0:
            owner[kept], walker[kept] = owner[i], walker[i]
            place[kept] = first + np.int64(bounded(words[i], degree))
            load[kept] = load[i]
            if step_scale is not None:
                load[kept] *= step_scale[node[i]]
            kept += 1
    return kept


@njit(nogil=True, cache=True, _nrt=False)
def _ask_for_arcs(indices, weights, alive, place):
    """Ask for the arcs that were chosen."""
    for i in range(alive):
        prefetch_item(indices, place[i])
        if weights is not None:
            prefetch_item(weights, place[i])


@njit(nogil=True, cache=True, _nrt=False)
def _move(indices, weights, alive, node, load, place):
    """Take the arcs: node[i] = where the arc leads, load[i] *= its weight."""
    for i in range(alive):
        node[i] = indices[place[i]]
        if weights is not None:
            load[i] *= np.float64(weights[place[i]])


@njit(nogil=True, cache=True, _nrt=False)
def _ask_for_rows(indptr, step_scale, entry_scale, alive, node):
    """Ask for what is known of the nodes reached."""
    for i in range(alive):
        prefetch_item(indptr, node[i])
        if step_scale is not None:
            prefetch_item(step_scale, node[i])
        if entry_scale is not None:
            prefetch_item(entry_scale, node[i])


@njit(nogil=True, cache=True, _nrt=False)
def _deposit(length, alive, table, used, owner, node, entry, load):
    """Leave the loads at the nodes; return the entries used."""
    for i in range(alive):
        entry[i], used = deposit(table, used, pack(owner[i], node[i], length), load[i])
    return used


@njit(nogil=True, cache=True)
def _write(row, count, table, used, entry_scale, length_scale, out, written):
    """Append a block's entries, ordered, to the output; return its length now."""
    keys, loads = table[0][:used], table[1]
    counts, columns, lengths, values = out
    for i in range(count):
        counts[row + i] = 0
    for place in np.argsort(keys):
        i, column, length = owner_of(keys[place]), node_of(keys[place]), length_of(keys[place])
        value = loads[place] * length_scale[length]
        if entry_scale is not None:
            value *= entry_scale[row + i] / entry_scale[column]
        counts[row + i] += 1
        columns[written], lengths[written], values[written] = column, length, value
        written += 1
    return written
