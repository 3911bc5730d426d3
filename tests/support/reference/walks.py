"""Random walks in plain Python, from their definitions; probabilities, not speed."""

import math

from support.reference.philox import draw

WALK, START, HALT = 8, 9, 10


def alpha(weights, t, v, x, p, q, noise=None):
    """node2vec's factor of a step t -> v -> x; with `noise`, thresholds by node, node2vec+'s.

    `weights` is a matrix, 0 where there is no arc.
    """
    if x == t:
        return 1 / p
    if noise is None:
        return 1 if weights[x][t] > 0 else 1 / q
    if weights[t][x] >= noise[x]:
        return 1
    if weights[v][x] < noise[v]:
        return min(1, 1 / q)
    return 1 / q + (1 - 1 / q) * weights[t][x] / noise[x]


def noise_of(weights, gamma):
    """max(0, mean + gamma * standard deviation) of the weights of each node's arcs."""
    noise = []
    for row in weights:
        arcs = [weight for weight in row if weight > 0]
        mean = sum(arcs) / max(len(arcs), 1)
        variance = sum((weight - mean) ** 2 for weight in arcs) / max(len(arcs), 1)
        noise.append(max(0, mean + gamma * math.sqrt(variance)))
    return noise


def law(weights, t, v, p, q, noise=None):
    """Probability of each x behind t -> v, or, if t is None, at the start of a walk; None in a dead end."""
    mass = [
        w and w * (1 if t is None else alpha(weights, t, v, x, p, q, noise)) for x, w in enumerate(weights[v])
    ]
    total = sum(mass)
    if not total and t is not None and weights[v][t]:
        # p is infinite, and t the only neighbour: straight back all the same.
        return [float(x == t) for x in range(len(mass))]
    return [m / total for m in mass] if total else None


def uniform_walk(neighbors, start, number, length, seed, stop=0.0, restart=0.0):
    """The walk of a number, -1 behind its end: step s takes word s % 4 of draw s // 4.

    Stops and restarts take two words of a draw for two steps, in this order.
    """
    walk = [start]
    for step in range(length - 1):
        halt = draw(seed, number, step // 2, HALT)[2 * (step % 2) :]
        if halt[0] < round(stop * 2**32):
            break
        if halt[1] < round(restart * 2**32):
            walk.append(start)
            continue
        row = neighbors[walk[-1]]
        if not row:
            break
        walk.append(row[draw(seed, number, step // 4, WALK)[step % 4] * len(row) >> 32])
    return walk + [-1] * (length - len(walk))


def weighted_walk(neighbors, table, start, number, length, seed):
    """The walk of a number on alias tables, by node: step s takes words 2 (s % 2) and on of draw s // 2."""
    walk = [start]
    for step in range(length - 1):
        row = neighbors[walk[-1]]
        if not row:
            break
        word, coin = draw(seed, number, step // 2, WALK)[2 * (step % 2) :][:2]
        slot = word * len(row) >> 32
        threshold, other = table[walk[-1]][slot]
        walk.append(row[slot if coin < threshold else other])
    return walk + [-1] * (length - len(walk))
