"""Vectors of 16: bits where IEEE 754 gives them, the stated error of exp elsewhere."""

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu import simd
from graphkit.kernels.cpu.simd import LANES

OPERATIONS = ("add", "subtract", "multiply", "divide", "minimum", "fma", "exp", "splat", "broadcast")


@njit
def operate(block, out, column):
    """Rows 0 .. 2 of the block are a, b and c; a row of `out` for each operation, one for the total."""
    a, b, c = simd.load(block, 0, column), simd.load(block, 1, column), simd.load(block, 2, column)
    simd.store(out, 0, column, simd.add(a, b))
    simd.store(out, 1, column, simd.subtract(a, b))
    simd.store(out, 2, column, simd.multiply(a, b))
    simd.store(out, 3, column, simd.divide(a, b))
    simd.store(out, 4, column, simd.minimum(a, b))
    simd.store(out, 5, column, simd.fma(a, b, c))
    simd.store(out, 6, column, simd.exp(a))
    simd.store(out, 7, column, simd.splat(np.float32(block[0, 0] + 1)))
    simd.store(out, 8, column, simd.broadcast(block, 1, column + 3))
    out[9, column] = simd.total(a)


@njit
def transposed(block, rows, column, out):
    simd.transpose(block, rows, column, out)


def results(a, b=None, c=None, *, column=5):
    """What each operation makes of 16 numbers, which stand in the middle of a longer row."""
    block = np.full((3, 40), -7, np.float32)
    for row, numbers in enumerate((a, b, c)):
        block[row, column : column + LANES] = 1 if numbers is None else numbers
    out = np.full((10, 40), np.nan, np.float32)
    operate(block, out, column)
    inside = np.s_[column : column + LANES]
    outside = np.delete(out, inside, axis=1)
    assert np.isnan(outside).all()
    return {**dict(zip(OPERATIONS, out[:, inside])), "total": out[9, column]}


def random_numbers(seed=0):
    """Three times 16 float32 in ±[1, 2): products and sums of them are exact in float64."""
    rng = np.random.default_rng(seed)
    return (rng.uniform(1, 2, (3, LANES)) * rng.choice([-1, 1], (3, LANES))).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("column", [0, 5, 16, 24])
def test_arithmetic_has_numpys_bits(seed, column):
    a, b, c = random_numbers(seed)
    found = results(a, b, c, column=column)
    for name in ("add", "subtract", "multiply", "divide", "minimum"):
        assert np.array_equal(found[name], getattr(np, name)(a, b)), name


@pytest.mark.parametrize("seed", range(5))
def test_fma_is_rounded_once(seed):
    a, b, c = random_numbers(seed)
    once = (a.astype(np.float64) * b + c).astype(np.float32)
    assert np.array_equal(results(a, b, c)["fma"], once)
    assert not np.array_equal(a * b + c, once)


def test_copies_of_one_number():
    a, b, _ = random_numbers()
    found = results(a, b)
    assert found["splat"].tolist() == [-6] * LANES
    assert found["broadcast"].tolist() == [b[3]] * LANES


def test_minimum_takes_the_second_where_one_is_no_number():
    a, b = np.arange(LANES, dtype=np.float32), np.full(LANES, 4, np.float32)
    a[0], b[1], a[2], a[3], b[3] = np.nan, np.nan, -np.inf, -0.0, 0.0
    found = results(a, b)["minimum"]
    assert found.tolist()[2:] == [-np.inf, 0, *np.minimum(a, b)[4:]]
    assert found[0] == 4
    assert np.isnan(found[1])
    assert not np.signbit(found[3])


@pytest.mark.parametrize("seed", range(5))
def test_total_adds_halves_to_halves(seed):
    numbers = random_numbers(seed)[0] * np.float32(3) ** np.arange(LANES)[::-1].astype(np.float32)
    halves = numbers
    while len(halves) > 1:
        halves = halves[: len(halves) // 2] + halves[len(halves) // 2 :]
    assert results(numbers)["total"] == halves[0]


def test_the_order_of_a_total_shows():
    # Small numbers beside a large one vanish, unless they meet one another first.
    numbers = np.array([1, *[2**-24] * 15], np.float32)
    assert results(numbers)["total"] > 1 == np.add.accumulate(numbers)[-1]
    pairs = np.array([2**30, *[0] * 7, -(2**30), *[0] * 6, 1], np.float32)
    assert results(pairs)["total"] == 1


def test_exp_is_as_near_as_it_says():
    x = np.linspace(-87, 88, 16 * 20000).astype(np.float32)
    found = np.concatenate([exps(part) for part in x.reshape(-1, LANES)])
    error = np.abs(found / np.exp(x.astype(np.float64)) - 1)
    assert error.max() < 2.5e-7


def exps(numbers):
    block, out = np.ones((3, LANES), np.float32), np.empty((10, LANES), np.float32)
    block[0] = numbers
    operate(block, out, 0)
    return out[OPERATIONS.index("exp")].copy()


def test_exp_is_limited():
    x = np.array([0, -0.0, 88, 88.1, 1e30, np.inf, -87, -87.1, -1e30, -np.inf, 1e-30], np.float32)
    found = exps(np.pad(x, (0, LANES - len(x))))
    assert found[:2].tolist() == [1, 1]
    assert np.unique(found[2:6]).tolist() == [found[2]]
    assert np.unique(found[6:10]).tolist() == [found[6]]
    np.testing.assert_allclose(found[[2, 6]].astype(np.float64), np.exp([88.0, -87.0]), rtol=2.5e-7)
    assert found[10] == 1


@pytest.mark.parametrize("column", [0, 16, 32])
def test_transpose(column):
    rng = np.random.default_rng(1)
    block = rng.random((9, 48), np.float32)
    rows = rng.integers(0, 9, LANES).astype(np.int32)
    out = np.full((50, LANES), np.nan, np.float32)
    transposed(block, rows, column, out)
    inside = np.s_[column : column + LANES]
    assert np.array_equal(out[inside], block[rows, inside].T)
    assert np.isnan(np.delete(out, inside, axis=0)).all()


def test_padded_widths():
    assert [simd.padded(width) for width in (0, 1, 15, 16, 17, 100, 128)] == [0, 16, 16, 16, 32, 112, 128]
