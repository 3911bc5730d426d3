"""What the device trains, in plain float64: tiles of one step, and pairs with negatives of their own.

The interpreter runs programs one after another, so the order of steps is known: all samples of a program in
turn, program after program. `law` is as of `support.reference.skipgram`, with `drawn`, a pair's negatives.
"""

from typing import NamedTuple

import numpy as np

from support.reference.philox import draw
from support.reference.skipgram import (
    NOISE,
    SAMPLE,
    log_sigmoid,
    negatives_of,
    pick,
    sigmoid,
    tokens_of,
)

LONGEST = 2.0


class Tile(NamedTuple):
    """Nodes of centres and columns; weights [columns, centres]."""

    centers: list
    columns: list
    positive: np.ndarray
    negative: np.ndarray


class Rule(NamedTuple):
    """What contention leaves of the samples of each row of either table, and which rows move."""

    center_factors: object = 1.0
    context_factors: object = 1.0
    center_moving: object = True
    context_moving: object = True


NO_RULE = Rule()


def pieces_of(walk, number, num_centers, num_shared, law):
    """A walk's tiles: pieces of `num_centers` tokens, all they see, and the negatives they share."""
    tokens = tokens_of(walk, number, law)
    nodes = [node for node, _ in tokens]
    for piece, first in enumerate(range(0, len(tokens), num_centers)):
        centers = range(first, min(first + num_centers, len(tokens)))
        positive = np.array(
            [[0 < abs(i - j) <= tokens[i][1] for i in centers] for j in range(len(tokens))], float
        )
        drawn = negatives_of(number, (piece + 1) * num_shared, law)[piece * num_shared :]
        share = law["num_negatives"] / num_shared * positive.sum(axis=0)
        positives = np.vstack([positive, np.zeros((num_shared, len(centers)))])
        negatives = np.vstack([np.zeros_like(positive), np.tile(share, (num_shared, 1))])
        yield Tile([nodes[i] for i in centers], nodes + drawn, positives, negatives)


def train_tiles(tiles, rates, centers, contexts, rule=NO_RULE):
    """Train both tables, in place, tile after tile; return positives and loss of all."""
    total = np.zeros(2)
    for tile, rate in zip(tiles, rates, strict=True):
        total += take_step(tile, rate, centers, contexts, rule)
    return total


def take_step(tile, rate, centers, contexts, rule=NO_RULE):
    """Move both tables by the damped gradient of a tile; return its positives and loss."""
    v, x = centers[tile.centers], contexts[tile.columns]
    z = x @ v.T
    left, loss = what_is_left(tile, rate, centers, contexts, rule), loss_of(tile, centers, contexts)
    gradient = rate * left * (tile.positive * sigmoid(-z) - tile.negative * sigmoid(z))
    # Two rows of one node, or of one table, both move it.
    np.add.at(centers, tile.centers, gradient.T @ x * per_row(rule.center_moving, centers)[tile.centers])
    np.add.at(contexts, tile.columns, gradient @ v * per_row(rule.context_moving, contexts)[tile.columns])
    return tile.positive.sum(), loss


def loss_of(tile, centers, contexts):
    """-sum positive * log s(v.x) + negative * log s(-v.x)."""
    z = contexts[tile.columns] @ centers[tile.centers].T
    return -(tile.positive * log_sigmoid(z) + tile.negative * log_sigmoid(-z)).sum()


def what_is_left(tile, rate, centers, contexts, rule):
    """The share of each column and centre's sample that both their nodes allow, [columns, centres]."""
    of_centers, of_contexts = np.zeros(len(centers)), np.zeros(len(contexts))
    for i, node in enumerate(tile.centers):
        for c, other in enumerate(tile.columns):
            weight = tile.positive[c, i] + tile.negative[c, i]
            of_centers[node] += rate / 4 * weight * contexts[other] @ contexts[other]
            of_contexts[other] += rate / 4 * weight * centers[node] @ centers[node]
    of_centers = np.minimum(LONGEST / np.maximum(LONGEST, of_centers), rule.center_factors)
    of_contexts = np.minimum(LONGEST / np.maximum(LONGEST, of_contexts), rule.context_factors)
    return np.minimum(of_contexts[tile.columns][:, None], of_centers[tile.centers][None, :])


def per_row(value, table):
    """The value of each row, [rows, 1]."""
    return np.broadcast_to(value, len(table))[:, None]


