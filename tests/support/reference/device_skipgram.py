"""What the device trains, in plain float64: tiles of one step, and pairs with negatives of their own.

The interpreter runs programs one after another, so the order of steps is known: all samples of a program in
turn, program after program. `law` is as of `support.reference.skipgram`, with `drawn`, a pair's negatives.
"""

import numpy as np

from support.reference.philox import draw
from support.reference.skipgram import (
    NOISE,
    SAMPLE,
    Block,
    log_sigmoid,
    negatives_of,
    pick,
    sigmoid,
    tokens_of,
    train_tile,
)


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
        yield Block([nodes[i] for i in centers], nodes + drawn, positives, negatives, positives + negatives)


def train_tiles(tiles, rates, centers, contexts, center_factors=1.0, context_factors=1.0):
    """Train both tables, in place, tile after tile; return positives and loss of all.

    Factors are one number, or one for each row.
    """
    of_centers, of_contexts = (np.asarray(f)[..., None] for f in (center_factors, context_factors))
    total = np.zeros(2)
    for block, rate in zip(tiles, rates, strict=True):
        change_v, change_x, *stats = train_tile([block], centers, contexts, rate)
        centers += of_centers * change_v
        contexts += of_contexts * change_x
        total += stats
    return total


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


def change_of_pair(v, context, negatives, rate, law, contexts):
    """The gradient of a centre's vector, the changes of contexts by node, and the loss."""
    weight = law["num_negatives"] / law["drawn"]
    gradient, changes, loss = np.zeros_like(v), [], 0.0
    for node, sign, share in [(context, 1, 1.0)] + [(node, -1, weight) for node in negatives]:
        score = sign * (v @ contexts[node])
        loss -= share * log_sigmoid(score)
        gain = sign * rate * share * sigmoid(-score)
        gradient += gain * contexts[node]
        changes.append((node, gain * v))
    return gradient, changes, loss


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
    # What may shorten a step are the negatives alone.
    return Block([*heads], columns, positives, negatives, negatives)


def train_arcs(first, count, ends, table, rates, programs, block, law, centers, contexts, factors):
    """Train both tables (one array twice: one table), in place; return the sum of the losses."""
    samples = [arc_of(first + k, ends, table, law) for k in range(count)]
    return train_samples(first, samples, rates, programs, block, law, centers, contexts, factors, factors)


def train_samples(
    first, samples, rates, programs, block, law, centers, contexts, center_factors, context_factors
):
    """The same on samples (source, target), the first of which has this number."""
    loss = 0.0
    for program in range(programs):
        for begin in range(program * block, len(samples), programs * block):
            steps = []
            for k in range(begin, min(begin + block, len(samples))):
                source, target = samples[k]
                drawn = negatives_of_pair(first + k, 0, law)
                gradient, changes, part = change_of_pair(
                    centers[source], target, drawn, rates[k], law, contexts
                )
                steps.append((source, gradient, changes))
                loss += part
            for source, gradient, changes in steps:
                for node, change in changes:
                    contexts[node] += context_factors[node] * change
                centers[source] += center_factors[source] * gradient
    return loss


def train_pairs(walks, numbers, rates, programs, block, law, centers, contexts, factors):
    """The same on the pairs of walks; a centre's own step comes when it has met all its contexts."""
    length, window, pairs = walks.shape[1], law["window"], 0
    tokens = [tokens_of(walk, number, law) for walk, number in zip(walks.tolist(), numbers.tolist())]
    for program in range(programs):
        for begin in range(program * block, len(walks) * length, programs * block):
            units = [divmod(unit, length) for unit in range(begin, min(begin + block, len(walks) * length))]
            units = [(walk, place) for walk, place in units if place < len(tokens[walk])]
            vectors = [centers[tokens[walk][place][0]].copy() for walk, place in units]
            moved = [np.zeros_like(vector) for vector in vectors]
            for slot in range(2 * window):
                offset = (slot // 2 + 1) * (1 if slot % 2 else -1)
                steps = []
                for lane, (walk, place) in enumerate(units):
                    other = place + offset
                    if abs(offset) > tokens[walk][place][1] or not 0 <= other < len(tokens[walk]):
                        continue
                    step = (place * 2 * window + slot) * -(-law["drawn"] // 2)
                    drawn = negatives_of_pair(int(numbers[walk]), step, law)
                    gradient, changes, _ = change_of_pair(
                        vectors[lane], tokens[walk][other][0], drawn, rates[walk], law, contexts
                    )
                    moved[lane] += gradient
                    steps += changes
                    pairs += 1
                for node, change in steps:
                    contexts[node] += factors[node] * change
            for lane, (walk, place) in enumerate(units):
                node = tokens[walk][place][0]
                centers[node] += factors[node] * moved[lane]
    return pairs
