"""Training on samples of arcs against the float64 twin, and against the objective's gradient."""

import numpy as np
import pytest
from support.reference import skipgram as twin
from support.skipgram_cases import (
    DIMS,
    NUM_NODES,
    assert_same,
    check_arcs,
    check_flow,
    check_gradient,
    factors,
    make_arcs,
    make_case,
    run_arcs,
    run_twin,
    twin_arcs,
)

from graphkit.kernels.cpu.skipgram_tile import LOSS_EVERY


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("one_table", [False, True])
def test_arcs_train_as_the_twin_does(dim, weighted, one_table):
    # The last tile has 5 samples: less than a block.
    case = make_case(dim, size=0.5 / dim**0.25)
    rates = [0.05, 0.04, 0.03]
    check_arcs(case, make_arcs(weighted=weighted), 165, rates, tiles_per_round=2, one_table=one_table)


@pytest.mark.parametrize(
    "options",
    [
        {"num_negatives": 0.5, "num_shared": 1},
        {"num_negatives": 20.0, "num_shared": 16},
        {"frozen": range(0, NUM_NODES, 3)},
    ],
    ids=str,
)
@pytest.mark.parametrize("per_tile", [16, 48])
def test_arcs_with_other_laws(options, per_tile):
    rates = np.linspace(0.05, 0.01, -(-130 // per_tile))
    check_arcs(make_case(20, **options), make_arcs(weighted=True), 130, rates, per_tile=per_tile)


def test_loss_is_that_of_one_tile_in_some():
    count = 16 * (2 * LOSS_EVERY + 3)
    wanted = check_arcs(
        make_case(4), make_arcs(weighted=True), count, [0.002] * 34, per_tile=16, tiles_per_round=4
    )
    assert len(wanted[2]) > 2 * LOSS_EVERY


def test_samples_of_arcs_that_would_overshoot_are_damped(monkeypatch):
    case, arcs = make_case(16, size=1.0), make_arcs(weighted=False)
    left = factors(twin.arc_tile(2**33 + 5, 32, *arcs[:3], case.plain)[0], case, 0.1)
    assert left.min() < 0.4 < 0.6 < left.max()
    wanted = check_arcs(case, arcs, 64, [0.1, 0.1])
    monkeypatch.setattr(twin, "LONGEST", 1e30)
    assert np.abs(twin_arcs(case, arcs, 64, [0.1, 0.1])[0] - wanted[0]).max() > 0.1


@pytest.mark.parametrize("dim", [3, 100])
def test_a_step_on_arcs_is_the_gradient_of_the_objective(dim):
    rate, case, arcs = 2.0**-8, make_case(dim, size=0.7 / dim**0.25), make_arcs(weighted=True)
    (block,) = twin.arc_tile(2**33 + 5, 16, *arcs[:3], case.plain)
    centers, contexts, _ = run_arcs(case, arcs, 16, [rate])
    check_gradient(block, case, (centers - case.centers) / rate, (contexts - case.contexts) / rate)


def test_frozen_rows_of_arcs_keep_every_bit():
    case = make_case(20, frozen=range(NUM_NODES // 2))
    centers, contexts, _ = run_arcs(case, make_arcs(weighted=False), 640, [0.3] * 20)
    for after, before in ((centers, case.centers), (contexts, case.contexts)):
        moved = (after != before).any(axis=1)
        assert not moved[case.frozen].any()
        assert moved[~case.frozen].any()


def test_with_a_stride_samples_are_the_arcs_in_turn():
    case, arcs, first = make_case(4), make_arcs(64, weighted=False), 2**33 + 5
    pairs = list(zip(arcs.sources.tolist(), arcs.targets.tolist(), strict=True))
    taken = [pairs[k * 37 % 64] for k in range(64)]
    tiles = [twin.pair_tile(first + begin, taken[begin : begin + 32], case.plain) for begin in (0, 32)]
    found = run_arcs(case, arcs._replace(stride=37, begin=first), 64, [0.05, 0.03])
    assert_same(found, run_twin(case, tiles, [0.05, 0.03], 1, one_table=False), case)


def test_both_ends_of_a_sample_are_damped_alike():
    """With changes dV = G' X and dX = G V of one step, V' dV = dX' X, whatever G is."""
    case = make_case(16, size=1.5, seed=3)
    check_flow(case, run_arcs(case, make_arcs(weighted=True), 16, [0.8], per_tile=16))


@pytest.mark.parametrize("threads", [2, 4, 9])
@pytest.mark.parametrize("tiles_per_round", [1, 8])
def test_threads_change_no_bit(threads, tiles_per_round):
    case, arcs, rates = make_case(40), make_arcs(weighted=True), [0.05] * -(-300 // tiles_per_round)
    tiling = {"per_tile": 16, "tiles_per_round": tiles_per_round}
    one, many = (run_arcs(case, arcs, 4800, rates, **tiling, threads=n) for n in (1, threads))
    assert not np.array_equal(one[0], case.centers)
    for ours, theirs in zip(one, many):
        assert np.array_equal(ours, theirs)
