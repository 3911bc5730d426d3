"""Nearest neighbours on the device are the CPU's."""

import numpy as np
import pytest
from support.float64_neighbors import CASES, all_pairs, recall

from graphkit import LargeVis, ParameterError, knn_graph
from graphkit.neighbors import nearest
from graphkit.neighbors.gpu import search as on_device
from graphkit.neighbors.gpu.search import search_bytes

METRICS = "euclidean", "cosine", "inner_product"


@pytest.fixture(params=[(1 << 15, 1 << 11), (7, 4)], ids=["whole", "blocks"])
def blocks(request, monkeypatch):
    """In one block of products, and in many."""
    monkeypatch.setattr(on_device, "_BLOCK_ROWS", request.param[0])
    monkeypatch.setattr(on_device, "_BLOCK_QUERIES", request.param[1])


def some_vectors(num_rows, dim, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(num_rows, dim)).astype(np.float32) + 30
    vectors[0] = 0
    return vectors


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("num_rows", "k"), [(1, 1), (2, 2), (63, 5), (65, 64)])
def test_the_rows_of_the_cpu(metric, num_rows, k, blocks):
    database, queries = some_vectors(num_rows, 5), some_vectors(9, 5, seed=1)
    on_cpu, on_gpu = (
        nearest(database, queries, k, metric=metric, backend=backend) for backend in ("cpu", "gpu")
    )
    np.testing.assert_allclose(on_gpu.scores, on_cpu.scores, rtol=1e-5, atol=1e-6)
    # Cosines so near to one another that rounding orders them are left out.
    clear = np.abs(np.diff(on_cpu.scores, axis=1, prepend=np.inf, append=np.inf)).min(initial=1.0) > 1e-5
    assert not clear or np.array_equal(on_gpu.rows, on_cpu.rows)


@pytest.mark.parametrize("metric", METRICS)
def test_the_graph_of_the_cpu_without_the_points_themselves(metric, blocks):
    points = np.random.default_rng(3).normal(size=(50, 8))
    on_cpu, on_gpu = (knn_graph(points, 6, metric=metric, backend=backend) for backend in ("cpu", "gpu"))
    assert np.array_equal(on_gpu.indices, on_cpu.indices)
    np.testing.assert_allclose(on_gpu.distances, on_cpu.distances, rtol=1e-5, atol=1e-6)
    assert on_gpu.recall == 1.0


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("case", [case for case in CASES if case != "around 1e-25"])
def test_vectors_far_from_the_origin(case, metric, blocks):
    found = knn_graph(CASES[case], 10, metric=metric, backend="gpu")
    assert recall(all_pairs(case, metric), found.indices) == 1
    np.testing.assert_allclose(found.distances, np.sort(all_pairs(case, metric))[:, :10], rtol=2e-6)


def test_vectors_that_cannot_be_written():
    vectors = some_vectors(5, 3)
    vectors.setflags(write=False)
    found = nearest(vectors, vectors, 1, metric="euclidean", backend="gpu")
    assert found.rows.ravel().tolist() == [0, 1, 2, 3, 4]


def test_no_queries():
    assert nearest(some_vectors(5, 3), np.empty((0, 3)), 2, backend="gpu").rows.shape == (0, 2)


def test_excluded_rows(blocks):
    database = some_vectors(20, 4)
    excluded = np.arange(40).reshape(20, 2) % 20
    on_cpu, on_gpu = (
        nearest(database, database, 3, metric="euclidean", exclude=excluded, backend=backend)
        for backend in ("cpu", "gpu")
    )
    assert np.array_equal(on_gpu.rows, on_cpu.rows)


def test_products_that_overflow():
    with pytest.raises(ParameterError, match="too large"):
        nearest(np.full((3, 2), 1e30), np.full((1, 2), 1e30), metric="inner_product", k=1, backend="gpu")


def test_lists_are_for_the_cpu():
    points = some_vectors(30, 3)
    with pytest.raises(ParameterError, match="no effect with backend gpu"):
        knn_graph(points, 2, num_lists=3, backend="gpu")
    assert knn_graph(points, 2, num_lists=3, num_probes=3, backend="auto").num_lists == 3


def test_a_map_of_vectors():
    points = np.random.default_rng(3).normal(size=(40, 6))
    options = {"samples_per_node": 1, "perplexity": 5, "learning_rate": 0.1, "seed": 5}
    on_cpu, on_gpu = (LargeVis(**options, backend=backend).fit(points) for backend in ("cpu", "gpu"))
    assert np.array_equal(on_cpu.neighbors_.indices, on_gpu.neighbors_.indices)
    np.testing.assert_allclose(on_gpu.embedding_, on_cpu.embedding_, rtol=1e-2, atol=1e-2)


def test_the_plan_grows_with_what_is_held():
    plan = search_bytes(10**6, 10**6, 128, 16)
    assert plan["vectors"] >= 4 * 128 * 10**6
    assert plan["products"] == 2 * 4 * (1 << 26)
    # A block of vectors in doubles is more than what one query is multiplied to.
    assert search_bytes(10**6, 1, 128, 16)["products"] >= 8 * 128 * (1 << 15)
