"""A grid of blocks on a device, in plain float64: blocks in a snake's order, each with its own damping."""

import numpy as np

from support.reference.device_skipgram import sample_tile, train_samples, train_tiles

MOST_WEIGHT = 8.0
TILE, SHARED = 64, 32


def snake(num_parts, number):
    """The blocks of an episode: rows of the grid to and fro, and every second episode all of it back."""
    blocks = []
    for i in range(num_parts):
        row = [(i, j) for j in range(num_parts)]
        blocks += row[::-1] if i % 2 else row
    return blocks[::-1] if number % 2 else blocks


def in_order(pairs, stride):
    """Pairs as they are trained."""
    return [pairs[k * stride % len(pairs)] for k in range(len(pairs))]


def factors_of(samples, num_rows, noise, num_negatives, scale, *, one):
    """What is left of the samples of centres and contexts; `scale` is the rate times samples under way."""
    sources, targets = np.array(samples).T
    as_center = np.bincount(sources, minlength=num_rows[0]) / len(samples) * (1 + num_negatives)
    as_context = np.bincount(targets, minlength=num_rows[1]) / len(samples) + num_negatives * noise
    if one:
        as_center = as_context = as_center + as_context
    return [np.minimum(1, MOST_WEIGHT / np.maximum(w * scale, 1e-300)) for w in (as_center, as_context)]


def train_piece(first, samples, rates, law, centers, contexts, rule, *, tiles, programs, block):
    """Train two parts, in place, on some samples of a block; the rate falls linearly; return the loss."""
    steps = np.linspace(*rates, len(samples), endpoint=False)
    if not tiles:
        return train_samples(first, samples, steps, programs, block, law, centers, contexts, rule)
    begins = range(0, len(samples), TILE)
    begins = [begin for program in range(programs) for begin in begins[program::programs]]
    made = [sample_tile(first + begin, samples[begin : begin + TILE], SHARED, law) for begin in begins]
    return train_tiles(made, [steps[begin] for begin in begins], centers, contexts, rule)[1]
