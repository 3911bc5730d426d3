"""Rounds of a layout, point by point in float64, from Tang et al. 2016 and the law stated in the docs."""

import math

import numpy as np

from support.reference.philox import draw

MOST, SOFTENING = 5.0, 0.1


def probability(shape, a, x):
    """f(x)."""
    return 1 / (1 + a * x**2) if shape == "student" else 1 / (1 + math.exp(a * x**2))


def pull(shape, a, apart):
    """The gradient of log f(|apart|) for the first of the two points."""
    square = apart @ apart
    factor = -2 * a / (1 + a * square) if shape == "student" else -2 * a / (1 + math.exp(-a * square))
    return np.clip(factor * apart, -MOST, MOST)


def push(shape, a, gamma, apart):
    """The gradient of gamma * log(1 - f(|apart|)), softened at 0 for "student" as in the authors' code."""
    square = apart @ apart
    if shape == "student":
        factor = 2 * gamma / ((SOFTENING + square) * (1 + a * square))
    else:
        factor = 2 * gamma * a / (1 + math.exp(a * square))
    return np.clip(factor * apart, -MOST, MOST)


def shares(strength):
    """Strengths in units of two mean ones, points without arcs left out of the mean."""
    return strength / (2 * strength[strength > 0].mean())


def expected_step(weights, positions, noise, objective):
    """The mean step of a round at rate 1, weights being a dense matrix; for points of one draw."""
    shape, a, gamma = objective.shape, objective.a, objective.gamma
    share = shares(weights.sum(axis=1))
    steps = np.zeros_like(positions)
    for i in range(len(positions)):
        for j in range(len(positions)):
            apart = positions[i] - positions[j]
            drawn = weights[i, j] / weights[i].sum()
            steps[i] += share[i] * drawn * pull(shape, a, apart)
            steps[i] += share[i] * objective.num_negatives * noise[j] * push(shape, a, gamma, apart)
    return steps


def run(graph, tables, positions, rates, objective, seed, streams):
    """Positions after a round for each rate; `tables` are the alias tables of the arcs and of the noise."""
    arc_table, noise_table = tables
    shape, a, gamma, num_negatives = (
        getattr(objective, name) for name in ("shape", "a", "gamma", "num_negatives")
    )
    share = shares(graph.strength if graph.is_weighted else graph.degree.astype(float)).astype(np.float32)
    order = sorted(range(len(share)), key=lambda node: -math.ceil(share[node]))
    pairs = -(-num_negatives // 2)
    positions = positions.astype(np.float64)

    for turn, rate in enumerate(rates):
        before = positions.copy()
        for place, node in enumerate(order):
            first, degree = int(graph.indptr[node]), int(graph.degree[node])
            draws = math.ceil(share[node])
            for number in range(draws):
                slot, coin, _, _ = draw(seed, place + (number << 32), turn, streams[0])
                other = graph.indices[first + _picked(arc_table, first, degree, slot, coin)]
                step = pull(shape, a, positions[node] - before[other])
                words = [
                    draw(seed, place // 16 + ((number * pairs + pair) << 32), turn, streams[1])
                    for pair in range(pairs)
                ]
                words = [word for four in words for word in (four[:2], four[2:])][:num_negatives]
                for slot, coin in words:
                    negative = order[_picked(noise_table, 0, len(order), slot, coin)]
                    step = step + push(shape, a, gamma, positions[node] - before[negative])
                positions[node] = positions[node] + rate * share[node] / draws * step
    return positions


def place(fixed, rows, tables, first, rates, objective, seed, streams):
    """Where one new point ends among fixed ones; `tables` are those of its arcs and of the noise."""
    arc_table, noise_table = tables
    shape, a, gamma = objective.shape, objective.a, objective.gamma
    fixed, here = fixed.astype(np.float64), first.astype(np.float64)
    for turn, rate in enumerate(rates):
        slot, coin, _, _ = draw(seed, 0, turn, streams[0])
        step = pull(shape, a, here - fixed[rows[_picked(arc_table, 0, len(rows), slot, coin)]])
        words = [draw(seed, pair << 32, turn, streams[1]) for pair in range(-(-objective.num_negatives // 2))]
        words = [word for four in words for word in (four[:2], four[2:])][: objective.num_negatives]
        for slot, coin in words:
            negative = _picked(noise_table, 0, len(fixed), slot, coin)
            step = step + push(shape, a, gamma, here - fixed[negative])
        here = here + rate / 2 * step
    return here


def _picked(table, first, size, slot, coin):
    """A place among `size` cells of an alias table."""
    place = (slot * size) >> 32
    return place if coin < table[first + place, 0] else int(table[first + place, 1])
