"""Symmetric matrices by their upper half, against SciPy and dense NumPy."""

import numpy as np
import pytest
import scipy.sparse

from graphkit.kernels.cpu import upper_half


def half_of(matrix):
    """Offsets, columns and values of the upper half of a dense matrix."""
    half = scipy.sparse.csr_array(np.triu(matrix))
    return half.indptr.astype(np.int64), half.indices.astype(np.int32), half.data.astype(np.float32)


@pytest.mark.parametrize("num_threads", [1, 2])
def test_sums_of_matrices(num_threads):
    rng = np.random.default_rng(0)
    one, two = (
        scipy.sparse.triu(scipy.sparse.random_array((50, 50), density=share, rng=rng))
        .tocsr()
        .astype(np.float32)
        for share in (0.1, 0.3)
    )
    arrays = [(m.indptr.astype(np.int64), m.indices.astype(np.int32), m.data) for m in (one, two)]
    counts = np.full(50, -1)
    upper_half.count_union(*arrays[0][:2], *arrays[1][:2], counts, 0, 50)
    wanted = (one + two).tocsr()
    assert counts.tolist() == np.diff(wanted.indptr).tolist()
    indptr = np.concatenate([[0], np.cumsum(counts)])
    indices, values = np.full(indptr[-1], -1, np.int32), np.full(indptr[-1], np.nan, np.float32)
    upper_half.add_matrices(*arrays[0], *arrays[1], indptr, indices, values, 0, 20)
    upper_half.add_matrices(*arrays[0], *arrays[1], indptr, indices, values, 20, 50)
    assert np.array_equal(indices, wanted.indices)
    assert np.array_equal(values, wanted.data)


def test_logarithms_of_ratios_and_the_whole_of_a_matrix():
    rng = np.random.default_rng(3)
    counted = np.triu(rng.integers(1, 50, (40, 40)) * (rng.random((40, 40)) < 0.3)).astype(np.float64)
    counted += np.triu(counted, 1).T
    shares, shift = rng.uniform(1, 4, 40), -1.3
    indptr, indices, values = half_of(counted)
    counts = np.full(40, -1)
    for start, stop in ((17, 40), (0, 17)):
        upper_half.log_ratios(indptr, indices, values, np.log(shares), shift, counts, start, stop)
    ratios = counted * np.exp(shift) / np.outer(shares, shares)
    wanted = np.log(np.maximum(1, ratios))
    assert 0.2 < (wanted[counted > 0] > 0).mean() < 0.8
    assert counts.tolist() == (np.triu(wanted) > 0).sum(axis=1).tolist()
    upper_half.count_mirrored(indptr, indices, values, counts)
    assert counts.tolist() == (wanted > 0).sum(axis=1).tolist()
    ends = np.concatenate([[0], np.cumsum(counts)])
    new_indices, new_values = np.full(ends[-1], -1, np.int32), np.full(ends[-1], np.nan, np.float32)
    upper_half.mirror(indptr, indices, values, ends[:-1].copy(), new_indices, new_values)
    found = scipy.sparse.csr_array((new_values, new_indices, ends), shape=(40, 40))
    assert found.has_canonical_format
    np.testing.assert_allclose(found.toarray(), wanted, atol=2e-6)
