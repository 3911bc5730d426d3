"""Subspace iteration against LAPACK's singular vectors."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit.propagation.operators import as_operator
from graphkit.propagation.randomized_svd import randomized_singular_vectors


def singular_vectors(matrix, count, *, power_iterations=3, num_threads=1):
    operator = as_operator(matrix, num_threads=num_threads)
    return randomized_singular_vectors(
        operator, count, power_iterations=power_iterations, seed=5, num_threads=num_threads
    )


def decaying(num_rows, num_columns, seed=0):
    rng = np.random.default_rng(seed)
    left, _ = np.linalg.qr(rng.normal(size=(num_rows, 60)))
    right, _ = np.linalg.qr(rng.normal(size=(num_columns, 60)))
    return ((left * 100 * 0.7 ** np.arange(60)) @ right.T).astype(np.float32)


@pytest.mark.parametrize("shape", [(900, 700), (700, 900), (40, 3000)])
def test_leading_ones_of_a_spectrum_that_falls(shape):
    matrix = decaying(*shape) if min(shape) >= 60 else decaying(60, shape[1])[: shape[0]]
    left, values, right = singular_vectors(matrix, 8)
    wanted_left, wanted, wanted_right = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(values, wanted[:8], rtol=1e-4)
    signs = np.sign((left * wanted_left[:, :8]).sum(axis=0))
    np.testing.assert_allclose(left, wanted_left[:, :8] * signs, atol=2e-3)
    np.testing.assert_allclose(right, wanted_right[:8].T * signs, atol=2e-3)


def test_more_power_iterations_come_nearer():
    graph = random_graph(700, 7000, weighted=True, seed=1)
    matrix = graph.to_scipy()
    wanted = np.linalg.svd(matrix.toarray().astype(np.float64), compute_uv=False)[:32].sum()
    lost = [1 - singular_vectors(matrix, 32, power_iterations=q)[1].sum() / wanted for q in (0, 1, 3)]
    assert lost[0] > 2 * lost[1] > 4 * lost[2] > 0


@pytest.mark.parametrize("rank", [1, 3])
def test_the_rank_is_found(rank):
    rng = np.random.default_rng(1)
    # Equal rows, whose products are off by more than rounding in float32.
    rows = np.repeat(rng.normal(size=(rank, 50)), 400, axis=0).astype(np.float32)
    left, values, right = singular_vectors(rows, 6)
    assert left.shape == (400 * rank, rank)
    np.testing.assert_allclose((left * values) @ right.T, rows, atol=1e-4)


def test_a_matrix_of_zeros():
    left, values, right = singular_vectors(np.zeros((30, 20), np.float32), 4)
    assert (left.shape, values.shape, right.shape) == ((30, 0), (0,), (20, 0))


def test_bits_do_not_depend_on_threads():
    matrix = random_graph(5000, 40_000, weighted=True, seed=3).to_scipy()
    found = [singular_vectors(matrix, 40, num_threads=threads) for threads in (1, 2, 3)]
    for other in found[1:]:
        assert all(one.tobytes() == two.tobytes() for one, two in zip(found[0], other, strict=True))
