"""A tile of samples and a round of tiles: what training on walks and on arcs share.

A tile copies the rows it needs, trains on the copies block after block, and leaves the differences; a round
is some tiles that start from the same tables. Tiles, and then parts of the tables to which the differences
are added, are the tasks of `tickets`: the result is the same for any number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from graphkit.kernels.cpu.local_rows import (
    FREE,
    add_differences,
    keep_differences,
    select,
    slot_of,
)
from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.prefetch import prefetch_row
from graphkit.kernels.cpu.row_alias import pick_entry
from graphkit.kernels.cpu.simd import LANES, load, multiply, splat, store
from graphkit.kernels.cpu.skipgram_block import GROUP, Block

LOSS_EVERY = 64
"""One tile in so many reports its loss."""


class Law(NamedTuple):
    """What is drawn, and how much it counts.

    `window` is that of walks, 0 for arcs. Each positive has `num_negatives` negatives' worth of weight,
    spread over those that the centres of a block, or all samples of a tile of arcs, share: `num_shared` of
    them or more, up to what fills the last group of columns and, of walks, a block. `keep` uint32
    [num_nodes], a node stays in its walk if its word is not above it; `noise` uint32 [num_nodes, 2], the
    alias table of the negatives.
    """

    seed: np.uint64
    sample_stream: int
    noise_stream: int
    window: int
    num_negatives: np.float32
    num_shared: int
    keep: np.ndarray
    noise: np.ndarray


class Tables(NamedTuple):
    """The vectors, float32 [num_nodes, dim] each, one array twice for LINE's first order.

    `frozen` bool [num_nodes]: rows that do not move.
    """

    centers: np.ndarray
    contexts: np.ndarray
    frozen: np.ndarray


class Round(NamedTuple):
    """What the tiles of a round leave.

    `center_rows` and `context_rows` int32 [tiles, slots], the nodes; `counts` int32 [tiles, 2], how many of
    either; `centers` and `contexts` float32 [tiles, slots + 1, width], the differences and a spare slot,
    zeros beyond the vectors' dimension.
    """

    center_rows: np.ndarray
    context_rows: np.ndarray
    counts: np.ndarray
    centers: np.ndarray
    contexts: np.ndarray


class Tile(NamedTuple):
    """A thread's own arrays.

    `keys` and `places` are the hash table of slots; `positives` float32 [1, 16], how many each centre has;
    `negatives` int32, the nodes drawn; `part_nodes` and `part_slots` int32, whose differences a part adds,
    and where in the round they are.
    """

    keys: np.ndarray
    places: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    part_nodes: np.ndarray
    part_slots: np.ndarray


@njit(inline="always")
def columns_of(seen, law):
    """Return the columns of a block: `seen` of positives, and negatives up to the end of a group."""
    return -(-(seen + law.num_shared) // GROUP) * GROUP


@njit
def new_tile(round_, num_negatives):
    """Allocate the arrays of a thread for tiles of a round, with so many negatives at a time."""
    num_tiles, num_slots = round_.context_rows.shape
    buckets = 16
    while buckets < 2 * num_slots:
        buckets *= 2
    return Tile(
        np.empty(buckets, np.int32),
        np.empty(buckets, np.int32),
        np.empty((1, LANES), np.float32),
        np.empty(num_negatives, np.int32),
        np.empty(num_tiles * num_slots + 1, np.int32),
        np.empty(num_tiles * num_slots + 1, np.int32),
    )


@njit
def _aligned_zeros(num_rows, width):
    """float32 [num_rows, width] that begins where a cache line does."""
    numbers = np.zeros((num_rows + 1) * width, np.float32)
    first = -numbers.ctypes.data % (4 * LANES) // 4
    return numbers[first : first + num_rows * width].reshape((num_rows, width))


@njit
def new_block(num_slots, most_columns, width):
    """Allocate the arrays of a block, all but the vectors."""
    nothing = np.empty((0, width), np.float32)
    return Block(
        nothing,
        nothing,
        np.zeros(num_slots + 1, np.float32),
        np.zeros(num_slots + 1, np.float32),
        np.zeros(LANES, np.int32),
        np.zeros(LANES, np.int32),
        np.zeros(most_columns, np.int32),
        np.zeros(most_columns, np.int32),
        _aligned_zeros(most_columns, LANES),
        _aligned_zeros(most_columns, LANES),
        _aligned_zeros(width, LANES),
        _aligned_zeros(LANES, width),
        _aligned_zeros(LANES, width),
        np.zeros((1, LANES), np.float32),
        np.zeros(most_columns, np.float32),
    )


@njit(inline="always")
def with_vectors(block, centers, contexts):
    """Return the block with other vectors."""
    return Block(
        centers,
        contexts,
        block.center_curvature,
        block.context_curvature,
        block.lane_slots,
        block.lane_targets,
        block.column_slots,
        block.column_targets,
        block.weight,
        block.gradient,
        block.transposed,
        block.steps,
        block.lanes,
        block.lane_factors,
        block.column_factors,
    )


@njit(inline="always")
def forget_slots(tile):
    """Empty the hash table; **written**."""
    tile.keys[:] = FREE


@njit(inline="always")
def place_node(node, tile, rows, num_slots):
    """Return the slot of a node and the number of slots; `tile` and `rows` **written**."""
    return slot_of(node, tile.keys, tile.places, rows, num_slots)


@njit(inline="always")
def draw_negatives(item, first, law, contexts, nodes):
    """Draw negatives number `first` and on of a tile, and ask for their rows; `nodes` int32, **written**."""
    for k in range(len(nodes)):
        word, coin, _, _ = draw(law.seed, item, first + k, law.noise_stream)
        nodes[k] = pick_entry(law.noise, 0, bounded(word, len(law.noise)), coin)
        prefetch_row(contexts, nodes[k])


@njit(inline="always")
def place_negatives(nodes, slots, tile, rows, num_slots):
    """Give nodes slots; `slots` **written**; return the number of slots."""
    for k in range(len(slots)):
        slots[k], num_slots = place_node(nodes[k], tile, rows, num_slots)
    return num_slots


@njit(inline="always")
def leave_differences(tables, round_, task, num_centers, num_contexts):
    """Leave what the tile has changed to the end of the round."""
    keep_differences(tables.centers, round_.center_rows[task], num_centers, round_.centers[task])
    keep_differences(tables.contexts, round_.context_rows[task], num_contexts, round_.contexts[task])
    round_.counts[task, 0], round_.counts[task, 1] = num_centers, num_contexts


@njit(inline="always")
def add_part(tables, round_, part, num_parts, tile):
    """Add the differences of a round, in the order of its tiles, to the rows of one part of the tables."""
    _add(tables.centers, round_.center_rows, round_.counts[:, 0], round_.centers, part, num_parts, tile)
    _add(tables.contexts, round_.context_rows, round_.counts[:, 1], round_.contexts, part, num_parts, tile)


@njit(inline="always")
def _add(table, rows, counts, differences, part, num_parts, tile):
    nodes, slots, found = tile.part_nodes, tile.part_slots, 0
    _, num_slots, width = differences.shape
    for task in range(len(counts)):
        found = select(rows[task], counts[task], task * num_slots, part, num_parts, nodes, slots, found)
    add_differences(table, nodes, slots, found, differences.reshape((-1, width)))


@njit(inline="always")
def weigh_negatives(first, num_columns, law, tile, block):
    """Give the columns from `first` on the weight of negatives; `block.weight` **written**.

    As in the papers' objective, a negative may be the positive itself.
    """
    share = splat(law.num_negatives / np.float32(num_columns - first))
    weight = multiply(share, load(tile.positives, 0, 0))
    for place in range(first, num_columns):
        store(block.weight, place, 0, weight)


@njit(inline="always")
def set_targets(frozen, round_, task, block, num_columns):
    """Let the steps of frozen rows go to the spare slot, the last one."""
    spare = len(block.centers) - 1
    for lane in range(LANES):
        slot = block.lane_slots[lane]
        block.lane_targets[lane] = spare if frozen[round_.center_rows[task, slot]] else slot
    spare = len(block.contexts) - 1
    for column in range(num_columns):
        slot = block.column_slots[column]
        block.column_targets[column] = spare if frozen[round_.context_rows[task, slot]] else slot


@njit(inline="always")
def log_loss(score):
    """-log s(score)."""
    return max(-score, 0.0) + np.log1p(np.exp(-abs(score)))


@njit
def block_loss(block, num_positive, num_columns):
    """Sum of -weight * log s(score) over positive columns and -weight * log s(-score) over negative ones."""
    loss = 0.0
    for column in range(num_columns):
        sign = 1.0 if column < num_positive else -1.0
        for lane in range(LANES):
            loss += block.weight[column, lane] * log_loss(sign * np.float64(block.gradient[column, lane]))
    return loss
