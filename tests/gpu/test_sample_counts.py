"""How often rows are the ends of samples, against NumPy's count."""

import numpy as np
import pytest
import torch

from graphkit.gpu.backend import usable_device
from graphkit.gpu.launch import launch
from graphkit.kernels.gpu.sample_counts import count_samples

DEVICE = usable_device()


@pytest.mark.parametrize("size", [1, 63, 64, 1500])
def test_ends_of_samples_are_counted(size):
    ends = np.random.default_rng(size).integers(7, size=(2, size))
    counts = [torch.zeros(7, dtype=torch.int32, device=DEVICE) for _ in range(2)]
    samples = torch.tensor(ends[0] | (ends[1] << 32), device=DEVICE)
    launch(count_samples, -(-size // 256), samples, *counts, size, BLOCK=256)
    for found, wanted in zip(counts, ends, strict=True):
        assert np.array_equal(found.cpu(), np.bincount(wanted, minlength=7))
