"""Skip-gram with negative sampling in plain float64, from Mikolov et al. 2013 and the rules stated beside it.

A tile is a list of blocks, each at most sixteen centres with what they see; all that is random is drawn
before any training. `law` is a dict of seed, window, num_negatives, num_shared, keep (words up to which a
node is kept), and noise (an alias table).
"""

from typing import NamedTuple

import numpy as np

from support.reference.philox import draw

SAMPLE, NOISE = 11, 12
CENTERS, GROUP, FEWEST_COLUMNS = 16, 8, 48
LONGEST = 2.0


class Block(NamedTuple):
    """Nodes of centres and columns; weights [columns, centres]."""

    centers: list
    columns: list
    positive: np.ndarray
    negative: np.ndarray


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def log_sigmoid(z):
    return -np.logaddexp(0, -z)


def pick(table, slot, coin):
    """The entry of an alias table: the slot itself, or the other."""
    threshold, other = (int(word) for word in table[slot])
    return slot if coin < threshold else other


def negatives_of(item, count, law):
    """The first `count` negatives of the tile whose first sample has this number."""
    words = [draw(law["seed"], item, k, NOISE) for k in range(count)]
    return [pick(law["noise"], word * len(law["noise"]) >> 32, coin) for word, coin, *_ in words]


def tokens_of(walk, number, law):
    """The nodes of a walk that sub-sampling keeps, and how far each one's window reaches."""
    kept = []
    for position, node in enumerate(walk):
        if node < 0:
            break
        coin, word, *_ = draw(law["seed"], number, position, SAMPLE)
        if coin <= law["keep"][node]:
            kept.append((node, 1 + (word * law["window"] >> 32)))
    return kept


def walk_tiles(walks, numbers, walks_per_tile, law):
    """The blocks of each tile of walks."""
    parts = [slice(first, first + walks_per_tile) for first in range(0, len(walks), walks_per_tile)]
    return [walk_tile(walks[part], numbers[part], law) for part in parts]


def walk_tile(walks, numbers, law):
    """The blocks of a tile of walks: a window counts kept nodes, and ends where its walk does.

    A node that is seen several times is one column; negatives fill the last group of columns behind these,
    and at least `FEWEST_COLUMNS`. Each block numbers its own as if it had as many as it could need.
    """
    nodes, seen = [], []
    for walk, number in zip(np.asarray(walks).tolist(), np.asarray(numbers).tolist()):
        begin, kept = len(nodes), tokens_of(walk, number, law)
        for place, (node, reach) in enumerate(kept):
            nodes.append(node)
            seen.append([begin + k for k in range(len(kept)) if 0 < abs(k - place) <= reach])
    blocks, most = [], max(FEWEST_COLUMNS, law["num_shared"] + GROUP - 1)
    for first in range(0, len(nodes), CENTERS):
        lanes = range(first, min(first + CENTERS, len(nodes)))
        columns = sorted({nodes[token] for lane in lanes for token in seen[lane]})
        met = [[nodes[token] for token in seen[lane]] for lane in lanes]
        positive = np.array([[float(here.count(column)) for here in met] for column in columns])
        count = max(FEWEST_COLUMNS, grouped(len(columns) + law["num_shared"])) - len(columns)
        drawn = first // CENTERS * most
        negatives = negatives_of(int(numbers[0]), drawn + count, law)[drawn:]
        positive = positive.reshape(len(columns), len(lanes))
        blocks.append(with_negatives([nodes[k] for k in lanes], columns, positive, negatives, law))
    return blocks


def grouped(columns):
    """The next multiple of `GROUP`."""
    return -(-columns // GROUP) * GROUP


def arc_tile(first, count, sources, targets, table, law):
    """The blocks of a tile of arcs, samples number `first` and on; an empty table: all arcs weigh alike."""
    samples = []
    for k in range(first, first + count):
        high, low, coin, _ = draw(law["seed"], k, 0, SAMPLE)
        arc = (high << 32 | low) * len(sources) >> 64
        arc = pick(table, arc, coin) if len(table) else arc
        samples.append((int(sources[arc]), int(targets[arc])))
    return pair_tile(first, samples, law)


def pair_tile(first, samples, law):
    """The blocks of a tile of samples (source, target), of which the first is number `first`."""
    blocks = []
    for begin in range(0, len(samples), CENTERS):
        here = samples[begin : begin + CENTERS]
        heads, tails = [source for source, _ in here], [target for _, target in here]
        negatives = negatives_of(int(first), grouped(law["num_shared"]), law)
        blocks.append(with_negatives(heads, tails, np.eye(len(here)), negatives, law))
    return blocks


def with_negatives(centers, columns, positive, negatives, law):
    """A block; the negatives share the weight that the positives of a centre ask for."""
    share = law["num_negatives"] / len(negatives) * positive.sum(axis=0)
    negative = np.vstack([np.zeros_like(positive), np.tile(share, (len(negatives), 1))])
    positive = np.vstack([positive, np.zeros((len(negatives), len(centers)))])
    return Block(centers, columns + negatives, positive, negative)


def objective(block, centers, contexts):
    """sum positive * log s(v.x) + negative * log s(-v.x), vectors by node."""
    z = contexts[block.columns] @ centers[block.centers].T
    return (block.positive * log_sigmoid(z) + block.negative * log_sigmoid(-z)).sum()


def train_tile(blocks, centers, contexts, rate, frozen=()):
    """Train copies of both tables on a tile; return what they have changed, positives, and loss."""
    v, x = centers.copy(), contexts.copy()
    pairs = loss = 0.0
    for block in blocks:
        heads, columns = v[block.centers], x[block.columns]
        z = columns @ heads.T
        pairs, loss = pairs + block.positive.sum(), loss - objective(block, v, x)
        gradient = rate * (block.positive * sigmoid(-z) - block.negative * sigmoid(z))
        gradient *= damping(block, heads, columns, rate)
        for table, nodes, changes in (
            (v, block.centers, gradient.T @ columns),
            (x, block.columns, gradient @ heads),
        ):
            for node, change in zip(nodes, changes):
                if node not in frozen:
                    table[node] += change
    return v - centers, x - contexts, pairs, loss


def damping(block, heads, columns, rate):
    """What is left of each sample, [columns, centres]: the smaller factor of its two nodes.

    A node's is 1 up to a curvature of `LONGEST`, to which all lanes or columns where it stands add.
    """
    weight = rate / 4 * (block.positive + block.negative)
    along_v = weight.T @ (columns**2).sum(axis=1)
    along_x = weight @ (heads**2).sum(axis=1)
    return np.minimum(
        factors_of(block.columns, along_x)[:, None], factors_of(block.centers, along_v)[None, :]
    )


def factors_of(nodes, curvatures):
    """The factor of the node in each place."""
    total = dict.fromkeys(nodes, 0.0)
    for node, curvature in zip(nodes, curvatures):
        total[node] += curvature
    return np.array([LONGEST / max(LONGEST, total[node]) for node in nodes])


def train(tiles, centers, contexts, rates, tiles_per_round, frozen=()):
    """Train both tables, in place (one array twice: one table); return positives and loss of each tile.

    The tiles of a round start from the same tables.
    """
    stats = []
    for number, rate in enumerate(rates):
        before = centers.copy(), contexts.copy()
        for blocks in tiles[number * tiles_per_round : (number + 1) * tiles_per_round]:
            change_v, change_x, *tile_stats = train_tile(blocks, *before, rate, frozen)
            centers += change_v
            contexts += change_x
            stats.append(tile_stats)
    return np.array(stats).reshape(-1, 2)
