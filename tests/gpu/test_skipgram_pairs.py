"""Training on the pairs of walks on the device, each with negatives of its own, against the plain twin."""

import numpy as np
import pytest
from support.device_training import (
    NUM_NODES,
    assert_moved_like,
    in_float64,
    on_device,
    some_walks,
    tables_of,
    trainer_of,
)
from support.reference import device_skipgram as twin

pytestmark = pytest.mark.usefixtures("few_episodes")


@pytest.mark.parametrize(("dim", "length", "window", "scale"), [(33, 7, 2, 2.0), (5, 3, 60, 0.5)])
def test_pairs_of_walks_are_the_twins(dim, length, window, scale, monkeypatch):
    """With vectors so long that samples are damped, too."""
    monkeypatch.setattr("graphkit.sgns.gpu.training.tile_shape", lambda *_: None)
    tables = tables_of(dim, frozen=[3], scale=scale)
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, window=window, num_negatives=3.0)
    trainer._pair_shape["BLOCK"] = 4
    walks, numbers = some_walks(6, length)
    trainer.train_walks(*on_device(walks, numbers), 1, (0.1, 0.02))
    trainer.finish()
    programs, factors = trainer._contended(0.1, 4 * (window + 1), 16)
    factors = 1.0 if factors is None else factors.cpu().numpy()
    rates, moving = np.linspace(0.1, 0.02, 6, endpoint=False), np.arange(NUM_NODES) != 3
    rule = twin.Rule(factors, factors, moving, moving)
    pairs = twin.train_pairs(walks, numbers, rates, programs, 4, law, *wanted, rule)
    assert_moved_like(tables, before, wanted, 1e-5)
    assert trainer.record.pairs == [pairs]
