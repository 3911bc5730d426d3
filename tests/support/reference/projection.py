"""Random projection matrices, entry by entry, from their definition."""

import math
from fractions import Fraction

import numpy as np

from support.reference.philox import draw


def sparse_matrix(seed, stream, num_rows, dim, sparsity):
    """Signs -1, 0, 1 [num_rows, dim]: a binomial count by inversion, then Floyd's subset, then signs."""
    matrix = np.zeros((num_rows, dim))
    for row in range(num_rows):
        words = iter([])
        count = binomial_quantile(draw(seed, row, 0, stream), dim, 1 / sparsity)
        chosen = {}
        for k in range(count):
            if k % 2 == 0:
                words = iter(draw(seed, row, 1 + k // 2, stream))
            top = dim - count + k
            column = next(words) * (top + 1) >> 32
            column = top if column in chosen else column
            chosen[column] = 1 if next(words) & 1 else -1
        for column, sign in chosen.items():
            matrix[row, column] = sign
    return matrix


def binomial_quantile(words, trials, probability):
    """The smallest k with u < P(count <= k), u = the first two words as a fraction; exact arithmetic."""
    uniform = Fraction(words[0] * 2**32 + words[1], 2**64)
    p = Fraction(probability)
    total = Fraction(0)
    for k in range(trials + 1):
        total += math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
        if uniform < total:
            return k
    return trials


def gaussian_matrix(seed, stream, num_rows, dim):
    """Standard normals by Box and Muller, four to a draw."""
    matrix = np.zeros((num_rows, dim))
    for row in range(num_rows):
        for column in range(dim):
            words = draw(seed, row, column // 4, stream)
            pair = 2 * (column % 4 // 2)
            radius = math.sqrt(-2 * math.log((words[pair] + 1) / 2**32))
            angle = 2 * math.pi * words[pair + 1] / 2**32
            matrix[row, column] = radius * (math.sin(angle) if column % 2 else math.cos(angle))
    return matrix
