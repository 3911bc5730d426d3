"""Arcs to neighbours in both directions, added, against SciPy's A + A'."""

import numpy as np
import pytest
import scipy.sparse

from graphkit.kernels.cpu.both_ways import count_both, count_sources, merge_both, turn_arcs


@pytest.mark.parametrize(("num_rows", "k"), [(2, 1), (9, 8), (64, 1), (65, 7)])
def test_arcs_of_both_directions_are_added(num_rows, k):
    rng = np.random.default_rng(num_rows)
    # Half of the rows point at few others, so that some have many sources, some none.
    others = [np.delete(np.arange(num_rows), row) for row in range(num_rows)]
    neighbors = np.array([rng.permutation(row[: max(k, len(row) // 2)])[:k] for row in others], np.int32)
    weights = rng.uniform(0.1, 1, (num_rows, k)).astype(np.float32)
    one_way = np.zeros((num_rows, num_rows), np.float32)
    np.put_along_axis(one_way, neighbors, weights, axis=1)

    counts = np.zeros(num_rows, np.int64)
    count_sources(neighbors, counts)
    turned = scipy.sparse.csr_array(one_way.T)
    assert counts.tolist() == np.diff(turned.indptr).tolist()
    turned_indptr = np.concatenate([[0], np.cumsum(counts)])
    sources, turned_weights = np.full(num_rows * k, -1, np.int32), np.full(num_rows * k, np.nan, np.float32)
    turn_arcs(neighbors, weights, turned_indptr[:-1].copy(), sources, turned_weights)
    assert np.array_equal(sources, turned.indices)
    assert np.array_equal(turned_weights, turned.data)

    wanted = scipy.sparse.csr_array(one_way + one_way.T)
    degree = np.full(num_rows, -1)
    for start, stop in ((num_rows // 2, num_rows), (0, num_rows // 2)):
        count_both(neighbors, turned_indptr, sources, degree, start, stop)
    assert degree.tolist() == np.diff(wanted.indptr).tolist()
    indptr = np.concatenate([[0], np.cumsum(degree)])
    indices, values = np.full(indptr[-1], -1, np.int32), np.full(indptr[-1], np.nan, np.float32)
    arcs = neighbors, weights, turned_indptr, sources, turned_weights
    for start, stop in ((num_rows // 2, num_rows), (0, num_rows // 2)):
        merge_both(*arcs, indptr, indices, values, start, stop)
    assert np.array_equal(indices, wanted.indices)
    assert np.array_equal(values, wanted.data)
