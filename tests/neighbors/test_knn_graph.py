"""knn_graph: against the matrix of all pairs, its recall, bits for a seed, what is refused."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from graphkit import KnnGraph, LargeVis, knn_graph
from graphkit.errors import ParameterError
from graphkit.neighbors import lists, nearest, perplexity_graph
from graphkit.neighbors.perplexity import perplexity_weights
from graphkit.neighbors.reduced import reduced
from graphkit.neighbors.vector_table import VectorTable

METRICS = ("euclidean", "cosine", "inner_product")


def all_distances(vectors, metric):
    """Every pair's distance in float64, infinite on the diagonal."""
    exact = vectors.astype(np.float64)
    if metric == "euclidean":
        distances = cdist(exact, exact)
    else:
        if metric == "cosine":
            norms = np.linalg.norm(exact, axis=1, keepdims=True)
            exact = exact / np.where(norms == 0, 1, norms)
        distances = float(metric == "cosine") - exact @ exact.T
    np.fill_diagonal(distances, np.inf)
    return distances


def groups(num_points=1500, dim=16, seed=0):
    random = np.random.default_rng(seed)
    centers = random.normal(0, 3, (12, dim))
    drawn = centers[random.integers(12, size=num_points)] + random.normal(size=(num_points, dim))
    return drawn.astype(np.float32)


@pytest.mark.parametrize(("num_points", "k"), [(4, 3), (50, 2), (700, 20)])
def test_arcs_of_both_directions_are_added(num_points, k):
    vectors = np.random.default_rng(num_points).normal(size=(num_points, 3)).astype(np.float32)
    found = knn_graph(vectors, k)
    graph = perplexity_graph(found, 1.5)
    one_way = np.zeros((num_points, num_points), np.float32)
    weights = perplexity_weights(found.distances, found.metric, 1.5, 1)
    np.put_along_axis(one_way, found.indices, weights, axis=1)
    dense = graph.to_scipy().toarray()
    assert np.array_equal(dense, one_way + one_way.T)
    assert graph.num_arcs == np.count_nonzero(dense)
    for row in range(num_points):
        assert (np.diff(graph.neighbors(row)) > 0).all()
    assert not graph.directed


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("num_points", [2, 3, 65, 700])
def test_few_points_are_compared_with_all(num_points, metric):
    vectors = groups(num_points)
    k = min(10, num_points - 1)
    found = knn_graph(vectors, k, metric=metric)
    wanted = all_distances(vectors, metric)
    assert (found.method, found.recall) == ("exact", 1.0)
    assert (found.indices.dtype, found.distances.dtype) == (np.int32, np.float32)
    np.testing.assert_allclose(found.distances, np.sort(wanted, axis=1)[:, :k], atol=1e-4)
    np.testing.assert_allclose(np.take_along_axis(wanted, found.indices, 1), found.distances, atol=1e-4)


@pytest.mark.parametrize("metric", METRICS)
def test_lists_reach_the_recall_that_is_asked_for(metric):
    vectors = groups()
    found = knn_graph(vectors, 10, metric=metric, num_lists=40, recall=0.9, seed=3)
    wanted = all_distances(vectors, metric)
    assert np.isfinite(np.take_along_axis(wanted, found.indices, 1)).all(), "a point among its own"
    assert (np.diff(np.sort(found.indices, axis=1), axis=1) > 0).all(), "a neighbour twice"
    np.testing.assert_allclose(np.take_along_axis(wanted, found.indices, 1), found.distances, atol=1e-4)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    limit = np.sort(wanted, axis=1)[:, 9:10]
    recall = (found.distances <= limit + 1e-5).mean()
    assert recall > 0.88
    assert abs(recall - found.recall) < 0.03


