"""Rows in another order, without a copy of all."""

import numpy as np
import pytest

from graphkit.kernels.cpu.permute_rows import permute_rows


@pytest.mark.parametrize("size", [0, 1, 2, 3, 64, 1000])
def test_rows_are_in_the_given_order(size):
    random = np.random.default_rng(size)
    matrix = random.normal(size=(size, 5)).astype(np.float32)
    for order in (random.permutation(size), np.arange(size), np.roll(np.arange(size), 1)):
        ordered = matrix.copy()
        permute_rows(ordered, order.astype(np.int32))
        assert np.array_equal(ordered, matrix[order])
