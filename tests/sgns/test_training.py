"""The trainer: what it hands to the kernels, its laws of noise and sub-sampling, its record."""

import itertools

import numpy as np
import pytest
from scipy import stats
from support.reference import skipgram as twin

from graphkit.errors import InputError, ParameterError, RunError
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.kernels.cpu.skipgram_tile import LOSS_EVERY
from graphkit.sgns import trainer as training
from graphkit.sgns.trainer import (
    TILE_SAMPLES,
    Trainer,
    TrainingRecord,
    VectorTables,
    checked_vectors,
    initial_vectors,
    keep_thresholds,
    noise_table,
    rates_of,
)

NUM_NODES = 50
FREQUENCIES = np.array([0, 1, 2, 3, 5, 8, 13, 21, 34, 0])


def tables(dim=6, seed=1, *, one=False):
    rng = np.random.default_rng(seed)
    centers, contexts = rng.normal(0, 0.4, (2, NUM_NODES, dim)).astype(np.float32)
    return VectorTables(centers, centers if one else contexts)


def plain_law(trainer):
    law = trainer.law
    return {
        "seed": int(law.seed),
        "window": law.window,
        "num_negatives": float(law.num_negatives),
        "num_shared": law.num_shared,
        "keep": law.keep.tolist(),
        "noise": law.noise,
    }


def random_corpus(num_walks=30, length=8, seed=0):
    walks = np.random.default_rng(seed).integers(0, NUM_NODES, (num_walks, length)).astype(np.int32)
    return walks, np.arange(num_walks) + 100