@pytest.mark.parametrize("metric", METRICS)
def test_many_columns_are_compared_along_few_axes_first(metric, monkeypatch):
    random = np.random.default_rng(1)
    vectors = (groups(2000) @ random.normal(size=(16, 300)) + 0.5 * random.normal(size=(2000, 300))).astype(
        np.float32
    )
    seen = []
    keep = lists.PointLists.candidates_for
    monkeypatch.setattr(
        lists.PointLists,
        "candidates_for",
        lambda self, *given: seen.append((self._ordered.shape[1], count := keep(self, *given))) or count,
    )
    found = knn_graph(vectors, 10, metric=metric, num_lists=40, recall=0.9)
    ((columns, candidates),) = seen
    assert columns <= 64
    assert 10 <= candidates <= 40
    wanted = all_distances(vectors, metric)
    np.testing.assert_allclose(np.take_along_axis(wanted, found.indices, 1), found.distances, rtol=1e-3)
    limit = np.sort(wanted, axis=1)[:, 9:10]
    recall = (found.distances <= limit + 1e-5 * np.abs(limit)).mean()
    assert recall > 0.88
    assert abs(recall - found.recall) < 0.03


def test_k_is_a_whole_number():
    points = np.random.default_rng(0).normal(size=(9, 2))
    with pytest.raises(ParameterError, match=r"k must be whole and in \[1, 8\] .*, got 2\.5"):
        knn_graph(points, 2.5)
    with pytest.raises(ParameterError, match=r"k must be whole and in \[1, 9\] .*, got 2\.5"):
        nearest(points, points, 2.5)


def test_vectors_without_long_axes_are_compared_as_they_are():
    vectors = np.random.default_rng(0).normal(size=(3000, 200)).astype(np.float32)
    assert reduced(VectorTable.of(vectors, "euclidean"), seed=0, num_threads=1).shape == (3000, 200)
    found = knn_graph(vectors, 5, num_lists=30, num_probes=30)
    assert found.recall == 1.0
    many = VectorTable.of(np.zeros((10, 5000), np.float32), "euclidean")
    assert reduced(many, seed=0, num_threads=1).shape == (10, 5000)


def test_where_few_axes_mislead_all_columns_are_compared():
    # The long axes are the same for all; what tells points apart stands in the short ones.
    random = np.random.default_rng(0)
    vectors = np.concatenate(
        [100 * random.integers(0, 3, (2000, 20)), random.normal(size=(2000, 300))], axis=1
    ).astype(np.float32)
    vectors[:, :20] = vectors[0, :20] * random.choice([-1, 1], (2000, 1))
    table = VectorTable.of(vectors, "euclidean")
    assert reduced(table, seed=0, num_threads=1).shape[1] < 100
    points = lists.PointLists(table, num_lists=20, seed=0, num_threads=1)
    exact = knn_graph(vectors, 10, recall=1.0)
    assert points.candidates_for(np.arange(50), exact.indices[:50], 0.99) == 14
    assert points._ordered.shape == vectors.shape
    found = knn_graph(vectors, 10, num_lists=20, num_probes=20)
    assert found.recall > 0.99
    assert np.isclose(found.distances, exact.distances, rtol=1e-3).mean() > 0.99


def test_all_lists_are_the_exact_answer():
    vectors = groups()
    found = knn_graph(vectors, 10, num_lists=40, num_probes=40)
    exact = knn_graph(vectors, 10, recall=1.0)
    assert found.recall == 1.0
    np.testing.assert_allclose(found.distances, exact.distances, atol=1e-5)


def test_lists_that_hold_too_few_are_made_up_for():
    found = knn_graph(groups(200), 150, num_lists=20, num_probes=1)
    assert found.indices.min() >= 0
    assert (np.diff(np.sort(found.indices, axis=1), axis=1) > 0).all()


@pytest.mark.parametrize("metric", METRICS)
def test_equal_points_are_neighbours_and_not_themselves(metric):
    found = knn_graph(np.ones((300, 4)), 5, metric=metric, num_lists=4)
    assert (found.indices != np.arange(300)[:, None]).all()
    assert (np.diff(np.sort(found.indices, axis=1), axis=1) > 0).all()
    assert found.recall == 1.0


def test_zero_vectors_are_counted():
    vectors = groups(50)
    vectors[[3, 7]] = 0
    found = knn_graph(vectors, 3, metric="cosine")
    assert found.num_zero == 2
    assert found.distances[3].tolist() == [1, 1, 1]


