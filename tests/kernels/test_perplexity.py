"""Weights of neighbours by perplexity: beta by SciPy's root finder, the shares of t-SNE in float64."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import softmax
from scipy.stats import entropy

from graphkit.kernels.cpu.perplexity import weigh_neighbors


def shares_of(squares, perplexity):
    """exp(-beta d) over their sum, of the entropy log(perplexity)."""
    gaps = squares.astype(np.float64) - squares.min()
    scale = gaps.mean()
    beta = brentq(lambda b: entropy(softmax(-b * gaps / scale)) - np.log(perplexity), 1e-9, 1e9, xtol=1e-14)
    return softmax(-beta * gaps / scale)


@pytest.mark.parametrize("perplexity", [1.5, 5.0, 19.0])
@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_weights_have_the_perplexity(perplexity, scale):
    squares = np.random.default_rng(1).chisquare(4, (30, 20)).astype(np.float32)
    # Far from the origin of distances, as where all neighbours are far away.
    squares[20:] += 1000
    squares *= np.float32(scale)
    weights = np.full((30, 20), np.nan, np.float32)
    for start, stop in ((10, 30), (0, 10)):
        weigh_neighbors(squares, perplexity, weights, start, stop)
    wanted = [shares_of(row, perplexity) for row in squares]
    np.testing.assert_allclose(weights, wanted, rtol=2e-3, atol=1e-7)
    for row in weights:
        assert entropy(row.astype(np.float64)) == pytest.approx(np.log(perplexity), abs=2e-5)


def test_the_nearest_share_alike_where_more_are_as_near_than_the_perplexity():
    squares = np.array([[1, 1, 1, 1, 2, 3], [0, 0, 0, 0, 0, 0]], np.float32)
    weights = np.full((2, 6), np.nan, np.float32)
    weigh_neighbors(squares, 2.0, weights, 0, 2)
    np.testing.assert_allclose(weights, [[0.25] * 4 + [0, 0], [1 / 6] * 6], atol=1e-6)
