"""One step of sixteen centres against the float64 twin: nodes in several lanes or columns, frozen nodes."""

import numpy as np
import pytest
from numba import njit
from support.reference import skipgram as twin

from graphkit.kernels.cpu.simd import LANES
from graphkit.kernels.cpu.skipgram_block import LONGEST, Block, score, step

NUM_SLOTS = 11


@njit
def take_step(block, num_positive, num_columns, rate):
    score(block, num_columns)
    step(block, num_positive, num_columns, rate)


def block_of(centers, contexts, lanes, columns, weight, frozen):
    """A block whose scratch is poisoned; the steps of frozen slots go to the spare one."""
    width, count = centers.shape[1], len(columns)

    def with_spare(table):
        return np.vstack([table, np.full((1, width), 7, np.float32)])

    def poison(*shape):
        return np.full(shape, np.nan, np.float32)

    slots = np.array(lanes, np.int32), np.array(columns, np.int32)
    targets = [np.where(np.isin(each, frozen), NUM_SLOTS, each).astype(np.int32) for each in slots]
    return Block(
        *(with_spare(centers), with_spare(contexts), poison(NUM_SLOTS + 1), poison(NUM_SLOTS + 1)),
        *(slots[0], targets[0], slots[1], targets[1], weight.astype(np.float32), poison(count, LANES)),
        *(poison(width, LANES), poison(LANES, width), poison(LANES, width), poison(1, LANES), poison(count)),
    )


@pytest.mark.parametrize("width", [16, 48])
@pytest.mark.parametrize(("size", "rate"), [(0.3, 0.005), (1.5, 0.5)])
@pytest.mark.parametrize(("num_positive", "num_columns"), [(0, 8), (5, 16), (24, 24)])
def test_a_step_is_the_twins(width, size, rate, num_positive, num_columns):
    rng = np.random.default_rng(num_columns)
    tables = [rng.normal(0, size, (NUM_SLOTS, width)).astype(np.float32) for _ in range(2)]
    lanes, columns = (rng.integers(0, NUM_SLOTS, count).tolist() for count in (LANES, num_columns))
    weight = rng.integers(0, 3, (num_columns, LANES)) * rng.uniform(0.5, 1, (num_columns, 1))
    frozen, is_positive = [4], (np.arange(num_columns) < num_positive)[:, None]
    block = block_of(*tables, lanes, columns, weight, frozen)
    take_step(block, num_positive, num_columns, np.float32(rate))

    sample = twin.Block(lanes, columns, weight * is_positive, weight * ~is_positive)
    centers, contexts = (table.astype(np.float64) for table in tables)
    left = twin.damping(sample, centers[lanes], contexts[columns], rate)
    assert (left.min() < 0.9) == (size > 1)
    changes = twin.train_tile([sample], centers, contexts, rate, frozen)[:2]
    for found, before, change in zip((block.centers, block.contexts), tables, changes, strict=True):
        np.testing.assert_allclose(found[:-1] - before, change, atol=2e-6 * np.abs(before + change).max())
        assert np.array_equal(found[4], before[4])
        assert np.abs(change).max() > 5e-4


def test_a_step_is_as_long_as_the_twins():
    assert LONGEST == twin.LONGEST
