"""The device's random words are the CPU's."""

import numpy as np
import pytest
import torch
import triton
import triton.language as tl
from support.reference import philox as twin

from graphkit.gpu.backend import usable_device
from graphkit.kernels.gpu.philox import bounded, draw


@triton.jit
def write_words(items, steps, bounds, words, seed: tl.uint64, stream, LANES: tl.constexpr):
    """The four words of each (item, step), and the first of them bounded; uint32 as int64 [5, LANES]."""
    lane = tl.arange(0, LANES)
    w0, w1, w2, w3 = draw(seed, tl.load(items + lane), tl.load(steps + lane), stream)
    tl.store(words + lane, w0.to(tl.int64))
    tl.store(words + LANES + lane, w1.to(tl.int64))
    tl.store(words + 2 * LANES + lane, w2.to(tl.int64))
    tl.store(words + 3 * LANES + lane, w3.to(tl.int64))
    tl.store(words + 4 * LANES + lane, bounded(w0, tl.load(bounds + lane)).to(tl.int64))


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 + 5, 2**64 - 1])
def test_words_are_the_twins(seed):
    rng = np.random.default_rng(seed)
    items = rng.integers(2**63, size=16)
    items[:2] = 0, 1
    steps, bounds = rng.integers(2**31, size=(2, 16)).astype(np.int32)
    device = usable_device()
    words = torch.full((5, 16), -9, dtype=torch.int64, device=device)
    write_words[(1,)](
        *(torch.tensor(part, device=device) for part in (items, steps, bounds)), words, seed, 7, LANES=16
    )
    wanted = [
        list(twin.draw(seed, item, step, 7))
        for item, step in zip(items.tolist(), steps.tolist(), strict=True)
    ]
    assert words[:4].T.tolist() == wanted
    assert words[4].tolist() == [row[0] * bound >> 32 for row, bound in zip(wanted, bounds.tolist())]
