"""The table of deposits against a dictionary: sums, the order of first meeting, and an empty table again."""

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu.deposit_table import (
    MAX_LENGTH,
    clear,
    deposit,
    length_of,
    make_table,
    node_of,
    owner_of,
    pack,
)


@njit
def deposit_all(table, owners, nodes, lengths, loads, places):
    """Deposit one after another; return how many entries there are."""
    used = 0
    for k in range(len(owners)):
        places[k], used = deposit(table, used, pack(owners[k], nodes[k], lengths[k]), loads[k])
    return used


@pytest.mark.parametrize("capacity", [1, 2, 63, 64, 65])
def test_deposits_are_added_to_their_entries(capacity):
    rng = np.random.default_rng(capacity)
    table = make_table(capacity)
    assert len(table[2]) >= 2 * capacity
    for _ in range(3):
        # As many different entries as there is room for, each met several times.
        entries = np.stack(
            [
                rng.integers(0, 2**20, capacity),
                rng.integers(0, 2**31 - 1, capacity),
                rng.integers(0, MAX_LENGTH + 1, capacity),
            ]
        )
        met = np.concatenate([np.arange(capacity), rng.integers(0, capacity, 4 * capacity)])
        rng.shuffle(met)
        loads, places = rng.normal(size=len(met)), np.full(len(met), -9)
        used = deposit_all(table, *entries[:, met], loads, places)
        wanted = {}
        for entry, load in zip(entries[:, met].T.tolist(), loads.tolist(), strict=True):
            wanted[tuple(entry)] = wanted.get(tuple(entry), 0.0) + load
        assert used == len(wanted)
        keys = table[0][:used]
        assert [(owner_of(key), node_of(key), length_of(key)) for key in keys] == list(wanted)
        assert table[1][:used].tolist() == list(wanted.values())
        order = list(wanted)
        assert places.tolist() == [order.index(tuple(entry)) for entry in entries[:, met].T.tolist()]
        clear(table, used)
        assert (table[2] == -1).all()


def test_keys_order_by_row_then_node_then_length():
    entries = [(row, node, length) for row in (0, 5) for node in (0, 9, 2**31 - 1) for length in (0, 3, 255)]
    keys = [int(pack(*entry)) for entry in entries]
    assert keys == sorted(set(keys))
