"""Skip-gram with negative sampling on walks.

A tile is some walks, together about as long as one of the usual ones; its centres are taken sixteen at a
time. The columns of their block are the nodes that those sixteen see, each once, and negatives of their own:
negatives that more and like centres share push all of these one way. Where walks come back to a few nodes,
negatives fill what those leave of `FEWEST_COLUMNS`: the more there are, the less each draw of them matters.
See `skipgram_tile` and `skipgram_block`.

Randomness: position p of walk number w draws by (w, p) whether the node is kept (sub-sampling) and how far
its window reaches, and negative k of a tile, over all its blocks, by (number of its first walk, k).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from graphkit.kernels.cpu.local_rows import FREE, gather
from graphkit.kernels.cpu.philox import bounded, draw
from graphkit.kernels.cpu.simd import LANES, load, splat, store, total
from graphkit.kernels.cpu.skipgram_block import GROUP, score, step
from graphkit.kernels.cpu.skipgram_tile import (
    LOSS_EVERY,
    add_part,
    block_loss,
    columns_of,
    draw_negatives,
    forget_slots,
    leave_differences,
    new_block,
    new_tile,
    place_negatives,
    place_node,
    set_targets,
    weigh_negatives,
    with_vectors,
)
from graphkit.kernels.cpu.tickets import finish, take, wait_for

FEWEST_COLUMNS = 48
"""Of a block. Where 16 centres see many nodes, as on BlogCatalog with window 10, 24 negatives make as many or
more; on Citeseer they see a dozen, and F1 rises by half a point from 24 negatives to those that fill 48."""


class Tokens(NamedTuple):
    """The kept nodes of a tile: slots, and the tokens from `firsts` to before `ends` that a centre sees.

    `columns`: by slot, the column of a block where it stands, else `FREE`.
    """

    slots: np.ndarray
    firsts: np.ndarray
    ends: np.ndarray
    columns: np.ndarray


@njit(nogil=True, cache=True)
def train_walks(counters, walks, numbers, walks_per_tile, rates, num_parts, law, tables, round_, stats):
    """Train on walks, tile after tile; called by each thread with the same arguments.

    `counters` int64, see `tickets`; `walks` int32 [num_walks, walk_length], -1 after a dead end; `numbers`
    int64 [num_walks]; `rates` float32 [num_rounds]; `num_parts` a power of two, into which the rows are
    split when differences are added; `tables` **written**; `stats` float64 [num_tiles, 2], **written**: the
    positives of each tile, and their loss with their negatives in one tile of `LOSS_EVERY`.
    """
    tiles_per_round, num_slots = round_.context_rows.shape
    tasks = tiles_per_round + num_parts
    num_tokens = round_.center_rows.shape[1]
    tile = new_tile(round_, most_negatives(law.num_shared))
    most_columns = _columns_of(min(LANES + 2 * law.window, num_tokens), law)
    block = new_block(num_slots, most_columns, round_.centers.shape[2])
    tokens = Tokens(
        np.empty(num_tokens, np.int32),
        np.empty(num_tokens, np.int32),
        np.empty(num_tokens, np.int32),
        np.empty(num_tokens, np.int32),
    )
    while True:
        ticket = take(counters)
        number, task = ticket // tasks, ticket % tasks
        if number >= len(rates):
            return
        if task < tiles_per_round:
            wait_for(counters, number * tasks)
            first = (number * tiles_per_round + task) * walks_per_tile
            end = min(first + walks_per_tile, len(walks))
            round_.counts[task] = 0
            if first < end:
                block = with_vectors(block, round_.centers[task], round_.contexts[task])
                _train_tile(
                    walks,
                    numbers,
                    first,
                    end,
                    walks_per_tile,
                    task,
                    rates[number],
                    law,
                    tables,
                    round_,
                    tokens,
                    tile,
                    block,
                    stats,
                )
        else:
            wait_for(counters, number * tasks + tiles_per_round)
            add_part(tables, round_, task - tiles_per_round, num_parts, tile)
        finish(counters)


@njit(inline="always")
def most_negatives(num_shared):
    """Return how many negatives a block has at most."""
    return max(FEWEST_COLUMNS, num_shared + GROUP - 1)


@njit(inline="always")
def _columns_of(seen, law):
    """Return the columns of a block that sees so many nodes."""
    return max(FEWEST_COLUMNS, columns_of(seen, law))


@njit
def _train_tile(
    walks, numbers, first, end, walks_per_tile, task, rate, law, tables, round_, tokens, tile, block, stats
):
    """Train on the walks from `first` to `end` and leave the differences."""
    rows, number = round_.context_rows[task], first // walks_per_tile
    num_tokens, num_centers = _read_tokens(walks, numbers, first, end, law, tokens, tile, rows)
    # One by one: to assign a slice to a slice compiles for seconds, its message about shapes included.
    for center in range(num_centers):
        round_.center_rows[task, center] = rows[center]
    gather(tables.centers, rows, 0, num_centers, block.centers)
    gather(tables.contexts, rows, 0, num_centers, block.contexts)
    tokens.columns[:num_centers] = FREE
    num_slots, pairs, loss = num_centers, 0.0, 0.0
    item, always = numbers[first], law.num_shared
    draw_negatives(item, 0, law, tables.contexts, tile.negatives[:always])
    for place in range(0, num_tokens, LANES):
        num_positive = _place_block(tokens, num_tokens, place, tile.positives, block)
        num_columns = _columns_of(num_positive, law)
        negatives, known = block.column_slots[num_positive:num_columns], num_slots
        drawn = place // LANES * most_negatives(law.num_shared)
        more = tile.negatives[always : len(negatives)]
        draw_negatives(item, drawn + always, law, tables.contexts, more)
        num_slots = place_negatives(tile.negatives, negatives, tile, rows, known)
        gather(tables.contexts, rows, known, num_slots, block.contexts)
        if place + LANES < num_tokens:
            # The next block's: their rows arrive while this one is computed.
            drawn += most_negatives(law.num_shared)
            draw_negatives(item, drawn, law, tables.contexts, tile.negatives[:always])
        weigh_negatives(num_positive, num_columns, law, tile, block)
        set_targets(tables.frozen, round_, task, block, num_columns)
        score(block, num_columns)
        pairs += total(load(tile.positives, 0, 0))
        if number % LOSS_EVERY == 0:
            loss += block_loss(block, num_positive, num_columns)
        step(block, num_positive, num_columns, rate)
    leave_differences(tables, round_, task, num_centers, num_slots)
    stats[number, 0], stats[number, 1] = pairs, loss


@njit(inline="always")
def _read_tokens(walks, numbers, first, end, law, tokens, tile, rows):
    """Keep or drop each node, draw reaches, and give the nodes slots; return how many tokens and slots."""
    forget_slots(tile)
    num_tokens, num_slots = 0, 0
    for walk in range(first, end):
        begin = num_tokens
        for position in range(walks.shape[1]):
            node = walks[walk, position]
            if node < 0:
                break
            coin, word, _, _ = draw(law.seed, numbers[walk], position, law.sample_stream)
            if coin > law.keep[node]:
                continue
            reach = 1 + bounded(word, law.window)
            tokens.slots[num_tokens], num_slots = place_node(node, tile, rows, num_slots)
            tokens.firsts[num_tokens] = max(begin, num_tokens - reach)
            tokens.ends[num_tokens] = num_tokens + reach + 1
            num_tokens += 1
        for token in range(begin, num_tokens):
            tokens.ends[token] = min(tokens.ends[token], num_tokens)
    return num_tokens, num_slots


@njit(inline="always")
def _place_block(tokens, num_tokens, place, positives, block):
    """Set the lanes to the centres from `place` on and the first columns to their contexts; return how many.

    Lanes beyond the last centre repeat it and have no weight. `positives` float32 [1, 16], **written**: the
    number of each centre's positives.
    """
    last, num_positive = min(place + LANES, num_tokens) - 1, 0
    store(positives, 0, 0, splat(np.float32(0)))
    for lane in range(LANES):
        token = min(place + lane, last)
        block.lane_slots[lane] = tokens.slots[token]
        if place + lane <= last:
            for context in range(tokens.firsts[token], tokens.ends[token]):
                if context != token:
                    slot = tokens.slots[context]
                    column = tokens.columns[slot]
                    if column == FREE:
                        column = num_positive
                        tokens.columns[slot] = column
                        block.column_slots[column] = slot
                        store(block.weight, column, 0, splat(np.float32(0)))
                        num_positive += 1
                    block.weight[column, lane] += 1
            positives[0, lane] = tokens.ends[token] - tokens.firsts[token] - 1
    for column in range(num_positive):
        tokens.columns[block.column_slots[column]] = FREE
    return num_positive
