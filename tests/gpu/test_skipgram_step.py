"""Steps of centres with negatives of their own, against the plain twin; sums over equal nodes."""

import numpy as np
import pytest
import torch
import triton
import triton.language as tl
from support.device_training import DEVICE, NUM_NODES, SEED
from support.reference import device_skipgram as twin

from graphkit.gpu.launch import launch
from graphkit.kernels.cpu.skipgram_block import LONGEST
from graphkit.kernels.gpu import skipgram_step
from graphkit.kernels.gpu.skipgram_step import step_on_positives, sums_of_equals
from graphkit.seeds import Stream
from graphkit.sgns.trainer import noise_table


@triton.jit
def take_steps(
    centers, nodes, positives, items, contexts, noise, factors, moving, changes, losses, count, step, rate,
    weight, num_nodes, seed: tl.uint64, stream, WIDTH: tl.constexpr, COLUMNS: tl.constexpr,
    DRAWN: tl.constexpr, LANES: tl.constexpr,
):  # fmt: skip
    """A step of each of `count` centres; their gradients and losses are written."""
    lane, column = tl.arange(0, LANES), tl.arange(0, COLUMNS)
    here = lane < count
    there = here[:, None] & (column < WIDTH)[None, :]
    places = lane[:, None] * WIDTH + column[None, :]
    gradient, loss = step_on_positives(
        tl.load(centers + places, mask=there, other=0.0), tl.load(nodes + lane, mask=here, other=0),
        tl.load(positives + lane, mask=here, other=0), here, tl.load(items + lane, mask=here, other=0),
        tl.zeros([LANES], tl.int32) + step, rate, weight, contexts, noise, num_nodes, factors, factors,
        moving, seed, stream, WIDTH, COLUMNS, DRAWN,
    )  # fmt: skip
    tl.store(changes + places, gradient, mask=there)
    tl.store(losses + lane, loss, mask=here)


@triton.jit
def sum_equals(nodes, others, values, sums, LANES: tl.constexpr):
    lane = tl.arange(0, LANES)
    found = sums_of_equals(tl.load(nodes + lane), tl.load(others + lane), tl.load(values + lane))
    tl.store(sums + lane, found)


def to_device(array):
    return torch.tensor(array, device=DEVICE)


@pytest.mark.parametrize(("width", "num_negatives", "scale"), [(5, 2.5, 0.5), (16, 1.0, 1.5)])
@pytest.mark.parametrize("contended", [False, True])
def test_steps_are_the_twins(width, num_negatives, scale, contended):
    rng = np.random.default_rng(width)
    centers, contexts = (scale * rng.normal(size=(NUM_NODES, width)).astype(np.float32) for _ in range(2))
    # Some centres see themselves or the same context; the last lane is empty.
    nodes, positives = rng.integers(NUM_NODES, size=(2, 7)).astype(np.int32)
    positives[:2] = nodes[0]
    items, step, rate = np.arange(7) * 3 + 2**33, 11, 0.3
    factors = rng.uniform(0.1, 1, NUM_NODES).astype(np.float32)
    moving = np.arange(NUM_NODES) != positives[3]
    frequencies, drawn = np.arange(1.0, NUM_NODES + 1), int(np.ceil(num_negatives))
    noise = noise_table(frequencies, 0.75)
    law = {"seed": SEED, "num_negatives": num_negatives, "drawn": drawn, "noise": noise.tolist()}

    moved, changes = to_device(contexts), torch.full((8, width), -9.0, device=DEVICE)
    losses = torch.full((8,), -9.0, device=DEVICE)
    launch(
        take_steps, 1, to_device(centers[nodes]), to_device(nodes), to_device(positives), to_device(items),
        moved, to_device(noise.view(np.int64).ravel()), to_device(factors) if contended else None,
        to_device(moving.astype(np.int32)) if contended else None, changes, losses, 7, step, rate,
        num_negatives / drawn, NUM_NODES, SEED, int(Stream.NOISE), WIDTH=width, COLUMNS=16, DRAWN=drawn,
        LANES=8,
    )  # fmt: skip

    rule = twin.Rule(factors, factors, True, moving) if contended else twin.NO_RULE
    total = np.zeros((NUM_NODES, width))
    for lane in range(7):
        negatives = twin.negatives_of_pair(int(items[lane]), step, law)
        tile = twin.pair_tile(int(nodes[lane]), int(positives[lane]), negatives, law)
        v, x = centers.astype(np.float64), contexts.astype(np.float64)
        loss = twin.take_step(tile, rate, v, x, rule)[1]
        change = (v - centers)[nodes[lane]]
        np.testing.assert_allclose(changes[lane].cpu(), change, atol=1e-5 * np.abs(change).max() + 1e-12)
        assert losses[lane].item() == pytest.approx(loss, rel=1e-5, abs=5e-7)
        total += x - contexts
    np.testing.assert_allclose(moved.cpu().numpy() - contexts, total, atol=2e-5 * np.abs(total).max())
    assert (changes[7] == -9).all()
    assert losses[7] == -9


def test_values_of_the_same_node_are_added():
    rng = np.random.default_rng(4)
    nodes, others = rng.integers(9, size=(2, 16)).astype(np.int32)
    values = rng.integers(1, 100, 16).astype(np.float32)
    sums = torch.full((16,), -9.0, device=DEVICE)
    launch(sum_equals, 1, to_device(nodes), to_device(others), to_device(values), sums, LANES=16)
    assert sums.tolist() == [values[others == node].sum() for node in nodes]


def test_steps_are_as_long_as_the_cpus():
    assert skipgram_step.LONGEST.value == LONGEST == twin.LONGEST