def negatives_of_pair(item, step, law):
    """Two a draw."""
    drawn = []
    for pair in range(-(-law["drawn"] // 2)):
        words = draw(law["seed"], item, step + pair, NOISE)
        for slot, coin in (words[:2], words[2:]):
            drawn.append(pick(law["noise"], slot * len(law["noise"]) >> 32, coin))
    return drawn[: law["drawn"]]


def arc_of(sample, ends, table, law):
    """Source and target of a sample's arc."""
    high, low, coin, _ = draw(law["seed"], sample, 0, SAMPLE)
    arc = (high << 32 | low) * len(ends) >> 64
    return ends[pick(table, arc, coin) if len(table) else arc]


def pair_tile(center, context, negatives, law):
    """One positive and negatives of its own."""
    drawn, count = [context, *negatives], len(negatives)
    positive = np.array([1.0] + [0.0] * count)[:, None]
    return Tile([center], drawn, positive, (1 - positive) * law["num_negatives"] / law["drawn"])


def arc_tile(first, count, ends, table, num_shared, law):
    """The samples from `first` on and the negatives they share."""
    return sample_tile(first, [arc_of(first + k, ends, table, law) for k in range(count)], num_shared, law)


def sample_tile(first, samples, num_shared, law):
    """Samples (source, target), the first of which has this number, and the negatives they share."""
    heads, tails = zip(*samples)
    count, share = len(samples), np.full((num_shared, len(samples)), law["num_negatives"] / num_shared)
    positives = np.vstack([np.eye(count), np.zeros_like(share)])
    negatives = np.vstack([np.zeros((count, count)), share])
    columns = [*tails, *negatives_of(first, num_shared, law)]
    return Tile([*heads], columns, positives, negatives)


def train_arcs(first, count, ends, table, rates, programs, block, law, centers, contexts, rule):
    """Train both tables (one array twice: one table), in place; return the sum of the losses."""
    samples = [arc_of(first + k, ends, table, law) for k in range(count)]
    return train_samples(first, samples, rates, programs, block, law, centers, contexts, rule)


def train_samples(first, samples, rates, programs, block, law, centers, contexts, rule):
    """The same on samples (source, target), the first of which has this number."""
    loss = 0.0
    for program in range(programs):
        for begin in range(program * block, len(samples), programs * block):
            lanes = range(begin, min(begin + block, len(samples)))
            before, old = centers.copy(), contexts.copy()
            changes = []
            for k in lanes:
                tile = pair_tile(*samples[k], negatives_of_pair(first + k, 0, law), law)
                v, x = before.copy(), old.copy()
                loss += take_step(tile, rates[k], v, x, rule)[1]
                changes.append((v - before, x - old))
            for change_v, change_x in changes:
                centers += change_v
                contexts += change_x
    return loss


def train_pairs(walks, numbers, rates, programs, block, law, centers, contexts, rule):
    """The same on the pairs of walks; a centre moves with each, and leaves its steps when it has met all."""
    length, window, pairs = walks.shape[1], law["window"], 0
    tokens = [tokens_of(walk, number, law) for walk, number in zip(walks.tolist(), numbers.tolist())]
    for program in range(programs):
        for begin in range(program * block, len(walks) * length, programs * block):
            units = [divmod(unit, length) for unit in range(begin, min(begin + block, len(walks) * length))]
            units = [(walk, place) for walk, place in units if place < len(tokens[walk])]
            # A table of its own for each centre.
            mine = [centers.copy() for _ in units]
            for slot in range(2 * window):
                offset = (slot // 2 + 1) * (1 if slot % 2 else -1)
                old, changes = contexts.copy(), []
                for (walk, place), own in zip(units, mine, strict=True):
                    other = place + offset
                    if abs(offset) > tokens[walk][place][1] or not 0 <= other < len(tokens[walk]):
                        continue
                    step = (place * 2 * window + slot) * -(-law["drawn"] // 2)
                    drawn = negatives_of_pair(int(numbers[walk]), step, law)
                    tile = pair_tile(tokens[walk][place][0], tokens[walk][other][0], drawn, law)
                    x = old.copy()
                    take_step(tile, rates[walk], own, x, rule)
                    changes.append(x - old)
                    pairs += 1
                for change in changes:
                    contexts += change
            before = centers.copy()
            for own in mine:
                centers += own - before
    return pairs
