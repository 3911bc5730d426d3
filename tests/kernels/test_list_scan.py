"""Heaps of the k best, against plain sorting."""

import numpy as np
import pytest
from support.reference import list_scan as reference

from graphkit.kernels.cpu.list_scan import offer_products, sort_heaps


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
