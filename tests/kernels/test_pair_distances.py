"""The nearest of candidates, and of all vectors, against plain sorting of exact values."""

import numpy as np
import pytest
from support.reference.pair_distances import nearest_of

from graphkit.kernels.cpu.pair_distances import COSINE, DISTANCE, PRODUCT, keep_nearest, keep_nearest_of_all


@pytest.mark.parametrize("kind", [DISTANCE, COSINE, PRODUCT])
@pytest.mark.parametrize("dim", [1, 2, 63, 64, 65, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_nearest_candidates_are_kept(dim, kind, dtype):
    random = np.random.default_rng(dim)
    # Small whole numbers: sums are exact, and many are equal.
    vectors = random.integers(-1, 2, (40, dim)).astype(dtype)
    vectors[3], vectors[[7, 0, 31], 0] = 0, 1
    lengths = np.linalg.norm(vectors.astype(float), axis=1)
    queries = vectors[[7, 0, 31]]
    if kind == COSINE:
        queries = queries / lengths[[7, 0, 31], None]
    candidates = np.array([random.permutation(40)[:12] for _ in queries], np.int32)
    candidates[1, 3:] = -1
    candidates[2, 4] = -1
    found, values = np.full((3, 5), 99, np.int32), np.full((3, 5), np.nan)
    keep_nearest(vectors, lengths, queries, candidates, kind, found, values)
    for place, (query, offered) in enumerate(zip(queries, candidates, strict=True)):
        pairs = nearest_of(vectors, query, offered[offered >= 0], kind)
        check_pairs(found[place], values[place], pairs)


@pytest.mark.parametrize("kind", [DISTANCE, COSINE, PRODUCT])
@pytest.mark.parametrize("num_vectors", [1, 2, 63, 64, 65, 1000])
def test_of_all_vectors_the_nearest_are_kept(num_vectors, kind):
    random = np.random.default_rng(num_vectors)
    vectors = random.normal(size=(num_vectors, 7))
    lengths = np.linalg.norm(vectors, axis=1)
    queries = random.normal(size=(3, 7))
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    excluded = np.array([[-1, 0], [-1, -1], [0, num_vectors - 1]])
    found, values = np.full((3, 5), 99), np.full((3, 5), np.nan)
    keep_nearest_of_all(vectors, lengths, queries, excluded, kind, found, values)
    for place, query in enumerate(queries):
        rows = np.setdiff1d(np.arange(num_vectors), excluded[place])
        check_pairs(found[place], values[place], nearest_of(vectors, query, rows, kind))


def check_pairs(found, values, pairs):
    """The first five of (value, row) pairs that are sorted; where values are equal the smaller rows."""
    missing = max(0, 5 - len(pairs))
    assert found.tolist() == [row for _, row in pairs[:5]] + [-1] * missing
    np.testing.assert_allclose(values, [value for value, _ in pairs[:5]] + [np.inf] * missing, rtol=1e-6)
