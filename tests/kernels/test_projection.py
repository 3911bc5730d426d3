"""Random projections: the twin's bits, and the exact law."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from support.reference.projection import gaussian_matrix, sparse_matrix

from graphkit.propagation.projection import BLOCK_WIDTH, Projection, allocate_blocks, binomial_thresholds
from graphkit.seeds import Stream


def dense(dim, sparsity, num_rows, seed=7):
    return Projection(dim, sparsity, seed, Stream.PROJECTION, 2).dense(num_rows)


@pytest.mark.parametrize("dim", [1, 2, 63, 64, 65, 128, 129, 300])
@pytest.mark.parametrize("sparsity", [1.0, 3.0, 40.0])
def test_equals_the_twin(dim, sparsity):
    wanted = sparse_matrix(7, Stream.PROJECTION, 13, dim, sparsity) * np.sqrt(sparsity / dim)
    np.testing.assert_allclose(dense(dim, sparsity, 13), wanted, rtol=1e-6)


def test_gaussian_equals_the_twin():
    wanted = gaussian_matrix(2**40 + 3, Stream.PROJECTION, 9, 131) / np.sqrt(131)
    np.testing.assert_allclose(dense(131, None, 9, seed=2**40 + 3), wanted, rtol=1e-5)


@pytest.mark.parametrize("num_rows", [0, 1, 1000])
@pytest.mark.parametrize("dim", [1, 64, 300])
def test_sparse_rows_are_the_dense_ones(num_rows, dim):
    projection = Projection(dim, 20.0, 5, Stream.PROJECTION, 2)
    values = np.linspace(1, 2, num_rows)
    indptr, columns, entries = projection.sparse_rows(values)
    matrix = np.zeros((num_rows, dim), np.float32)
    rows = np.repeat(np.arange(num_rows), np.diff(indptr))
    matrix[rows, columns] = entries
    blocks = allocate_blocks(num_rows, dim)
    blocks[:] = np.nan
    projection.fill(values, blocks)
    assert np.array_equal(np.hstack(list(blocks))[:, :dim], matrix)


def test_padding_is_zero_and_blocks_are_narrow():
    blocks = allocate_blocks(10, 130)
    blocks[:] = np.nan
    Projection(130, None, 1, Stream.PROJECTION, 1).fill(np.ones(10), blocks)
    assert blocks.shape == (2, 10, 65)
    assert np.isfinite(blocks).all()
    blocks = allocate_blocks(10, 257)
    assert blocks.shape[2] <= BLOCK_WIDTH
    blocks[:] = np.nan
    Projection(257, 2.0, 1, Stream.PROJECTION, 1).fill(np.ones(10), blocks)
    assert not np.hstack(list(blocks))[:, 257:].any()


@pytest.mark.parametrize(("dim", "sparsity"), [(16, 3.0), (64, 10.0)])
def test_number_of_entries_is_binomial(dim, sparsity):
    counts = np.count_nonzero(dense(dim, sparsity, 40_000), axis=1)
    law = stats.binom(dim, 1 / sparsity)
    likely = np.flatnonzero(law.pmf(np.arange(dim + 1)) * 40_000 >= 5)
    clipped = np.clip(counts, likely[0], likely[-1])
    share = np.diff(np.concatenate([[0], law.cdf(likely[:-1]), [1]]))
    observed = np.bincount(clipped, minlength=likely[-1] + 1)[likely]
    assert stats.chisquare(observed, share * 40_000).pvalue > 0.001


@pytest.mark.parametrize(("trials", "sparsity"), [(1, 1.0), (1, 2.0), (64, 1000.0), (128, 3.0), (300, 1.5)])
def test_thresholds_are_exact(trials, sparsity):
    p, total = Fraction(1 / sparsity), Fraction(0)
    for k, found in enumerate(binomial_thresholds(trials, 1 / sparsity).tolist()):
        total += math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
        assert found == int(total * 2**64)


@pytest.mark.parametrize(("trials", "sparsity"), [(4096, 3.0), (4096, 1e9), (10_000, 1 + 1e-9)])
def test_thresholds_of_many_trials(trials, sparsity):
    found = binomial_thresholds(trials, 1 / sparsity) / 2**64
    expected = stats.binom.cdf(np.arange(trials), trials, 1 / sparsity)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_columns_signs_and_pairs_are_even():
    dim, sparsity, num_rows = 12, 4.0, 60_000
    matrix = dense(dim, sparsity, num_rows)
    assert stats.chisquare(np.count_nonzero(matrix, axis=0)).pvalue > 0.001
    assert stats.binomtest(int((matrix > 0).sum()), int((matrix != 0).sum())).pvalue > 0.001
    # Independent entries: each pair of columns is non-zero together in 1 / s**2 of the rows.
    present = (matrix != 0).astype(np.int64)
    together = (present.T @ present)[np.triu_indices(dim, 1)]
    sd = np.sqrt(num_rows * (1 / 16) * (15 / 16))
    assert np.abs(together - num_rows / 16).max() < 4.5 * sd


def test_normal_entries_are_normal():
    entries = (dense(50, None, 2000) * np.sqrt(50)).ravel()
    assert stats.kstest(entries, "norm").pvalue > 0.001
    correlations = np.corrcoef(entries.reshape(2000, 50), rowvar=False)[np.triu_indices(50, 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(2000)


def test_streams_and_seeds_differ():
    one = Projection(64, 3.0, 1, Stream.PROJECTION, 1).dense(50)
    assert not np.array_equal(one, Projection(64, 3.0, 2, Stream.PROJECTION, 1).dense(50))
    assert not np.array_equal(one, Projection(64, 3.0, 1, Stream.FEATURE_PROJECTION, 1).dense(50))