@pytest.mark.parametrize("num_threads", [1, 3])
def test_walks_are_trained_as_the_twin_does(num_threads):
    walks, numbers = random_corpus()
    ours = tables()
    # So many negatives that a round has few tiles.
    centers, contexts = ours.centers.astype(np.float64), ours.contexts.astype(np.float64)
    frequencies = np.bincount(walks.ravel(), minlength=NUM_NODES)
    trainer = Trainer(
        ours,
        frequencies,
        tile_size=16,
        window=3,
        num_negatives=40,
        subsample=0.02,
        seed=7,
        num_threads=num_threads,
    )
    per_round = trainer.tiles_per_round
    rates = np.linspace(0.05, 0.01, -(-15 // per_round), endpoint=False)
    trainer.train_walks(walks, numbers, 2, (0.05, 0.01))
    tiles = twin.walk_tiles(walks, numbers, 2, plain_law(trainer))
    done = twin.train(tiles, centers, contexts, rates, per_round)
    np.testing.assert_allclose(ours.centers, centers, atol=1e-5)
    np.testing.assert_allclose(ours.contexts, contexts, atol=1e-5)
    assert trainer.record.pairs == [done[:, 0].sum()]
    assert 0 < trainer.record.pairs[0] < 30 * 8 * 6
    assert trainer.record.losses == pytest.approx([done[0, 1] / done[0, 0]])


@pytest.mark.parametrize("one", [False, True])
def test_arcs_are_trained_as_the_twin_does(one):
    rng = np.random.default_rng(2)
    sources, targets = rng.integers(0, NUM_NODES, (2, 80)).astype(np.int32)
    weights = rng.uniform(0, 2, 80)
    arcs = Arcs(sources, targets, noise_table(weights, 1.0))
    ours = tables(one=one)
    centers = ours.centers.astype(np.float64)
    contexts = centers if one else ours.contexts.astype(np.float64)
    trainer = Trainer(
        ours, np.bincount(sources, weights, NUM_NODES), tile_size=2 * TILE_SAMPLES, num_shared=16
    )
    per_round = trainer.tiles_per_round
    trainer.train_arcs(arcs, 1000, 1000 + 200, (0.02, 0.01))
    tiles = [twin.arc_tile(k, n, *arcs[:3], plain_law(trainer)) for k, n in ((1000, 128), (1128, 72))]
    rates = np.linspace(0.02, 0.01, -(-2 // per_round), endpoint=False)
    done = twin.train(tiles, centers, contexts, rates, per_round)
    np.testing.assert_allclose(ours.centers, centers, atol=1e-5)
    np.testing.assert_allclose(ours.contexts, contexts, atol=1e-5)
    assert trainer.record.pairs == [200]
    assert trainer.record.losses == pytest.approx([done[0, 1] / 128])


@pytest.mark.parametrize("exponent", [0.0, 0.75, 1.0])
def test_noise_follows_a_power_of_the_frequency(exponent):
    law = {"seed": 3, "noise": noise_table(FREQUENCIES, exponent)}
    counts = np.bincount(twin.negatives_of(5, 20000, law), minlength=10)
    share = np.where(FREQUENCIES > 0, np.maximum(FREQUENCIES, 1.0) ** exponent, 0)
    assert not counts[FREQUENCIES == 0].any()
    known = FREQUENCIES > 0
    assert stats.chisquare(counts[known], 20000 * share[known] / share.sum()).pvalue > 1e-3
    # Another power would be seen.
    other = np.where(known, np.maximum(FREQUENCIES, 1.0) ** (exponent + 0.2), 0)
    assert stats.chisquare(counts[known], 20000 * other[known] / other.sum()).pvalue < 1e-6


def units(table):
    """How many of all words lead to each node."""
    count = np.zeros(len(table), object)
    for slot, (threshold, other) in enumerate(table.tolist()):
        count[slot] += threshold
        count[other] += 2**32 - threshold
    return count


@pytest.mark.parametrize("exponent", [-1.5, 0.0, 0.75, 40.0, -40.0])
def test_units_of_noise(exponent):
    frequencies = np.array([0.0, 1e-20, 3.0, 5.0, 1e30])
    share = np.zeros(5)
    logs = exponent * np.log(frequencies[1:])
    share[1:] = np.exp(logs - logs.max())
    found = (units(noise_table(frequencies, exponent)) / 2**32 / 5).astype(float)
    np.testing.assert_allclose(found, share / share.sum(), atol=1e-8)


def test_without_frequencies_all_are_drawn_alike():
    assert (units(noise_table(np.zeros(7), 0.75)) == 2**32).all()
    assert noise_table(np.zeros(0), 0.75).shape == (0, 2)


@pytest.mark.parametrize("subsample", [1e-4, 1e-2, 0.1])
def test_nodes_are_kept_by_word2vecs_law(subsample):
    share = FREQUENCIES / FREQUENCIES.sum()
    known = share > 0
    # The code's test: (sqrt(f / t) + 1) * t / f, f and t being node's share and threshold.
    law = (np.sqrt(share[known] / subsample) + 1) * subsample / share[known]
    found = (keep_thresholds(FREQUENCIES, subsample)[known].astype(np.float64) + 1) / 2**32
    np.testing.assert_allclose(found, np.minimum(law, 1), atol=2**-31)
    assert (found < 1).any()


def test_no_subsampling_keeps_all():
    assert (keep_thresholds(FREQUENCIES, 0) == 2**32 - 1).all()


def test_training_sees_the_share_that_is_kept():
    walks = np.random.default_rng(0).integers(0, NUM_NODES, (400, 100)).astype(np.int32)
    frequencies = np.full(NUM_NODES, 800)
    trainer = Trainer(tables(), frequencies, tile_size=100, window=1, subsample=0.002, seed=5)
    trainer.train_walks(walks, np.arange(400), 1, (0.01, 0.001))
    keep = np.sqrt(0.1) + 0.1
    # With a window of one, n kept nodes of a walk are 2 (n - 1) pairs.
    kept = trainer.record.pairs[0] / 2 + 400
    assert abs(kept - keep * walks.size) < 4 * np.sqrt(walks.size * keep * (1 - keep))


@pytest.mark.parametrize("share", [1.0, 0.3, 0.1, 0.04, 0.01, 0.001])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("window", [0, 5])
def test_rounds_are_short_where_a_node_is_everywhere(share, scale, window):
    frequencies = np.full(2000, (1 - share) / 1999)
    frequencies[7] = share
    # Weights may have any unit.
    vectors = VectorTables(*np.zeros((2, 2000, 1), np.float32))
    trainer = Trainer(vectors, frequencies * scale, tile_size=75, window=window, num_negatives=4)
    weight = share * 75 * (window + 1) * 5
    fitting = [tiles for tiles in (1, 2, 4, 8, 16) if tiles == 1 or tiles * weight <= training.CONTENTION]
    assert trainer.tiles_per_round == fitting[-1]


def test_initial_vectors():
    vectors, half = initial_vectors(4000, 8, 3), 0.5 / 8**0.5
    assert vectors.dtype == np.float32
    assert np.abs(vectors).max() <= half
    assert stats.kstest(vectors.ravel(), "uniform", (-half, 2 * half)).pvalue > 1e-3
    assert np.array_equal(vectors, initial_vectors(4000, 8, 3))
    for other in (initial_vectors(4000, 8, 4), initial_vectors(4000, 8, 3, 1)):
        assert not np.isin(other, vectors).all()
        assert abs(np.corrcoef(other.ravel(), vectors.ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("dim", [1, 16, 300])
def test_initial_vectors_are_as_long_in_any_dimension(dim):
    lengths = (initial_vectors(20_000, dim, 1).astype(float) ** 2).sum(axis=1)
    assert lengths.mean() == pytest.approx(1 / 12, rel=0.02)


def test_own_vectors_are_copied_and_checked():
    own = np.ones((3, 2))
    vectors = checked_vectors(own, 3, 2)
    vectors += 1
    assert own.max() == 1
    assert vectors.dtype == np.float32
    with pytest.raises(InputError, match=r"init must have shape \[3, 5\], got \[3, 2\]"):
        checked_vectors(own, 3, 5)
    with pytest.raises(InputError, match="init holds numbers that are not finite"):
        checked_vectors(own * np.nan, 3, 2)


def test_rates_fall_on_one_line():
    ends = [0, 10, 25, 70, 100]
    parts = [rates_of(a, b, 100, 0.5) for a, b in itertools.pairwise(ends)]
    assert parts[0][0] == 0.5
    assert [before[1] for before in parts[:-1]] == [after[0] for after in parts[1:]]
    assert parts[-1][1] == pytest.approx(0.5e-4)
    assert parts[1][1] == pytest.approx(0.5 * (0.75 + 0.25e-4))


def test_record_adds_up():
    record = TrainingRecord()
    assert np.isnan(record.last_loss)
    done = np.zeros((LOSS_EVERY + 2, 2))
    done[:, 0] = 3
    done[[0, LOSS_EVERY], 1] = 6, 9
    record.add(done)
    assert record.pairs == [3 * (LOSS_EVERY + 2)]
    assert record.losses == [2.5]
    record.add(np.zeros((2, 2)))
    assert np.isnan(record.losses[1])
    assert np.isnan(record.last_loss)
    for pairs in range(18):
        record.add(np.array([[1.0, pairs]]))
    # The last two of twenty.
    assert record.last_loss == 16.5


def test_state_and_back():
    walks, numbers = random_corpus()
    first, second = tables(), tables(seed=2)
    one, two = (Trainer(each, np.ones(NUM_NODES), tile_size=8, window=2) for each in (first, second))
    one.train_walks(walks, numbers, 1, (0.05, 0.01))
    two.restore(one.state())
    for trainer in (one, two):
        trainer.train_walks(walks, numbers + 30, 1, (0.05, 0.01))
    assert np.array_equal(first.centers, second.centers)
    assert np.array_equal(first.contexts, second.contexts)
    assert one.record == two.record


@pytest.mark.parametrize("name", ["centers", "contexts"])
def test_divergence_is_an_error(name):
    broken = tables()
    trainer = Trainer(broken, np.ones(NUM_NODES), tile_size=8)
    trainer.finish()
    getattr(broken, name)[3, 2] = np.inf
    with pytest.raises(RunError, match="a vector is not finite; choose a lower learning_rate"):
        trainer.finish()


def test_bad_seed():
    with pytest.raises(ParameterError, match="seed must lie in"):
        Trainer(tables(), np.ones(NUM_NODES), tile_size=8, seed=-1)
