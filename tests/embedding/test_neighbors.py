"""Exact nearest neighbours against plain loops."""

import subprocess
import sys

import numpy as np
import pytest
from support.reference import neighbors as reference

from graphkit.errors import ParameterError
from graphkit.neighbors import arguments as given
from graphkit.neighbors import nearest

METRICS = ("cosine", "inner_product", "euclidean")


def check(vectors, queries, k, metric, exclude=None):
    """Compare with the plain loop; where scores tie, any row of that score will do."""
    found = nearest(vectors, queries, k, metric=metric, exclude=exclude)
    excluded = [set()] * len(queries) if exclude is None else [set(np.atleast_1d(rows)) for rows in exclude]
    expected = reference.nearest(vectors.tolist(), queries.tolist(), k, metric, excluded)
    for query, rows, scores, pairs, forbidden in zip(queries, *found, expected, excluded, strict=True):
        np.testing.assert_allclose(scores, [score for _, score in pairs], atol=2e-5)
        again = [reference.similarity(query.tolist(), vectors[row].tolist(), metric) for row in rows]
        np.testing.assert_allclose(scores, again, atol=2e-5)
        assert len(set(rows.tolist()) - forbidden - {-1}) == k
    return found


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("num_rows", "dim"), [(1, 1), (2, 3), (63, 8), (64, 8), (65, 5), (300, 16)])
def test_nearest_is_the_plain_loop(metric, num_rows, dim):
    vectors = np.random.default_rng(num_rows).standard_normal((num_rows, dim), dtype=np.float32)
    found = check(vectors, vectors[:40], min(7, num_rows), metric)
    assert (found.rows.dtype, found.scores.dtype) == (np.int64, np.float32)


@pytest.mark.parametrize("metric", METRICS)
def test_ties_are_ordered_by_row(metric):
    vectors = np.random.default_rng(5).integers(-1, 2, (60, 3)).astype(np.float32)
    found = check(vectors, vectors[:30], 60, metric)
    ties = np.diff(found.scores, axis=1) == 0
    assert ties.any()
    assert (np.diff(found.rows, axis=1)[ties] > 0).all()


@pytest.mark.parametrize("metric", METRICS)
def test_blocks_change_nothing(metric, monkeypatch):
    vectors = np.random.default_rng(3).standard_normal((101, 4), dtype=np.float32)
    whole = nearest(vectors, vectors, 6, metric=metric)
    monkeypatch.setattr(given, "_BLOCK_VALUES", 4 * 7)
    parts = check(vectors, vectors, 6, metric)
    np.testing.assert_array_equal(whole.rows, parts.rows)


@pytest.mark.parametrize("metric", METRICS)
def test_a_row_is_excluded_by_number_not_by_place(metric):
    vectors = np.ones((5, 3), np.float32)
    found = check(vectors, vectors, 4, metric, exclude=np.arange(5))
    assert found.rows.tolist() == [[row for row in range(5) if row != own] for own in range(5)]


def test_several_rows_are_excluded_and_minus_one_is_none():
    vectors = np.random.default_rng(1).standard_normal((30, 4), dtype=np.float32)
    exclude = np.array([[0, 3, 5], [1, -1, -1], [-1, -1, -1]])
    check(vectors, vectors[:3], 27, "cosine", exclude)


def test_zero_vectors_have_similarity_zero_to_all():
    vectors = np.array([[0, 0], [1, 0], [-1, 0]], np.float32)
    found = nearest(vectors, vectors, 3)
    assert found.scores.tolist() == [[0, 0, 0], [1, 0, -1], [1, 0, -1]]
    assert found.rows.tolist() == [[0, 1, 2], [1, 0, 2], [2, 0, 1]]


def test_cosine_stays_between_minus_one_and_one():
    vectors = np.random.default_rng(2).standard_normal((500, 100), dtype=np.float32)
    scores = nearest(np.concatenate([vectors, -vectors]), vectors, 1000).scores
    assert scores.max() == pytest.approx(1)
    assert scores.min() == pytest.approx(-1)
    assert abs(scores).max() <= 1


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_cosine_ignores_length(scale):
    vectors = np.random.default_rng(2).standard_normal((50, 8), dtype=np.float32)
    scaled = nearest(vectors * np.float32(scale), vectors, 10)
    np.testing.assert_array_equal(scaled.rows, nearest(vectors, vectors, 10).rows)


