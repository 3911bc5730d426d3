"""What the tests of training on a device share: vectors, walks, a trainer and its twin's law."""

import numpy as np
import torch

from graphkit.gpu.backend import usable_device
from graphkit.sgns.gpu.training import DeviceTrainer
from graphkit.sgns.trainer import VectorTables, keep_thresholds, noise_table

SEED = (1 << 63) | 77
NUM_NODES = 23
DEVICE = usable_device()


def tables_of(dim, *, one=False, frozen=(), scale=0.5):
    """Tables of random vectors, of one or two arrays."""
    rng = np.random.default_rng(dim)
    centers, contexts = ((scale * rng.normal(size=(NUM_NODES, dim))).astype(np.float32) for _ in range(2))
    still = np.isin(np.arange(NUM_NODES), frozen)
    return VectorTables(centers, centers if one else contexts, still)


def trainer_of(tables, *, window=3, num_negatives=5.0, subsample=0.3, flat=False):
    """A trainer, and the law of the twin."""
    frequencies = np.ones(NUM_NODES) if flat else np.arange(1, NUM_NODES + 1)
    trainer = DeviceTrainer(
        tables, frequencies, device=DEVICE, window=window, num_negatives=num_negatives,
        subsample=subsample, seed=SEED,
    )  # fmt: skip
    law = {
        "seed": SEED,
        "window": window,
        "num_negatives": num_negatives,
        "drawn": int(np.ceil(num_negatives)),
        "keep": keep_thresholds(frequencies, subsample).tolist(),
        "noise": noise_table(frequencies, 0.75).tolist(),
    }
    return trainer, law


def some_walks(num_walks, length):
    """Walks that end early, and walk numbers beyond 2**32."""
    rng = np.random.default_rng(length)
    walks = rng.integers(NUM_NODES, size=(num_walks, length)).astype(np.int32)
    walks[np.arange(length) >= rng.integers(1, 2 * length, size=(num_walks, 1))] = -1
    return walks, np.arange(num_walks) * 5 + 2**33


def on_device(walks, numbers):
    """Tensors of walks, one column each, and of their numbers."""
    return torch.tensor(walks.T.copy(), device=DEVICE), torch.tensor(numbers, device=DEVICE)


def in_float64(tables):
    """Copies of both tables, one if they are one."""
    centers = tables.centers.astype(np.float64)
    return centers, centers if tables.contexts is tables.centers else tables.contexts.astype(np.float64)


def assert_moved_like(tables, before, wanted, tolerance):
    """The changes agree to a share of the largest of them."""
    for found, start, end in zip((tables.centers, tables.contexts), before, wanted, strict=True):
        change = end - start
        np.testing.assert_allclose(found - start, change, atol=tolerance * np.abs(change).max())
