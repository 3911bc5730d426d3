"""The potential on a grid against sums over all pairs."""

import numpy as np
import pytest
from support.reference import tsne as reference

from graphkit.layout.potential import Potential

STEEPEST = 0.65
"""Slope of 1 / (1 + x**2)."""


@pytest.mark.parametrize(("extent", "close"), [(0.01, 5e-3), (1, 1e-4), (12, 5e-3), (40, 0.04), (150, 0.1)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 0.2), (0.02, 1)])
def test_values_and_slopes_are_those_of_all_pairs(extent, close, shape):
    random = np.random.default_rng(3)
    positions = ((random.random((1500, 2)) - 0.3) * extent * np.array(shape)).astype(np.float32)
    values, slopes = reference.potential(positions, positions)
    potential, field = Potential(2), np.empty((1500, 3), np.float32)
    potential.charge(positions)
    total = potential.read(positions, field)
    assert total == pytest.approx(values.sum(), rel=0.01)
    assert np.allclose(field[:, 0], values, rtol=3e-3, atol=0.1)
    wrong = np.sqrt(((field[:, 1:] - slopes) ** 2).mean())
    assert wrong < close * max(np.sqrt((slopes**2).mean()), STEEPEST)


def test_it_is_read_between_the_points_that_made_it():
    random = np.random.default_rng(1)
    positions = (random.normal(size=(400, 2)) * 3).astype(np.float32)
    between = (random.normal(size=(50, 2)) * 2).astype(np.float32)
    potential, field = Potential(1), np.empty((50, 3), np.float32)
    potential.charge(positions)
    potential.read(between, field)
    values, slopes = reference.potential(positions, between)
    assert np.allclose(field[:, 0], values, rtol=1e-4)
    assert np.allclose(field[:, 1:], slopes, atol=2e-3 * np.abs(slopes).max())


@pytest.mark.parametrize("positions", [np.zeros((1, 2)), np.zeros((5, 2)), np.full((3, 2), 1e6)])
def test_points_in_one_place(positions):
    positions = positions.astype(np.float32)
    potential, field = Potential(1), np.empty((len(positions), 3), np.float32)
    potential.charge(positions)
    potential.read(positions, field)
    assert np.allclose(field[:, 0], len(positions), rtol=1e-4)


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_threads_do_not_change_a_bit(threads):
    positions = (np.random.default_rng(0).normal(size=(3000, 2)) * 20).astype(np.float32)
    fields, totals = np.empty((2, 3000, 3), np.float32), []
    for field, number in zip(fields, (1, threads), strict=True):
        potential = Potential(number)
        potential.charge(positions)
        totals.append(potential.read(positions, field))
    assert np.array_equal(*fields)
    assert totals[0] == totals[1]
