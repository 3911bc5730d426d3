"""The k largest scores against NumPy's sort."""

import numpy as np
import pytest

from graphkit.kernels.cpu.largest import write_largest


@pytest.mark.parametrize("k", [1, 2, 7, 64])
@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 300])
@pytest.mark.parametrize("ties", [False, True])
def test_the_largest_are_written_best_first(k, count, ties):
    rng = np.random.default_rng(count)
    # What differs in float64 alone is equal; a score of 0 is none.
    score = rng.integers(0, 4, 400) + 1e-12 * rng.random(400) if ties else rng.normal(size=400)
    score[rng.random(400) < 0.1] = 0
    touched = rng.permutation(400).astype(np.int32)
    rows, scores = np.full(k, -9, np.int32), np.full(k, np.nan, np.float32)
    write_largest(score, touched, count, rows, scores)
    values = score.astype(np.float32)
    there = np.array([row for row in touched[:count] if values[row] != 0], int)
    order = there[np.lexsort((there, -values[there]))][:k]
    assert rows.tolist() == order.tolist() + [-1] * (k - len(order))
    assert scores.tolist() == values[order].tolist() + [0.0] * (k - len(order))
