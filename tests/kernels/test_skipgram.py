"""Skip-gram kernels against the float64 twin, and the twin against the objective's gradient."""

import threading
from typing import NamedTuple

import numpy as np
import pytest
from support.reference import skipgram as twin

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.simd import padded
from graphkit.kernels.cpu.skipgram_arcs import Arcs, train_arcs
from graphkit.kernels.cpu.skipgram_block import GROUP
from graphkit.kernels.cpu.skipgram_tile import LOSS_EVERY, Law, Round, Tables
from graphkit.kernels.cpu.skipgram_walks import train_walks
from graphkit.kernels.cpu.tickets import NUM_COUNTERS

SEED = (5 << 32) | 11
NUM_NODES = 30
EDGE = 3
"""Rows around a table that nothing may touch."""

DIMS = [1, 3, 16, 100, 128]


class Case(NamedTuple):
    """Two tables, frozen rows, and the law, for the kernel and for the twin."""

    centers: np.ndarray
    contexts: np.ndarray
    frozen: np.ndarray
    law: Law
    plain: dict


def alias(weights):
    table = np.zeros((len(weights), 2), np.uint32)
    build_row_alias(np.array([0, len(weights)]), np.asarray(weights, np.float64), table, 0, 1)
    return table


def make_case(dim, *, size=0.3, window=4, num_negatives=5.0, num_shared=20, keep=1.0, frozen=(), seed=0):
    rng = np.random.default_rng(seed)
    centers, contexts = (rng.normal(0, size, (NUM_NODES, dim)).astype(np.float32) for _ in range(2))
    mask = np.isin(np.arange(NUM_NODES), frozen)
    words = np.full(NUM_NODES, min(round(keep * 2**32), 2**32 - 1), np.uint32)
    noise = alias(rng.uniform(0, 3, NUM_NODES))
    law = Law(np.uint64(SEED), 11, 12, window, np.float32(num_negatives), num_shared, words, noise)
    plain = {
        "seed": SEED,
        "window": window,
        "num_negatives": num_negatives,
        "num_shared": num_shared,
        "keep": words.tolist(),
        "noise": noise,
    }
    return Case(centers, contexts, mask, law, plain)


def guarded(table):
    """The same table inside a larger one."""
    around = np.full((len(table) + 2 * EDGE, table.shape[1]), -77, np.float32)
    around[EDGE:-EDGE] = table
    return around, around[EDGE:-EDGE]


