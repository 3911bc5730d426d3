"""Heaps of the k best, and distances of pairs, against plain sorting and NumPy."""

import numpy as np
import pytest
from support.reference import list_scan as reference

from graphkit.kernels.cpu.list_scan import offer_products, sort_heaps
from graphkit.kernels.cpu.pair_distances import write_distances, write_products


@pytest.mark.parametrize("k", [1, 2, 7, 64])
@pytest.mark.parametrize("num_points", [0, 1, 2, 63, 300])
def test_heaps_hold_the_best(k, num_points):
    random = np.random.default_rng(k + num_points)
    points = random.permutation(1000)[:num_points].astype(np.int32)
    products = random.integers(-5, 5, (4, num_points)).astype(np.float32)
    penalties = random.integers(0, 2, num_points).astype(np.float32)
    own = points[:4] if num_points >= 4 else np.full(4, -1, np.int32)
    kept = np.full((4, k + 1), -1, np.int32)
    scores = np.full((4, k + 1), -np.inf, np.float32)
    kept[:, 0] = own
    for part in np.array_split(np.arange(num_points), 3):
        offered = np.ascontiguousarray(products[:, part])
        offer_products(offered, penalties[part], points[part], np.arange(4), kept, scores)
    sort_heaps(kept, scores)
    for row in range(4):
        offers = [
            (products[row, j] - penalties[j], int(points[j]))
            for j in range(num_points)
            if points[j] != own[row]
        ]
        wanted = reference.best(offers, k)
        assert kept[row, 1:].tolist() == wanted + [-1] * (k - len(wanted))


@pytest.mark.parametrize("dim", [1, 2, 63, 64, 65, 1000])
def test_pairs(dim):
    random = np.random.default_rng(dim)
    vectors, queries = (random.standard_normal((rows, dim), dtype=np.float32) for rows in (9, 5))
    found = random.integers(0, 9, (5, 3))
    distances, products = (np.full((5, 3), np.nan, np.float32) for _ in range(2))
    write_distances(vectors, queries, found, distances, 1, 5)
    write_products(vectors, queries, found, products, 1, 5)
    assert np.isnan(distances[0]).all()
    assert np.isnan(products[0]).all()
    apart = vectors[found].astype(np.float64) - queries[:, None]
    np.testing.assert_allclose(distances[1:], np.linalg.norm(apart, axis=2)[1:], rtol=1e-5)
    exact = np.einsum("ijc,ic->ij", vectors[found].astype(np.float64), queries)
    np.testing.assert_allclose(products[1:], exact[1:], atol=1e-4)
