"""Features of lengths added up, against dense sums in float64."""

import numpy as np
import pytest

from graphkit.kernels.cpu.length_features import combine, count_columns

NUM_ROWS, NUM_COLUMNS, MAX_LENGTH = 17, 9, 4


@pytest.mark.parametrize("factors", [[1.0, 0.5, 0.25, 0.1, 2.0], [0.0, 1.0, 0.0, -1.0, 0.0], [0.0] * 5])
def test_features_are_sums_over_lengths(factors):
    rng = np.random.default_rng(3)
    loads = rng.normal(size=(NUM_ROWS, NUM_COLUMNS, MAX_LENGTH + 1)).astype(np.float32)
    there = rng.random(loads.shape) < 0.3
    there[5] = False
    rows, columns, lengths = np.nonzero(there)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=NUM_ROWS))])
    entries = columns.astype(np.int32), lengths.astype(np.uint8)
    factors = np.array(factors)
    reached = (there & (factors != 0)).any(axis=2)
    counts = np.full(NUM_ROWS, -1)
    for start, stop in ((6, NUM_ROWS), (0, 6)):
        count_columns(indptr, *entries, factors, counts, start, stop)
    assert counts.tolist() == reached.sum(axis=1).tolist()
    ends = np.concatenate([[0], np.cumsum(counts)])
    out, values = np.full(ends[-1], -1, np.int32), np.full(ends[-1], np.nan, np.float32)
    for start, stop in ((6, NUM_ROWS), (0, 6)):
        combine(indptr, *entries, loads[there], factors, ends, out, values, start, stop)
    assert out.tolist() == np.nonzero(reached)[1].tolist()
    wanted = (np.where(there, loads, 0).astype(np.float64) * factors).sum(axis=2)
    np.testing.assert_allclose(values, wanted[reached], rtol=1e-6, atol=1e-7)
