"""Sums of many numbers have the bits of a loop in float64."""

import numpy as np
import pytest
import torch

from graphkit.gpu.backend import usable_device
from graphkit.gpu.sums import ordered_sum

DEVICE = usable_device()


@pytest.mark.parametrize("size", [1, 31, 32, 33, 500])
def test_a_long_sum_is_that_of_a_loop(size):
    values = (10.0 ** np.random.default_rng(size).uniform(-12, 12, size)).astype(np.float32)
    total = 0.0
    for value in values.tolist():
        total += value
    assert ordered_sum(torch.tensor(values, device=DEVICE)).tolist() == [total]
