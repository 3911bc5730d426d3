"""Vectors of eight numbers against NumPy's."""

import numpy as np
from numba import njit

from graphkit.kernels.cpu.eight_columns import (
    COLUMNS,
    add,
    choose,
    divide,
    is_any_larger,
    is_larger,
    load,
    multiply,
    splat,
    store,
)


@njit
def _each(table, number):
    a, b = load(table, 0), load(table, 1)
    store(table, 2, add(a, b))
    store(table, 3, multiply(a, splat(number)))
    store(table, 4, divide(a, b))
    larger = is_larger(a, b)
    store(table, 5, larger)
    store(table, 6, choose(larger, a, b))
    return is_any_larger(a, b), is_any_larger(splat(number), splat(number))


def test_each_operation_is_numpys():
    table = np.random.default_rng(0).standard_normal((7, COLUMNS))
    table[0, :3], table[1] = [-9.0, 0.0, np.inf], np.abs(table[1])
    table[1, 3] = abs(table[0, 3])
    a, b, number = table[0].copy(), table[1].copy(), 1 / 3
    assert _each(table, number) == (True, False)
    larger = np.abs(a) > b
    assert larger[0]
    assert not larger[3]
    expected = a + b, a * number, a / b, larger, np.where(larger, a, b)
    np.testing.assert_array_equal(table[2:], np.array(expected))
