"""Words of coupled walkers have the twin's bits; walkers that meet spread as the twin's do."""

import numpy as np
import pytest
from numba import njit
from support.reference.walker_coupling import repelled, words_of

from graphkit.kernels.cpu.walker_coupling import repel, walker_words

SEED, STREAM = (1 << 63) | 77, 17


@njit
def all_words(seed, stream, row, step, antithetic, words):
    for walker in range(len(words)):
        words[walker, 0], words[walker, 1] = walker_words(seed, stream, row, walker, step, antithetic)


@pytest.mark.parametrize("antithetic", [False, True])
def test_words_are_the_twins(antithetic):
    words = np.full((7, 2), 9, np.uint32)
    all_words(np.uint64(SEED), STREAM, 2**30 + 5, 3, antithetic, words)
    wanted = [words_of(SEED, STREAM, 2**30 + 5, walker, 3, antithetic) for walker in range(7)]
    assert words.tolist() == [list(pair) for pair in wanted]
    halves = (words[1::2, 0].astype(np.int64) - words[:6:2, 0]) % 2**32
    assert (halves == 2**31).all() == antithetic


@pytest.mark.parametrize("alive", [0, 1, 2, 63, 64, 65])
def test_walkers_that_meet_are_spread(alive):
    """Few nodes of few neighbours, so that more walkers meet than may leave in one block."""
    rng = np.random.default_rng(alive)
    degrees = np.array([1, 2, 5, 3, 40])
    indptr = np.concatenate([[0], np.cumsum(degrees)])
    node = rng.integers(0, 5, alive + 3)
    # An entry of the table for each node, in some order.
    entry = np.array([7, 0, 3, 9, 4])[node]
    words = rng.integers(0, 2**32, alive + 3, dtype=np.uint32)
    found, group = words.copy(), np.full((3, 10), -9)
    repel(indptr, node, entry, found, group, alive)
    wanted = repelled(dict(enumerate(words[:alive].tolist())), node.tolist(), degrees.tolist())
    assert found[:alive].tolist() == [wanted[walker] for walker in range(alive)]
    assert np.array_equal(found[alive:], words[alive:])