def test_euclidean_distances_of_near_points_far_from_the_origin():
    # So many that FAISS multiplies matrices: |x|² - 2<x, y> + |y|² has then lost the distances to rounding.
    vectors = np.random.default_rng(0).standard_normal((3000, 64)).astype(np.float32) + np.float32(1000)
    vectors[1::2] = vectors[::2] + np.float32(1 / 1024)
    found = nearest(vectors, vectors, 2, metric="euclidean")
    assert found.rows[:, 0].tolist() == list(range(3000))
    assert found.rows[:, 1].tolist() == [row ^ 1 for row in range(3000)]
    distances = np.linalg.norm(vectors[1::2].astype(np.float64) - vectors[::2], axis=1)
    np.testing.assert_allclose(found.scores[::2, 1], distances, rtol=1e-6)


def test_no_queries():
    found = nearest(np.ones((4, 2)), np.empty((0, 2)), 3)
    assert found.rows.shape == found.scores.shape == (0, 3)


def test_memory_mapped_vectors(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((40, 3), dtype=np.float32)
    np.save(tmp_path / "v.npy", vectors)
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    np.testing.assert_array_equal(nearest(mapped, mapped, 5).rows, nearest(vectors, vectors, 5).rows)


def test_the_thread_setting_of_faiss_is_put_back():
    import faiss

    before = faiss.omp_get_max_threads()
    nearest(np.eye(3), np.eye(3), 1, num_threads=1)
    assert faiss.omp_get_max_threads() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "cosin"}, "unknown metric 'cosin': did you mean 'cosine'?"),
        ({"k": 0}, r"k must be whole and in \[1, 3\] \(3 vectors\), got 0"),
        ({"k": 4}, r"k must be whole and in \[1, 3\] \(3 vectors\), got 4"),
        (
            {"k": 3, "exclude": [0]},
            r"k must be whole and in \[1, 2\] \(3 vectors less 1 excluded\), got 3",
        ),
        ({"exclude": [0, 1]}, "exclude must have one row for each of 1 queries"),
        ({"exclude": [1.5]}, "exclude must be whole numbers, rows of vectors, got float64"),
        ({"exclude": ["a"]}, "exclude must be whole numbers"),
        ({"queries": [[1.0, 2.0, 3.0]]}, "queries must have 2 columns, as vectors, got 3"),
        ({"queries": [1.0, 2.0]}, r"queries must have shape \[rows, dim\] with dim >= 1, got \(2,\)"),
        ({"queries": [[np.nan, 0]]}, "queries must be finite in float32"),
        ({"vectors": [[np.inf, 0], [-np.inf, 0], [1, 1]]}, "vectors must be finite in float32"),
        ({"vectors": [[1e300, 0], [0, 0], [1, 1]]}, "vectors must be finite in float32"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1, got 0"),
    ],
)
def test_what_cannot_be_searched_is_refused(arguments, message):
    plain = {"vectors": [[1, 0], [0, 1], [1, 1]], "queries": [[1, 0]], "k": 1}
    with pytest.raises(ParameterError, match=message):
        nearest(**{**plain, **arguments})


def test_what_float32_cannot_hold_is_refused():
    vectors, query = [[1e30, -1e30], [1e30, 1e30]], [[1e30, 1e30]]
    with pytest.raises(ParameterError, match="products overflow float32"):
        nearest(vectors, query, 2, metric="inner_product")
    assert nearest(vectors, query, 2, metric="euclidean").scores.tolist() == [[0, np.float32(2e30)]]
    with pytest.raises(ParameterError, match="distances overflow float32"):
        nearest([[3e38, 3e38]], [[-3e38, -3e38]], 1, metric="euclidean")


@pytest.mark.parametrize("order", ["torch, faiss", "faiss, torch"])
def test_torch_and_faiss_share_a_process(order):
    first, second = order.split(", ")
    script = f"""
import {first}, {second}, numpy as np
from graphkit.neighbors import nearest
a = torch.ones(300, 300) @ torch.ones(300, 300)
found = nearest(np.eye(200), np.eye(200), 1, num_threads=2)
b = torch.ones(300, 300) @ torch.ones(300, 300)
assert found.rows[:, 0].tolist() == list(range(200)) and bool((a == b).all())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
