"""Training on tiles of walks on the device, against the plain twin."""

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

from graphkit.sgns.gpu.training import tile_shape

pytestmark = pytest.mark.usefixtures("few_episodes")


@pytest.mark.parametrize(("dim", "length", "window"), [(1, 5, 2), (33, 16, 20), (70, 70, 3)])
def test_tiles_are_the_twins(dim, length, window):
    tables = tables_of(dim, frozen=[3])
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, window=window, flat=True, num_negatives=3.0)
    walks, numbers = some_walks(4, length)
    rate = 1e-3
    trainer.train_walks(*on_device(walks, numbers), 1, (rate, 0.0))
    trainer.finish()
    size = tile_shape(length, window).centers
    programs, factors = trainer._contended(rate, size * (window + 1), 2)
    assert factors is None
    tiles = [
        (walk, piece, block)
        for walk in range(4)
        for piece, block in enumerate(
            twin.pieces_of(walks[walk].tolist(), int(numbers[walk]), size, trainer.num_shared, law)
        )
    ]
    pieces = -(-length // size)
    tiles.sort(key=lambda tile: ((tile[0] * pieces + tile[1]) % programs, tile[0], tile[1]))
    rates = [rate * (1 - walk / 4) for walk, _, _ in tiles]
    moving = np.arange(NUM_NODES) != 3
    rule = twin.Rule(center_moving=moving, context_moving=moving)
    pairs, loss = twin.train_tiles([block for *_, block in tiles], rates, *wanted, rule)
    # Factors of products are rounded to float16.
    assert_moved_like(tables, before, wanted, 3e-3)
    assert trainer.record.pairs == [pairs]
    assert trainer.record.last_loss == pytest.approx(loss / pairs, rel=1e-3)
