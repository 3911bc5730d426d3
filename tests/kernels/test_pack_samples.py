"""Samples of a block, one after the other or drawn, against the twin; ranges are packed side by side."""

import numpy as np
import pytest
from support.reference.device_grid import in_order
from support.reference.device_skipgram import arc_of

from graphkit.kernels.cpu.pack_samples import pack_samples
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.skipgram_arcs import Arcs

SEED, STREAM = (1 << 63) | 5, 11
NOTHING = np.zeros((0, 2), np.uint32)


def arcs_of(size):
    sources, targets = np.random.default_rng(size).integers(2**31 - 1, size=(2, size)).astype(np.int32)
    return sources, targets, list(zip(sources.tolist(), targets.tolist(), strict=True))


def packed(arcs, first, count):
    out = np.full(count + 2, -7, np.int64)
    for start, stop in ((count // 3, count), (0, count // 3)):
        pack_samples(arcs, first, np.uint64(SEED), STREAM, out[1:-1], start, stop)
    assert out[0] == out[-1] == -7
    words = out[1:-1].tolist()
    return [(word & 0xFFFFFFFF, word >> 32) for word in words]


@pytest.mark.parametrize(("size", "stride"), [(1, 1), (2, 1), (64, 39), (1000, 617)])
def test_pairs_are_taken_one_after_the_other(size, stride):
    sources, targets, pairs = arcs_of(size)
    begin, skipped = 2**40 + 3, size // 2
    arcs = Arcs(sources, targets, NOTHING, stride, begin)
    wanted = in_order(pairs, stride)
    assert packed(arcs, begin, size) == wanted
    assert packed(arcs, begin + skipped, size - skipped) == wanted[skipped:]


@pytest.mark.parametrize("weighted", [False, True])
def test_arcs_are_drawn_as_in_training(weighted):
    sources, targets, pairs = arcs_of(70)
    table = np.zeros((70 if weighted else 0, 2), np.uint32)
    if weighted:
        build_row_alias(np.array([0, 70]), np.arange(1.0, 71), table, 0, 1)
    first = 2**33 + 5
    wanted = [arc_of(first + k, pairs, table.tolist(), {"seed": SEED}) for k in range(200)]
    assert packed(Arcs(sources, targets, table), first, 200) == wanted
