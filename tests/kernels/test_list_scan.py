"""Heaps of the k best, and the nearest of candidates, against plain sorting."""

import numpy as np
import pytest
from support.reference import list_scan as reference

from graphkit.kernels.cpu.list_scan import offer_products, sort_heaps
from graphkit.kernels.cpu.pair_distances import keep_nearest


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


@pytest.mark.parametrize("by_distance", [True, False])
@pytest.mark.parametrize("dim", [1, 2, 63, 64, 65, 1000])
def test_the_nearest_candidates_are_kept(dim, by_distance):
    random = np.random.default_rng(dim)
    # Small whole numbers: sums are exact, and many are equal.
    vectors = random.integers(-1, 2, (40, dim)).astype(np.float32)
    points = np.array([7, 0, 31], np.int32)
    candidates = np.array([random.permutation(40)[:12] for _ in points], np.int32)
    candidates[1, 3:] = -1
    found, values = np.full((3, 5), 99, np.int32), np.full((3, 5), np.nan, np.float32)
    keep_nearest(vectors, points, candidates, by_distance, found, values)
    for place, (point, offered) in enumerate(zip(points, candidates, strict=True)):
        pairs = reference.nearest_of(vectors, point, offered[offered >= 0], by_distance)[:5]
        missing = 5 - len(pairs)
        assert found[place].tolist() == [row for _, row in pairs] + [-1] * missing
        assert values[place].tolist() == [value for value, _ in pairs] + [np.inf] * missing
