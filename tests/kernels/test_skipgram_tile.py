"""What tiles of samples share, against dictionaries, the twin's negatives, and sums in the tiles' order."""

import numpy as np
import pytest
from numba import njit
from support.reference import skipgram as twin
from support.skipgram_cases import NUM_NODES, make_case, poisoned_round

from graphkit.kernels.cpu.simd import LANES
from graphkit.kernels.cpu.skipgram_tile import (
    Tables,
    add_part,
    block_loss,
    columns_of,
    draw_negatives,
    forget_slots,
    leave_differences,
    log_loss,
    new_block,
    new_tile,
    place_negatives,
    set_targets,
    weigh_negatives,
    with_vectors,
)

TILES, SIZE = 5, 16


@njit
def draw(item, first, law, contexts, nodes):
    draw_negatives(item, first, law, contexts, nodes)


@njit
def place(nodes, slots, round_, rows):
    """Give nodes slots in a tile that has others already; return how many there are."""
    tile = new_tile(round_, 1)
    forget_slots(tile)
    num_slots = place_negatives(nodes[:3], slots[:3], tile, rows, 0)
    return place_negatives(nodes[3:], slots[3:], tile, rows, num_slots)


@njit
def end_round(tables, round_, counts, num_parts):
    for task in range(len(counts)):
        leave_differences(tables, round_, task, counts[task, 0], counts[task, 1])
    tile = new_tile(round_, 1)
    for part in range(num_parts):
        add_part(tables, round_, part, num_parts, tile)


@njit
def weigh(first, num_columns, law, tile, block):
    weigh_negatives(first, num_columns, law, tile, block)


@njit
def aim(frozen, round_, task, block, num_columns):
    set_targets(frozen, round_, task, block, num_columns)


def round_of(case):
    return poisoned_round(TILES, SIZE, case, walks=False)


@pytest.mark.parametrize("first", [0, 7])
def test_negatives_are_the_twins(first):
    case = make_case(20)
    nodes = np.full(40, -9, np.int32)
    draw(2**33 + 5, first, case.law, case.contexts, nodes)
    assert nodes.tolist() == twin.negatives_of(2**33 + 5, first + 40, case.plain)[first:]


def test_each_node_has_one_slot():
    nodes = np.random.default_rng(0).integers(0, NUM_NODES, 24).astype(np.int32)
    case, slots, rows = make_case(4), np.full(24, -9, np.int32), np.full(40, -9, np.int32)
    count = place(nodes, slots, round_of(case), rows)
    order = list(dict.fromkeys(nodes.tolist()))
    assert count == len(order) < 24
    assert rows[:count].tolist() == order
    assert slots.tolist() == [order.index(node) for node in nodes.tolist()]


@pytest.mark.parametrize("num_parts", [1, 4])
def test_differences_are_added_in_the_order_of_the_tiles(num_parts):
    rng = np.random.default_rng(1)
    case = make_case(21)
    round_ = round_of(case)
    tables = Tables(case.centers.copy(), case.contexts.copy(), case.frozen)
    wanted = [case.centers.copy(), case.contexts.copy()]
    counts = rng.integers(0, SIZE, (TILES, 2))
    for task in range(TILES):
        for which, (rows, blocks) in enumerate(
            ((round_.center_rows, round_.centers), (round_.context_rows, round_.contexts))
        ):
            before, count = (case.centers, case.contexts)[which], counts[task, which]
            nodes = rng.permutation(NUM_NODES)[:count]
            moved = before[nodes] + rng.normal(size=(count, 21)).astype(np.float32)
            rows[task, :count], blocks[task, :count, :21] = nodes, moved
            wanted[which][nodes] += moved - before[nodes]
    end_round(tables, round_, counts, num_parts)
    assert np.array_equal(tables.centers, wanted[0])
    assert np.array_equal(tables.contexts, wanted[1])
    assert np.array_equal(round_.counts, counts)


def test_weights_losses_and_targets_of_a_block():
    rng = np.random.default_rng(2)
    case = make_case(16, num_negatives=3.0, frozen=[2, 9])
    round_, (first, num_columns) = round_of(case), (5, 16)
    tile = new_tile.py_func(round_, 1)
    block = new_block.py_func(round_.context_rows.shape[1], num_columns, 16)
    block = with_vectors.py_func(block, round_.centers[1], round_.contexts[1])
    block.weight[:] = 1
    tile.positives[0] = positives = rng.integers(0, 4, LANES)
    weigh(first, num_columns, case.law, tile, block)
    is_positive = np.arange(num_columns)[:, None] < first
    share = np.where(is_positive, 1, 3.0 / (num_columns - first) * positives)
    np.testing.assert_allclose(block.weight, share, rtol=1e-6)

    block.gradient[:] = scores = rng.normal(0, 3, (num_columns, LANES))
    loss = (share * np.logaddexp(0, np.where(is_positive, -scores, scores))).sum()
    assert block_loss(block, first, num_columns) == pytest.approx(loss, rel=1e-6)

    rows = rng.integers(0, NUM_NODES, num_columns)
    rows[:2] = 2, 9
    round_.center_rows[1, :LANES] = round_.context_rows[1, :num_columns] = rows
    block.lane_slots[:] = block.column_slots[:] = np.arange(num_columns)
    aim(case.frozen, round_, 1, block, num_columns)
    for targets, table in ((block.lane_targets, block.centers), (block.column_targets, block.contexts)):
        wanted = np.where(np.isin(rows, [2, 9]), len(table) - 1, np.arange(num_columns))
        assert targets.tolist() == wanted.tolist()


def test_losses_of_scores_do_not_overflow():
    for score in (-800.0, -3.0, 0.0, 5.0, 800.0):
        assert log_loss(score) == pytest.approx(np.logaddexp(0, -score), rel=1e-12)


@pytest.mark.parametrize(("seen", "columns"), [(0, 24), (4, 24), (5, 32)])
def test_columns_end_with_a_group(seen, columns):
    assert columns_of(seen, make_case(1, num_shared=20).law) == columns