@pytest.mark.parametrize("dim", [16, 250])
def test_the_seed_decides_every_bit(dim):
    vectors = groups(3000, dim)
    one, two, other = (
        knn_graph(vectors, 8, num_lists=50, num_probes=4, seed=seed, num_threads=threads)
        for seed, threads in ((1, 1), (1, 3), (2, 1))
    )
    assert np.array_equal(one.indices, two.indices)
    assert np.array_equal(one.distances, two.distances)
    assert not np.array_equal(one.indices, other.indices)


def test_a_matrix_leaves_the_graph_as_it_is():
    graph = knn_graph(groups(30), 4)
    distances, indices = graph.distances.copy(), graph.indices.copy()
    graph.to_scipy()
    assert np.array_equal(graph.distances, distances)
    assert np.array_equal(graph.indices, indices)


def test_as_a_matrix():
    matrix = knn_graph(groups(30), 4).to_scipy()
    assert matrix.shape == (30, 30)
    assert matrix.nnz == 120


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": 0}, r"k must be whole and in \[1, 29\] \(30 points\), got 0"),
        ({"k": 30}, r"k must be whole and in \[1, 29\] \(30 points\), got 30"),
        ({"metric": "manhattan"}, "unknown metric 'manhattan'"),
        ({"recall": 0.0}, r"recall must lie in \(0, 1\], got 0.0"),
        ({"num_lists": 31}, r"num_lists must be a whole number from 1 to 30, got 31"),
        ({"num_probes": 6}, r"num_probes must be a whole number from 1 to 5, got 6"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters_are_refused(changes, message):
    with pytest.raises(ParameterError, match=message):
        knn_graph(groups(30), **{"k": 4, **changes})


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_row_that_is_not_finite_is_named(value):
    vectors = groups(30)
    vectors[7, 2] = value
    with pytest.raises(ParameterError, match="NaN or infinity in row 7"):
        knn_graph(vectors, 4)


@pytest.mark.parametrize("metric", METRICS)
def test_weights_have_the_perplexity(metric):
    found = knn_graph(groups(400), 30, metric=metric)
    graph = perplexity_graph(found, 10)
    assert graph.num_nodes == 400
    assert graph.strength.sum() == pytest.approx(800, rel=1e-4)
    with pytest.raises(ParameterError, match=r"perplexity must lie in \(1, 30\), the neighbours, got 30"):
        perplexity_graph(found, 30)


def test_neighbours_of_another_library_make_the_same_map():
    vectors = groups(300)
    ours = knn_graph(vectors, 12)
    own = np.arange(300)[:, None]
    with_own = np.hstack([own, ours.indices]), np.hstack([np.zeros((300, 1)), ours.distances])
    for arrays in (with_own, (ours.indices.astype(np.int64), ours.distances)):
        given = KnnGraph.from_arrays(*arrays)
        assert np.array_equal(given.indices, ours.indices)
        assert np.array_equal(given.distances, ours.distances)
        assert (given.method, given.indices.dtype) == ("given", np.int32)
    one, two = (LargeVis(samples_per_node=20, perplexity=4).fit(found).embedding_ for found in (ours, given))
    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    ("indices", "distances", "message"),
    [
        ([[1], [0]], [[1, 2], [1, 2]], "distances of that shape"),
        ([[0.5], [1]], [[1], [1]], "whole numbers"),
        ([[1], [2]], [[1], [1]], r"indices must lie in \[0, 2\)"),
        ([[1], [-1]], [[1], [1]], r"indices must lie in \[0, 2\)"),
        ([[0], [1]], [[0], [0]], "one neighbour a point at least"),
        ([[1, 2], [2, 1], [0, 1]], [[1, 2]] * 3, "row 1 of indices holds the point itself or one twice"),
        ([[1, 1], [0, 2], [0, 1]], [[1, 2]] * 3, "row 0 of indices holds the point itself or one twice"),
        ([[1, 2], [2, 0], [0, 1]], [[1, 2], [2, 1], [1, 1]], "rise along each row"),
        ([[1], [0]], [[1], [np.nan]], "distances must be finite"),
    ],
)
def test_what_are_no_neighbours_is_refused(indices, distances, message):
    with pytest.raises(ParameterError, match=message):
        KnnGraph.from_arrays(indices, distances)
