"""Local copies of rows: slots against a dictionary, copies and differences against NumPy's."""

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu.local_rows import FREE, add_differences, gather, keep_differences, select, slot_of
from graphkit.kernels.cpu.simd import padded


@njit
def slots_of(nodes, keys, places, rows, slots):
    count = 0
    for k in range(len(nodes)):
        slots[k], count = slot_of(nodes[k], keys, places, rows, count)
    return count


@njit
def copy_rows(table, rows, first, num_slots, block):
    gather(table, rows, first, num_slots, block)


@njit
def leave_differences(table, rows, num_slots, block):
    keep_differences(table, rows, num_slots, block)


@njit
def add_parts(table, rows, block, num_parts, nodes, slots):
    counts = np.zeros(num_parts, np.int64)
    for part in range(num_parts):
        counts[part] = select(rows, len(rows), 0, part, num_parts, nodes, slots, 0)
        add_differences(table, nodes, slots, counts[part], block)
    return counts


def test_nodes_get_slots_as_they_come():
    nodes = np.random.default_rng(0).integers(0, 2**31 - 1, 30).astype(np.int32)
    nodes = np.concatenate([nodes, nodes[::-1]])
    keys, places = np.full(64, FREE, np.int32), np.full(64, -9, np.int32)
    rows, slots = np.full(61, -9, np.int32), np.full(60, -9, np.int32)
    count = slots_of(nodes, keys, places, rows, slots)
    order = list(dict.fromkeys(nodes.tolist()))
    assert rows[:count].tolist() == order
    assert slots.tolist() == [order.index(node) for node in nodes.tolist()]


@pytest.mark.parametrize("dim", [1, 16, 35])
@pytest.mark.parametrize("num_slots", [0, 1, 13, 40])
def test_copies_and_differences(dim, num_slots):
    rng = np.random.default_rng(dim)
    table = rng.normal(size=(50, dim)).astype(np.float32)
    rows = rng.integers(0, 50, num_slots + 2).astype(np.int32)
    block = np.full((num_slots + 2, padded(dim)), -7, np.float32)
    first = min(num_slots, 2)
    copy_rows(table, rows, first, num_slots, block)
    assert np.array_equal(block[first:num_slots, :dim], table[rows[first:num_slots]])
    assert (block[:first] == -7).all()
    assert (block[num_slots:] == -7).all()
    assert (block[:, dim:] == -7).all()

    moved = rng.normal(size=(num_slots, dim)).astype(np.float32)
    block[:num_slots, :dim] = moved
    leave_differences(table, rows, num_slots, block)
    assert np.array_equal(block[:num_slots, :dim], moved - table[rows[:num_slots]])
    assert (block[num_slots:] == -7).all()
    assert (block[:, dim:] == -7).all()


@pytest.mark.parametrize("num_parts", [1, 2, 8])
def test_differences_are_added_in_order_each_by_its_part(num_parts):
    rng = np.random.default_rng(num_parts)
    table = rng.normal(size=(20, 19)).astype(np.float32)
    rows = rng.integers(0, 20, 45).astype(np.int32)
    block = rng.normal(size=(45, 32)).astype(np.float32)
    wanted = table.copy()
    for slot, row in enumerate(rows):
        wanted[row] += block[slot, :19]
    counts = add_parts(table, rows, block, num_parts, *np.full((2, 46), -9, np.int32))
    assert counts.tolist() == np.bincount(rows % num_parts, minlength=num_parts).tolist()
    assert np.array_equal(table, wanted)
