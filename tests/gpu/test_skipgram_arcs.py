"""Training on arcs on the device, by pairs and by tiles, against the plain twin."""

import numpy as np
import pytest
from support.device_training import DEVICE, NUM_NODES, assert_moved_like, in_float64, tables_of, trainer_of
from support.reference import device_skipgram as twin

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.sgns.gpu.arcs import device_arcs

pytestmark = pytest.mark.usefixtures("few_episodes")


@pytest.mark.parametrize(
    ("dim", "num_negatives", "weighted", "one", "scale"),
    [
        (1, 1.0, False, False, 0.5),
        (33, 5.0, True, False, 2.0),
        (64, 2.5, False, True, 0.5),
        (130, 1.0, True, True, 1.0),
    ],
)
def test_arcs_are_the_twins(dim, num_negatives, weighted, one, scale):
    """With vectors so long that samples are damped, too."""
    tables = tables_of(dim, one=one, frozen=[3], scale=scale)
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, num_negatives=num_negatives)
    ends = np.random.default_rng(0).integers(NUM_NODES, size=(70, 2)).astype(np.int32)
    table = np.zeros((70 if weighted else 0, 2), np.uint32)
    if weighted:
        build_row_alias(np.array([0, 70]), np.arange(1.0, 71), table, 0, 1)
    arcs = device_arcs(Arcs(ends[:, 0].copy(), ends[:, 1].copy(), table), DEVICE)
    trainer._pair_shape["BLOCK"] = 8
    first, count = 2**33 + 5, 45
    trainer._train_arc_pairs(arcs, first, first + count, (0.1, 0.01))
    trainer.finish()
    rates, moving = np.linspace(0.1, 0.01, count, endpoint=False), np.arange(NUM_NODES) != 3
    programs, factors = trainer._contended(0.1, 8, 16)
    factors = 1.0 if factors is None else factors.cpu().numpy()
    rule = twin.Rule(factors, factors, moving, moving)
    loss = twin.train_arcs(
        first, count, ends.tolist(), table.tolist(), rates, programs, 8, law, *wanted, rule
    )
    assert_moved_like(tables, before, wanted, 1e-5)
    assert trainer.record.pairs == [count]
    assert trainer.record.last_loss == pytest.approx(loss / count, rel=1e-5)


@pytest.mark.parametrize(("dim", "scale", "one"), [(33, 1, False), (64, 1, True), (5, 30, False)])
def test_tiles_of_arcs_are_the_twins(dim, scale, one):
    """With vectors so long that steps are shortened, too."""
    tables = tables_of(dim, one=one)
    tables.centers *= scale
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, flat=True)
    ends = np.random.default_rng(0).integers(NUM_NODES, size=(70, 2)).astype(np.int32)
    arcs = device_arcs(Arcs(ends[:, 0].copy(), ends[:, 1].copy(), np.zeros((0, 2), np.uint32)), DEVICE)
    first, count, rate = 2**33 + 5, 150, 0.01
    trainer.train_arcs(arcs, first, first + count, (rate, 0.0))
    trainer.finish()
    programs, factors = trainer._contended(rate, 64, 2)
    assert (programs, factors) == (2, None)
    begins = [0, 128, 64]
    tiles = [
        twin.arc_tile(first + begin, min(64, count - begin), ends.tolist(), [], 32, law) for begin in begins
    ]
    samples, loss = twin.train_tiles(tiles, [rate * (1 - begin / count) for begin in begins], *wanted)
    assert_moved_like(tables, before, wanted, 3e-3)
    assert trainer.record.pairs == [samples] == [count]
    assert trainer.record.last_loss == pytest.approx(loss / count, rel=1e-3)