def poisoned_round(tiles_per_round, tile_size, case, *, walks):
    dim, num_draws = case.centers.shape[1], -(-tile_size // twin.CENTERS) if walks else 1
    most = max(twin.FEWEST_COLUMNS if walks else 0, case.law.num_shared + GROUP)
    slots = tile_size, tile_size + num_draws * most
    rows = [np.full((tiles_per_round, count), 2**30, np.int32) for count in slots]
    blocks = [np.full((tiles_per_round, count + 1, padded(dim)), np.nan, np.float32) for count in slots]
    for block in blocks:
        block[..., dim:] = 0
    counts = np.full((tiles_per_round, 2), 2**30, np.int32)
    return Round(*rows, counts, *blocks)


def run(kernel, case, samples, source, num_tiles, tile_size, rates, tiles_per_round, *, one_table, threads):
    """Tables and stats after training."""
    (around, centers), (other, contexts) = guarded(case.centers), guarded(case.contexts)
    contexts = centers if one_table else contexts
    stats = np.full((num_tiles, 2), np.nan)
    shared = (
        *(np.asarray(rates, np.float32), 4, case.law, *source, Tables(centers, contexts, case.frozen)),
        *(poisoned_round(tiles_per_round, tile_size, case, walks=not source), stats),
    )
    counters = np.zeros(NUM_COUNTERS, np.int64)
    workers = [threading.Thread(target=kernel, args=(counters, *samples, *shared)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for table in (around, other):
        assert (table[:EDGE] == -77).all()
        assert (table[-EDGE:] == -77).all()
    return centers, contexts, stats


def run_walks(case, walks, numbers, rates, *, walks_per_tile=2, tiles_per_round=1, threads=1):
    num_tiles = -(-len(walks) // walks_per_tile)
    size = walks_per_tile * walks.shape[1]
    samples = walks, numbers, walks_per_tile
    return run(
        train_walks,
        case,
        samples,
        (),
        num_tiles,
        size,
        rates,
        tiles_per_round,
        one_table=False,
        threads=threads,
    )


def twin_walks(case, walks, numbers, rates, *, walks_per_tile=2, tiles_per_round=1):
    tiles = twin.walk_tiles(walks, numbers, walks_per_tile, case.plain)
    return run_twin(case, tiles, rates, tiles_per_round, one_table=False)


def run_twin(case, tiles, rates, tiles_per_round, *, one_table):
    centers = case.centers.astype(np.float64)
    contexts = centers if one_table else case.contexts.astype(np.float64)
    frozen = set(np.flatnonzero(case.frozen).tolist())
    stats = twin.train(tiles, centers, contexts, rates, tiles_per_round, frozen)
    return centers, contexts, stats


def make_walks(num_walks, length, *, ends=True, seed=0):
    """Walks that may end early, numbered beyond 2**32 so that the high half counts."""
    rng = np.random.default_rng(seed)
    walks = rng.integers(0, NUM_NODES, (num_walks, length)).astype(np.int32)
    lengths = rng.integers(1, length + 1, num_walks) if ends else np.full(num_walks, length)
    walks[np.arange(length) >= lengths[:, None]] = -1
    return walks, np.arange(num_walks) * 3 + 2**33


def assert_same(found, wanted, case, *, one_table=False, tolerance=2e-6):
    """Within float32 rounding: `tolerance` of the largest entry, summed over some hundreds of steps."""
    for ours, theirs, start in zip(
        found, wanted, (case.centers, case.centers if one_table else case.contexts)
    ):
        scale = np.abs(theirs).max()
        assert np.abs(theirs - start).max() > 20 * tolerance * scale
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)
    assert np.array_equal(found[2][:, 0], wanted[2][:, 0])
    sampled = np.arange(len(found[2])) % LOSS_EVERY == 0
    np.testing.assert_allclose(found[2][sampled, 1], wanted[2][sampled, 1], rtol=1e-5, atol=1e-6)
    assert not found[2][~sampled, 1].any()


def check_walks(case, walks, numbers, rates, **tiling):
    found = run_walks(case, walks, numbers, rates, **tiling)
    wanted = twin_walks(case, walks, numbers, rates, **tiling)
    assert_same(found, wanted, case)
    return found, wanted


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


def factors(block, case, rate):
    """What is left of the samples of a block that has the tables before it."""
    heads, columns = case.centers[block.centers], case.contexts[block.columns]
    weighty = (block.positive + block.negative) > 0
    return twin.damping(block, heads.astype(np.float64), columns.astype(np.float64), rate)[weighty]


def test_samples_that_would_overshoot_are_damped(monkeypatch):
    walks, numbers = make_walks(4, 25, ends=False)
    case = make_case(16, size=1.0, seed=2)
    left = factors(twin.walk_tiles(walks, numbers, 2, case.plain)[0][0], case, 0.05)
    # At this rate some are damped, and by different factors.
    assert left.min() < 0.4 < 0.6 < left.max()
    _, wanted = check_walks(case, walks, numbers, [0.05, 0.05])
    monkeypatch.setattr(twin, "LONGEST", 1e30)
    assert np.abs(twin_walks(case, walks, numbers, [0.05, 0.05])[0] - wanted[0]).max() > 0.1


@pytest.mark.parametrize("kind", ["walks", "arcs"])
def test_both_ends_of_a_sample_are_damped_alike(kind):
    """With changes dV = G' X and dX = G V of one step, V' dV = dX' X, whatever G is."""
    case = make_case(16, size=1.5, seed=3)
    if kind == "walks":
        walks, numbers = make_walks(2, 8, ends=False)
        after = run_walks(case, walks, numbers, [0.3])
    else:
        after = run_arcs(case, make_arcs(weighted=True), 16, [0.8], per_tile=16)
    v, x = case.centers.astype(np.float64), case.contexts.astype(np.float64)
    one, other = v.T @ (after[0] - v), (after[1] - x).T @ x
    np.testing.assert_allclose(one, other, atol=1e-5 * np.abs(one).max())


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


def check_gradient(block, case, change_v, change_x, step=1e-4):
    """Central differences of the objective at some coordinates, also of nodes that nothing moves."""
    tables = [case.centers.astype(np.float64), case.contexts.astype(np.float64)]
    changes, rng = (change_v, change_x), np.random.default_rng(0)
    for which, change in enumerate(changes):
        scale = float(np.abs(change).max())
        assert scale > 0.05
        for node in range(NUM_NODES):
            column = rng.integers(change.shape[1])
            ends = []
            for sign in (1, -1):
                tables[which][node, column] += sign * step
                ends.append(twin.objective(block, *tables))
                tables[which][node, column] -= sign * step
            assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
                float(change[node, column]), abs=1e-3 * scale
            )


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


def make_arcs(num_arcs=70, *, weighted, seed=3):
    rng = np.random.default_rng(seed)
    sources, targets = rng.integers(0, NUM_NODES, (2, num_arcs)).astype(np.int32)
    table = alias(rng.uniform(0, 4, num_arcs)) if weighted else np.zeros((0, 2), np.uint32)
    return Arcs(sources, targets, table)


def run_arcs(case, arcs, count, rates, *, per_tile=32, tiles_per_round=1, one_table=False, threads=1):
    num_tiles, size = -(-count // per_tile), per_tile
    samples = 2**33 + 5, count, per_tile
    return run(
        train_arcs,
        case,
        samples,
        (arcs,),
        num_tiles,
        size,
        rates,
        tiles_per_round,
        one_table=one_table,
        threads=threads,
    )


def twin_arcs(case, arcs, count, rates, *, per_tile=32, tiles_per_round=1, one_table=False):
    tiles = [
        twin.arc_tile(2**33 + 5 + first, min(per_tile, count - first), *arcs[:3], case.plain)
        for first in range(0, count, per_tile)
    ]
    return run_twin(case, tiles, rates, tiles_per_round, one_table=one_table)


def check_arcs(case, arcs, count, rates, **options):
    found, wanted = (
        run_arcs(case, arcs, count, rates, **options),
        twin_arcs(case, arcs, count, rates, **options),
    )
    assert_same(found, wanted, case, one_table=options.get("one_table", False))
    return wanted


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


@pytest.mark.parametrize("threads", [2, 4, 9])
@pytest.mark.parametrize("tiles_per_round", [1, 8])
def test_threads_change_no_bit(threads, tiles_per_round):
    walks, numbers = make_walks(300, 25)
    case, arcs = make_case(40), make_arcs(weighted=True)
    rates = [0.05] * -(-300 // tiles_per_round)
    tiling = {"tiles_per_round": tiles_per_round}
    for one, many in (
        [run_walks(case, walks, numbers, rates, walks_per_tile=1, **tiling, threads=n) for n in (1, threads)],
        [run_arcs(case, arcs, 4800, rates, per_tile=16, **tiling, threads=n) for n in (1, threads)],
    ):
        assert not np.array_equal(one[0], case.centers)
        for ours, theirs in zip(one, many):
            assert np.array_equal(ours, theirs)


def test_with_a_stride_samples_are_the_arcs_in_turn():
    case, arcs, first = make_case(4), make_arcs(64, weighted=False), 2**33 + 5
    pairs = list(zip(arcs.sources.tolist(), arcs.targets.tolist(), strict=True))
    taken = [pairs[k * 37 % 64] for k in range(64)]
    tiles = [twin.pair_tile(first + begin, taken[begin : begin + 32], case.plain) for begin in (0, 32)]
    found = run_arcs(case, arcs._replace(stride=37, begin=first), 64, [0.05, 0.03])
    assert_same(found, run_twin(case, tiles, [0.05, 0.03], 1, one_table=False), case)
