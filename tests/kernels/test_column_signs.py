"""Signs of columns against a sum by groups."""

import numpy as np
import pytest
from support.reference import column_signs as reference

from graphkit.kernels.cpu.column_signs import write_signs


@pytest.mark.parametrize("size", [1, 2, 17, 64, 300])
def test_signs_are_those_of_the_groups(size):
    rng = np.random.default_rng(size)
    drawn = rng.normal(size=(size, 40))
    # Many equal lengths, and entries that differ by rounding.
    drawn[:, ::2] = rng.integers(-2, 3, (size, 20)) * (1 + 1e-9 * rng.normal(size=(size, 20)))
    signs = np.full(40, np.nan)
    write_signs(drawn, 1e-6, signs)
    assert signs.tolist() == [reference.sign(column, 1e-6) for column in drawn.T.tolist()]


def test_a_turned_vector_has_the_other_sign():
    entries = np.array([[0.5, -0.5, 0.2], [-0.5, 0.5, 0.2]]).T
    signs = np.empty(2)
    write_signs(np.ascontiguousarray(entries), 1e-6, signs)
    # The two longest are even; the third decides.
    assert signs.tolist() == [1.0, 1.0]
    write_signs(np.ascontiguousarray(-entries), 1e-6, signs)
    assert signs.tolist() == [-1.0, -1.0]
