"""Training on walks against the float64 twin, and the twin against the objective's gradient."""

import numpy as np
import pytest
from support.reference import skipgram as twin
from support.skipgram_cases import (
    DIMS,
    NUM_NODES,
    check_flow,
    check_gradient,
    check_walks,
    factors,
    make_case,
    make_walks,
    run_walks,
    twin_walks,
)


@pytest.mark.parametrize("dim", DIMS)
def test_walks_train_as_the_twin_does(dim):
    walks, numbers = make_walks(12, 25)
    check_walks(make_case(dim, size=0.5 / dim**0.25), walks, numbers, [0.05, 0.03, 0.02], tiles_per_round=2)


@pytest.mark.parametrize(
    "options",
    [
        {"window": 1},
        {"window": 60},
        {"num_negatives": 0.5, "num_shared": 1},
        {"num_negatives": 15.0, "num_shared": 8},
        {"num_shared": 33},
        {"keep": 0.4},
        {"frozen": range(0, NUM_NODES, 3)},
    ],
    ids=str,
)
@pytest.mark.parametrize(("walks_per_tile", "tiles_per_round"), [(1, 1), (3, 4)])
def test_walks_with_other_laws(options, walks_per_tile, tiles_per_round):
    walks, numbers = make_walks(11, 21, seed=1)
    num_tiles = -(-len(walks) // walks_per_tile)
    rates = np.linspace(0.05, 0.01, -(-num_tiles // tiles_per_round))
    tiling = {"walks_per_tile": walks_per_tile, "tiles_per_round": tiles_per_round}
    check_walks(make_case(20, **options), walks, numbers, rates, **tiling)


def test_samples_that_would_overshoot_are_damped(monkeypatch):
    walks, numbers = make_walks(4, 25, ends=False)
    case = make_case(16, size=1.0, seed=2)
    left = factors(twin.walk_tiles(walks, numbers, 2, case.plain)[0][0], case, 0.05)
    # At this rate some are damped, and by different factors.
    assert left.min() < 0.4 < 0.6 < left.max()
    _, wanted = check_walks(case, walks, numbers, [0.05, 0.05])
    monkeypatch.setattr(twin, "LONGEST", 1e30)
    assert np.abs(twin_walks(case, walks, numbers, [0.05, 0.05])[0] - wanted[0]).max() > 0.1


def test_both_ends_of_a_sample_are_damped_alike():
    """With changes dV = G' X and dX = G V of one step, V' dV = dX' X, whatever G is."""
    case = make_case(16, size=1.5, seed=3)
    walks, numbers = make_walks(2, 8, ends=False)
    check_flow(case, run_walks(case, walks, numbers, [0.3]))


@pytest.mark.parametrize("loop", [False, True])
def test_a_node_in_all_lanes_does_not_overshoot(loop):
    """A walk between two nodes, or on the spot, at a rate where sixteen bounded steps together diverge."""
    walks = np.tile(np.array([4, 4 if loop else 9], np.int32), (200, 20))
    centers, contexts, _ = run_walks(make_case(16), walks, np.arange(200), [0.25] * 100)
    assert np.linalg.norm(np.concatenate([centers, contexts]), axis=1).max() < 10


@pytest.mark.parametrize("dim", DIMS)
def test_a_step_is_the_gradient_of_the_objective(dim):
    rate, walks, numbers = 2.0**-8, *make_walks(3, 5, seed=4)
    case = make_case(dim, size=0.7 / dim**0.25, seed=dim)
    ((block,),) = twin.walk_tiles(walks, numbers, 3, case.plain)
    centers, contexts, _ = run_walks(case, walks, numbers, [rate], walks_per_tile=3)
    check_gradient(block, case, (centers - case.centers) / rate, (contexts - case.contexts) / rate)


def test_walks_of_a_tile_do_not_see_one_another():
    walks, numbers = make_walks(2, 30, ends=False)
    case = make_case(8, window=10)
    together = run_walks(case, walks, numbers, [0.05], walks_per_tile=2)[2][0, 0]
    alone = [run_walks(case, walks[k : k + 1], numbers[k : k + 1], [0.05])[2][0, 0] for k in (0, 1)]
    assert together == sum(alone) > 0


def test_nothing_behind_the_end_of_a_walk_counts():
    walks, numbers = make_walks(6, 12)
    case = make_case(8)
    before = run_walks(case, walks, numbers, [0.05] * 3)
    for row in walks:
        ended = np.flatnonzero(row < 0)
        row[ended[1:]] = 7
    assert (walks == 7).any()
    for ours, theirs in zip(before, run_walks(case, walks, numbers, [0.05] * 3)):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("length", [1, 4])
def test_walks_of_one_node_train_nothing(length):
    walks = np.full((5, length), -1, np.int32)
    walks[:, 0] = 3
    case = make_case(8)
    centers, contexts, stats = run_walks(case, walks, np.arange(5), [0.05] * 3)
    assert np.array_equal(centers, case.centers)
    assert np.array_equal(contexts, case.contexts)
    assert not stats.any()


def test_frozen_rows_keep_every_bit():
    walks, numbers = make_walks(10, 20)
    case = make_case(20, frozen=range(NUM_NODES // 2))
    centers, contexts, _ = run_walks(case, walks, numbers, [0.5] * 5)
    for after, before in ((centers, case.centers), (contexts, case.contexts)):
        moved = (after != before).any(axis=1)
        assert not moved[case.frozen].any()
        assert moved[~case.frozen].all()


@pytest.mark.parametrize("window", [1, 5, 10])
def test_reaches_are_uniform(window):
    length, count = 200, 300
    walks, numbers = make_walks(count, length, ends=False)
    stats = run_walks(make_case(1, window=window), walks, numbers, [0.01] * count, walks_per_tile=1)[2]
    distances = np.arange(1, window + 1)
    mean = (2 * (length - distances) * (window - distances + 1) / window).sum()
    # A centre inside has 2 * reach pairs, and the variance of a uniform reach is (window**2 - 1) / 12.
    deviation = 2 * np.sqrt(length * (window**2 - 1) / 12)
    assert abs(stats[:, 0].mean() - mean) <= 4 * deviation / np.sqrt(count)
    assert stats[:, 0].std() == pytest.approx(deviation, rel=0.2, abs=1e-9)


@pytest.mark.parametrize("keep", [0.05, 0.5, 1.0])
def test_the_share_of_kept_nodes(keep):
    walks, numbers = make_walks(200, 400, ends=False)
    stats = run_walks(make_case(1, window=1, keep=keep), walks, numbers, [0.01] * 200, walks_per_tile=1)[2]
    # With a window of one, n kept nodes are 2 (n - 1) pairs.
    kept = (stats[:, 0] / 2 + 1).sum()
    assert abs(kept - keep * walks.size) <= 4 * np.sqrt(walks.size * keep * (1 - keep))


def test_negatives_follow_the_noise():
    # Centres of one node see one context alone: what else moves is a negative, by its share of the draws.
    case = make_case(1, num_shared=4096, num_negatives=4096.0)
    walks = np.array([[2, 5]], np.int32)
    _, contexts, _ = run_walks(case, walks, np.array([9]), [2.0**-14], walks_per_tile=1)
    # Two nodes are seen: 4098 columns and what fills their group, all but two of them negatives.
    counts = np.bincount(twin.negatives_of(9, 4102, case.plain), minlength=NUM_NODES)
    moved = np.abs(contexts - case.contexts)[:, 0] > 1e-9
    others = ~np.isin(np.arange(NUM_NODES), [2, 5])
    assert np.array_equal(moved[others], counts[others] > 0)


@pytest.mark.parametrize("threads", [2, 4, 9])
@pytest.mark.parametrize("tiles_per_round", [1, 8])
def test_threads_change_no_bit(threads, tiles_per_round):
    walks, numbers = make_walks(300, 25)
    case, rates = make_case(40), [0.05] * -(-300 // tiles_per_round)
    tiling = {"walks_per_tile": 1, "tiles_per_round": tiles_per_round}
    one, many = (run_walks(case, walks, numbers, rates, **tiling, threads=n) for n in (1, threads))
    assert not np.array_equal(one[0], case.centers)
    for ours, theirs in zip(one, many):
        assert np.array_equal(ours, theirs)
