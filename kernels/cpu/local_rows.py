"""Local copies of table rows: a tile of samples works on them and leaves the differences it made.

The tables stand still while the tiles of a round are trained, whatever their order; then all differences are
added, in the order of the tiles. So the result does not depend on which thread trained which tile.

Arrays: `table` float32 [num_nodes, dim]; `rows` int32 [>= num_slots], the node of each slot; `block` float32
[>= num_slots, width], width >= dim a multiple of 16, columns from dim on zero.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.prefetch import prefetch_row
from graphkit.kernels.cpu.simd import LANES, add, load, store, subtract

FREE = -1
_AHEAD = 12
_GOLDEN = np.uint32(0x9E3779B1)


@njit(inline="always")
def slot_of(node, keys, places, rows, num_slots):
    """Return the slot of a node and the number of slots, one more if the node had none.

    `keys` int32 [a power of two], `FREE` where nothing stands, and `places` int32, of the same length, are
    the hash table; `rows` takes a new slot's node. All **written**.
    """
    mask = np.uint32(len(keys) - 1)
    hashed = np.uint32(node) * _GOLDEN
    at = (hashed ^ (hashed >> np.uint32(15))) & mask
    while keys[at] != FREE:
        if keys[at] == node:
            return places[at], num_slots
        at = (at + np.uint32(1)) & mask
    keys[at] = node
    places[at] = num_slots
    rows[num_slots] = node
    return np.int32(num_slots), num_slots + 1


@njit(inline="always")
def gather(table, rows, first, num_slots, block):
    """Copy rows of the table to the slots from `first` on; `block` **written**."""
    dim = table.shape[1]
    whole = dim - dim % LANES
    for slot in range(first, min(first + _AHEAD, num_slots)):
        prefetch_row(table, rows[slot])
    for slot in range(first, num_slots):
        if slot + _AHEAD < num_slots:
            prefetch_row(table, rows[slot + _AHEAD])
        row = rows[slot]
        for column in range(0, whole, LANES):
            store(block, slot, column, load(table, row, column))
        for column in range(whole, dim):
            block[slot, column] = table[row, column]


@njit(inline="always")
def keep_differences(table, rows, num_slots, block):
    """Leave in each slot how far it has moved from the table's row; `block` **written**."""
    dim = table.shape[1]
    whole = dim - dim % LANES
    for slot in range(num_slots):
        row = rows[slot]
        for column in range(0, whole, LANES):
            store(block, slot, column, subtract(load(block, slot, column), load(table, row, column)))
        for column in range(whole, dim):
            block[slot, column] -= table[row, column]


@njit(inline="always")
def select(rows, num_slots, first, part, num_parts, nodes, slots, found):
    """List the nodes that belong to a part, one in `num_parts`, a power of two, and their slots.

    `first` is added to the number of a slot; `nodes` and `slots` int32 are **written** from `found` on, one
    entry further than there are; return how many there are now.
    """
    for slot in range(num_slots):
        nodes[found] = rows[slot]
        slots[found] = first + slot
        found += (rows[slot] & (num_parts - 1)) == part
    return found


@njit(inline="always")
def add_differences(table, nodes, slots, num_entries, differences):
    """Add the differences in some slots to the rows of their nodes, in order; `table` **written**."""
    dim = table.shape[1]
    whole = dim - dim % LANES
    for entry in range(min(_AHEAD, num_entries)):
        prefetch_row(table, nodes[entry])
        prefetch_row(differences, slots[entry])
    for entry in range(num_entries):
        if entry + _AHEAD < num_entries:
            prefetch_row(table, nodes[entry + _AHEAD])
            prefetch_row(differences, slots[entry + _AHEAD])
        row, slot = nodes[entry], slots[entry]
        for column in range(0, whole, LANES):
            store(table, row, column, add(load(table, row, column), load(differences, slot, column)))
        for column in range(whole, dim):
            table[row, column] += differences[slot, column]
