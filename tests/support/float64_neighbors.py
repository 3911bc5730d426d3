"""Vectors whose products in float32 mistake who is near, and the distances of all pairs in float64."""

import functools

import numpy as np
from scipy.spatial.distance import cdist


def far_from_the_origin(num_points=600, dim=32, seed=0):
    """By name: normal values, and what was done to them; float32 where that holds them."""
    random = np.random.default_rng(seed)
    normal = random.normal(size=(num_points, dim))
    column, sentinel, groups = normal.copy(), normal.copy(), normal.copy()
    column[:, 3] = random.choice([0, 1e5], num_points)
    sentinel[7, 3] = 1e9
    groups[: num_points // 3] += 1e9
    return {
        "as they are": normal.astype(np.float32),
        "a column of 0 and 1e5": column.astype(np.float32),
        "a sentinel of 1e9": sentinel.astype(np.float32),
        "float64 around 1e7": normal + 1e7,
        "around 1e-25": (normal * 1e-25).astype(np.float32),
        "around 1e18": (normal * 1e18).astype(np.float32),
        "two groups, 1e9 apart": groups,
    }


CASES = far_from_the_origin()


@functools.cache
def all_pairs(case, metric):
    """Every pair's distance, by differences where there is one; infinite on the diagonal.

    Cosines and products in the machine's long double, as unit vectors and sums are rounded.
    """
    exact = CASES[case].astype(np.float64 if metric == "euclidean" else np.longdouble)
    if metric == "euclidean":
        distances = cdist(exact, exact)
    elif metric == "cosine":
        unit = exact / np.sqrt((exact**2).sum(axis=1, keepdims=True))
        distances = np.stack([((row - unit) ** 2).sum(axis=1) for row in unit]) / 2
    else:
        distances = -np.stack([(row * exact).sum(axis=1) for row in exact])
    np.fill_diagonal(distances, np.inf)
    return distances.astype(np.float64)


def recall(distances, found):
    """The share of the rows found that are as near as the k-th true neighbour, to float32's last digit."""
    farthest = np.sort(distances, axis=1)[:, found.shape[1] - 1, None]
    # Products are negative, and may be far larger than what they differ by.
    tie = np.where(farthest > 0, 2e-7, 1e-13) * np.abs(farthest)
    return (np.take_along_axis(distances, found, 1) <= farthest + tie).mean()
