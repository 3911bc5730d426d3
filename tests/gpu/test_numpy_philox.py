"""Uniform numbers on the device are those of NumPy's own Philox."""

import numpy as np
import pytest
import torch

from graphkit.gpu.backend import usable_device
from graphkit.gpu.launch import launch
from graphkit.kernels.gpu.numpy_philox import fill_uniform


@pytest.mark.parametrize(
    ("seed", "stream", "item", "size"),
    [(0, 0, 0, 1), (1, 14, 0, 8), (2**64 - 1, 3, 2**40 + 1, 75), (2**63 + 5, 2**31, 7, 300)],
)
def test_numbers_are_numpys(seed, stream, item, size):
    key, counter = np.array([seed, stream], np.uint64), np.array([0, 0, 0, item], np.uint64)
    random = np.random.Generator(np.random.Philox(key=key, counter=counter))
    out = torch.full((size + 8,), -1.0, device=usable_device())
    launch(fill_uniform, -(-size // (8 * 16)), seed, stream, item, out, size, LANES=16)
    assert np.array_equal(out[:size].cpu().numpy(), random.random(size, np.float32))
    assert (out[size:] == -1).all()
