"""Rows dealt out to parts in turn, as NumPy's slices with a stride have them."""

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu.parts import part_and_row


@njit
def jitted(node, num_parts):
    return part_and_row(node, num_parts)


@pytest.mark.parametrize("num_parts", [1, 2, 7, 100])
def test_each_row_is_where_a_slice_has_it(num_parts):
    table = np.arange(100)
    parts, rows = part_and_row(table, num_parts)
    for node in table.tolist():
        assert table[parts[node] :: num_parts][rows[node]] == node
        assert part_and_row(node, num_parts) == jitted(node, num_parts) == (parts[node], rows[node])
