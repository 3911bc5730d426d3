"""Training on walks and on arcs by the kernels and by the plain twin, and how their results are compared."""

import threading
from typing import NamedTuple

import numpy as np
import pytest

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.simd import padded
from graphkit.kernels.cpu.skipgram_arcs import Arcs, train_arcs
from graphkit.kernels.cpu.skipgram_block import GROUP
from graphkit.kernels.cpu.skipgram_tile import LOSS_EVERY, Law, Round, Tables
from graphkit.kernels.cpu.skipgram_walks import train_walks
from graphkit.kernels.cpu.tickets import NUM_COUNTERS
from support.reference import skipgram as twin

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
    """The alias table of one row."""
    table = np.zeros((len(weights), 2), np.uint32)
    build_row_alias(np.array([0, len(weights)]), np.asarray(weights, np.float64), table, 0, 1)
    return table


def make_case(dim, *, size=0.3, window=4, num_negatives=5.0, num_shared=20, keep=1.0, frozen=(), seed=0):
    """Vectors, frozen rows and the law."""
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
    """Room for a round, full of what nobody may read."""
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
    """Tables and stats after training on walks."""
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
    """The same by the twin."""
    tiles = twin.walk_tiles(walks, numbers, walks_per_tile, case.plain)
    return run_twin(case, tiles, rates, tiles_per_round, one_table=False)


def run_twin(case, tiles, rates, tiles_per_round, *, one_table):
    """The same by the twin, on tiles."""
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
    """Train on walks as the twin does; return both results."""
    found = run_walks(case, walks, numbers, rates, **tiling)
    wanted = twin_walks(case, walks, numbers, rates, **tiling)
    assert_same(found, wanted, case)
    return found, wanted


def factors(block, case, rate):
    """What is left of the samples of a block that has the tables before it."""
    heads, columns = case.centers[block.centers], case.contexts[block.columns]
    weighty = (block.positive + block.negative) > 0
    return twin.damping(block, heads.astype(np.float64), columns.astype(np.float64), rate)[weighty]


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


def make_arcs(num_arcs=70, *, weighted, seed=3):
    """Random arcs, with an alias table if weighted."""
    rng = np.random.default_rng(seed)
    sources, targets = rng.integers(0, NUM_NODES, (2, num_arcs)).astype(np.int32)
    table = alias(rng.uniform(0, 4, num_arcs)) if weighted else np.zeros((0, 2), np.uint32)
    return Arcs(sources, targets, table)


def run_arcs(case, arcs, count, rates, *, per_tile=32, tiles_per_round=1, one_table=False, threads=1):
    """Tables and stats after training on samples of arcs."""
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
    """The same by the twin."""
    tiles = [
        twin.arc_tile(2**33 + 5 + first, min(per_tile, count - first), *arcs[:3], case.plain)
        for first in range(0, count, per_tile)
    ]
    return run_twin(case, tiles, rates, tiles_per_round, one_table=one_table)


def check_arcs(case, arcs, count, rates, **options):
    """Train on arcs as the twin does; return its result."""
    found, wanted = (
        run_arcs(case, arcs, count, rates, **options),
        twin_arcs(case, arcs, count, rates, **options),
    )
    assert_same(found, wanted, case, one_table=options.get("one_table", False))
    return wanted


def check_flow(case, after):
    """Both ends of each sample of a step had one factor, G' X and G V: then V' dV = dX' X."""
    v, x = case.centers.astype(np.float64), case.contexts.astype(np.float64)
    one, other = v.T @ (after[0] - v), (after[1] - x).T @ x
    np.testing.assert_allclose(one, other, atol=1e-5 * np.abs(one).max())
