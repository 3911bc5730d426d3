"""Skip-gram with negative sampling on walks.

A strip is some walks, together about as long as one of the usual ones, and a tile sixteen of its centres: one
block. Its columns are the nodes that those sixteen see, each once, and negatives of their own: negatives that
more and like centres share push all of these one way. Where walks come back to a few nodes, negatives fill
what those leave of `FEWEST_COLUMNS`: the more there are, the less each draw of them matters. A round takes
one tile of each of some strips, the next round the next ones: tiles are so small that all copies of a round
stay in a core's second cache, and what one tile of a strip has learned the next one knows. See
`skipgram_tile` and `skipgram_block`.

Randomness: position p of walk number w draws by (w, p) whether the node is kept (sub-sampling) and how far
its window reaches, and negative k of a strip, over all its tiles, by (number of its first walk, k).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from graphkit.kernels.cpu.local_rows import FREE, clear, gather
from graphkit.kernels.cpu.philox import bounded, draw_range
from graphkit.kernels.cpu.prefetch import prefetch_row
from graphkit.kernels.cpu.simd import (
    LANES,
    add,
    load,
    maximum,
    minimum,
    multiply,
    splat,
    store,
    subtract,
    total,
)
from graphkit.kernels.cpu.skipgram_block import GROUP, score, step
from graphkit.kernels.cpu.skipgram_tile import (
    LOSS_EVERY,
    add_part,
    aligned_rows,
    block_loss,
    columns_of,
    draw_negatives,
    forget_slots,
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


class Strips(NamedTuple):
    """The kept nodes of the strips of a round.

    `nodes` int32 [strips, tokens]; a centre sees the tokens from `firsts` to before `ends`, int32 likewise;
    `counts` int32 [strips], how many tokens there are.
    """

    nodes: np.ndarray
    firsts: np.ndarray
    ends: np.ndarray
    counts: np.ndarray


class Lanes(NamedTuple):
    """A thread's own: the column of each slot, int32, `FREE` if none; float32 [3, 16], of each lane the first
    token that it sees, the end, and its own.
    """

    columns: np.ndarray
    windows: np.ndarray


@njit(nogil=True, cache=True)
def train_walks(
    counters, walks, numbers, walks_per_strip, rates, num_parts, law, strips, tables, round_, stats
):
    """Train on walks, tile after tile; called by each thread with the same arguments.

    `counters` int64, see `tickets`; `walks` int32 [num_walks, walk_length], -1 after a dead end; `numbers`
    int64 [num_walks]; `rates` float32, one for all tiles of as many strips as a round has tiles; `num_parts`
    a power of two, into which the rows are split when differences are added; `strips`, `tables` **written**;
    `stats` float64 [num_strips, 2], zeros, **written**: the positives of each strip, and their loss with
    their negatives in one strip of `LOSS_EVERY`.
    """
    tiles_per_round, num_slots = round_.context_rows.shape
    tasks, num_tokens = tiles_per_round + num_parts, strips.nodes.shape[1]
    tiles_per_strip = -(-num_tokens // LANES)
    tile = new_tile(round_, most_negatives(law.num_shared), walks.shape[1])
    most_columns = _columns_of(min(LANES + 2 * law.window, num_tokens), law)
    width = round_.centers.shape[2]
    block = new_block(num_slots, most_columns, width)
    centers, contexts = aligned_rows(LANES, width), aligned_rows(num_slots, width)
    lanes = Lanes(np.full(num_slots, FREE, np.int32), np.empty((3, LANES), np.float32))
    while True:
        ticket = take(counters)
        number, task = ticket // tasks, ticket % tasks
        group, place = number // tiles_per_strip, number % tiles_per_strip * LANES
        if group >= len(rates):
            return
        if task < tiles_per_round:
            wait_for(counters, number * tasks)
            strip = group * tiles_per_round + task
            first = strip * walks_per_strip
            end = min(first + walks_per_strip, len(walks))
            round_.counts[task] = 0
            if place == 0:
                _read_strip(walks, numbers, first, end, law, strips, task, tile.words)
            if place < strips.counts[task]:
                block = with_vectors(block, centers, contexts, round_.centers[task], round_.contexts[task])
                pairs, loss = _train_tile(
                    numbers[first],
                    place,
                    task,
                    rates[group],
                    law,
                    strips,
                    tables,
                    round_,
                    tile,
                    lanes,
                    block,
                    strip % LOSS_EVERY == 0,
                )
                stats[strip, 0] += pairs
                stats[strip, 1] += loss
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
def _train_tile(item, place, task, rate, law, strips, tables, round_, tile, lanes, block, has_loss):
    """Train on the centres from token `place` on and leave their steps; return positives and loss."""
    rows, most = round_.context_rows[task], most_negatives(law.num_shared)
    always, drawn = law.num_shared, place // LANES * most
    draw_negatives(item, drawn, law, tables.contexts, tile.words, tile.negatives[:always])
    num_centers, known, num_positive = _place_block(
        strips.nodes[task],
        strips.firsts[task],
        strips.ends[task],
        strips.counts[task],
        place,
        tables,
        rows,
        tile,
        lanes,
        block,
    )
    num_columns = _columns_of(num_positive, law)
    negatives = block.column_slots[num_positive:num_columns]
    more = tile.negatives[always : len(negatives)]
    draw_negatives(item, drawn + always, law, tables.contexts, tile.words, more)
    num_slots = place_negatives(tile.negatives, negatives, tile, rows, known)
    # One by one: to assign a slice to a slice compiles for seconds, its message about shapes included.
    for center in range(num_centers):
        round_.center_rows[task, center] = rows[center]
    gather(tables.centers, rows, 0, num_centers, block.centers)
    gather(tables.contexts, rows, 0, num_slots, block.contexts)
    weigh_negatives(num_positive, num_columns, law, tile, block)
    set_targets(tables.frozen, round_, task, block, num_columns)
    score(block, num_columns)
    loss = block_loss(block, num_positive, num_columns) if has_loss else 0.0
    clear(block.center_steps, num_centers)
    clear(block.context_steps, num_slots)
    step(block, num_positive, num_columns, rate)
    round_.counts[task, 0], round_.counts[task, 1] = num_centers, num_slots
    return np.float64(total(load(tile.positives, 0, 0))), loss


@njit(inline="always")
def _read_strip(walks, numbers, first, end, law, strips, task, words):
    """Keep or drop each node and draw reaches; `strips` and `words` **written**."""
    nodes, firsts, ends, num_tokens = strips.nodes[task], strips.firsts[task], strips.ends[task], 0
    for walk in range(first, end):
        begin = num_tokens
        draw_range(law.seed, numbers[walk], 0, walks.shape[1], law.sample_stream, words)
        for position in range(walks.shape[1]):
            node = walks[walk, position]
            if node < 0:
                break
            if words[0, position] > law.keep[node]:
                continue
            reach = 1 + bounded(words[1, position], law.window)
            nodes[num_tokens] = node
            firsts[num_tokens] = max(begin, num_tokens - reach)
            ends[num_tokens] = num_tokens + reach + 1
            num_tokens += 1
        for token in range(begin, num_tokens):
            ends[token] = min(ends[token], num_tokens)
    strips.counts[task] = num_tokens


@njit(inline="always")
def _place_block(nodes, firsts, ends, num_tokens, place, tables, rows, tile, lanes, block):
    """Set the lanes to the centres from `place` on and the first columns to what they see; ask for the rows.

    Return how many slots the centres have and how many all, and how many columns. Lanes beyond the last
    centre repeat it and have no weight. `rows`, `tile`, `lanes` and `block` are **written**.
    """
    last, windows = min(place + LANES, num_tokens) - 1, lanes.windows
    begin, end, num_slots = firsts[last], ends[last], 0
    forget_slots(tile)
    for lane in range(LANES):
        token = min(place + lane, last)
        block.lane_slots[lane], num_slots = place_node(nodes[token], tile, rows, num_slots)
        prefetch_row(tables.centers, nodes[token])
        windows[0, lane] = firsts[token]
        windows[1, lane] = ends[token] if place + lane <= last else firsts[token]
        windows[2, lane] = place + lane
        begin, end = min(begin, firsts[token]), max(end, ends[token])
    num_centers = num_slots
    one, zero = splat(np.float32(1)), splat(np.float32(0))
    from_, to, own = load(windows, 0, 0), load(windows, 1, 0), load(windows, 2, 0)
    store(tile.positives, 0, 0, maximum(subtract(subtract(to, from_), one), zero))
    before, num_positive = subtract(from_, one), 0
    for token in range(begin, end):
        # 1 in the lanes whose windows the token is in: first <= token < end, and it is not the centre.
        at = splat(np.float32(token))
        inside = minimum(minimum(subtract(at, before), subtract(to, at)), one)
        away = subtract(at, own)
        inside = maximum(zero, minimum(inside, multiply(away, away)))
        if place <= token <= last:
            if total(inside) == 0:
                continue
            slot = block.lane_slots[token - place]
        else:
            slot, num_slots = place_node(nodes[token], tile, rows, num_slots)
        prefetch_row(tables.contexts, nodes[token])
        column = lanes.columns[slot]
        if column == FREE:
            lanes.columns[slot], block.column_slots[num_positive] = num_positive, slot
            store(block.weight, num_positive, 0, inside)
            num_positive += 1
        else:
            store(block.weight, column, 0, add(load(block.weight, column, 0), inside))
    for column in range(num_positive):
        lanes.columns[block.column_slots[column]] = FREE
    return num_centers, num_slots, num_positive
