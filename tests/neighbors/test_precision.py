"""Neighbours of vectors far from the origin, very small or very large, against all pairs in float64."""

import itertools

import numpy as np
import pytest
from support.float64_neighbors import CASES, all_pairs, recall

from graphkit import Embedding, KnnGraph, LargeVis, knn_graph
from graphkit.cli import main
from graphkit.errors import GraphkitWarning
from graphkit.neighbors import NeighborIndex, exact, lists, nearest
from graphkit.neighbors.certainty import certain_distances, certain_products

METRICS = "euclidean", "cosine", "inner_product"
# Products of values around 1e-25 are 0 in float32, of which a warning tells.
HELD = [pair for pair in itertools.product(CASES, METRICS) if pair != ("around 1e-25", "inner_product")]
EVERY_CASE = pytest.mark.parametrize("case", CASES)
EVERY_METRIC = pytest.mark.parametrize("metric", METRICS)
EVERY_HELD = pytest.mark.parametrize(("case", "metric"), HELD)
OWN = np.arange(600)


@EVERY_HELD
def test_all_are_compared(case, metric):
    distances = all_pairs(case, metric)
    found = knn_graph(CASES[case], 10, metric=metric)
    assert recall(distances, found.indices) == 1
    wanted = np.sort(distances, axis=1)[:, :10]
    np.testing.assert_allclose(found.distances, wanted, rtol=2e-6)
    assert (found.method, found.recall) == ("exact", 1.0)


@EVERY_HELD
def test_the_recall_of_lists_is_what_they_found(case, metric):
    distances = all_pairs(case, metric)
    for options in ({"num_probes": 4}, {"recall": 0.9}):
        found = knn_graph(CASES[case], 10, metric=metric, num_lists=24, **options)
        # Of 300 points.
        assert found.recall == pytest.approx(recall(distances, found.indices), abs=0.06)
        assert found.recall >= options.get("recall", 0)


@pytest.mark.parametrize("kind", ["exact", "lists", "hnsw"])
@pytest.mark.parametrize(("case", "metric"), [pair for pair in HELD if pair[0] != "two groups, 1e9 apart"])
def test_an_index_knows_what_it_finds(case, kind, metric):
    distances = all_pairs(case, metric)
    index = NeighborIndex(CASES[case], metric=metric, kind=kind, recall=0.9)
    found = index.nearest(CASES[case], 10, exclude=OWN)
    reached = recall(distances, found.rows)
    assert index.recall == pytest.approx(reached, abs=0.06)
    assert reached == 1 if kind == "exact" else reached > 0.86
    again = index.nearest(CASES[case][:5], 10, exclude=OWN[:5])
    np.testing.assert_array_equal(found.rows[:5], again.rows)


@pytest.mark.parametrize("metric", ["euclidean", "inner_product"])
@pytest.mark.parametrize("kind", ["exact", "lists"])
def test_an_index_warns_of_digits_that_it_cannot_hold(kind, metric):
    vectors = CASES["two groups, 1e9 apart"]
    with pytest.warns(GraphkitWarning, match="near vectors differ by less than float32 can hold"):
        index = NeighborIndex(vectors, metric=metric, kind=kind)
    found = index.nearest(vectors, 10, exclude=OWN)
    true = all_pairs("two groups, 1e9 apart", metric)
    assert index.recall == pytest.approx(recall(true, found.rows), abs=0.06)
    assert index.recall < 0.9


def test_neighbours_of_an_embedding():
    vectors = CASES["a column of 0 and 1e5"]
    found = Embedding(OWN, vectors).most_similar(OWN, 10)
    rows = np.array([[row for row, _ in pairs] for pairs in found])
    assert recall(all_pairs("a column of 0 and 1e5", "cosine"), rows) == 1


def test_an_embedding_warns_of_digits_that_it_cannot_hold():
    with pytest.warns(GraphkitWarning, match="subtract the mean of each column first"):
        Embedding(OWN, CASES["float64 around 1e7"])
    # What float32 holds exactly is not lost, however far from the origin.
    Embedding(OWN, CASES["a column of 0 and 1e5"].astype(np.float64))


@pytest.mark.parametrize("suffix", [".csv", ".w2v", ".npy", ".npz", ".parquet"])
def test_the_command_compares_files_in_float64(tmp_path, suffix):
    path = write(tmp_path / f"vectors{suffix}", CASES["float64 around 1e7"])
    assert main(["knn", str(path), "-k", "10", "-q", "-o", str(tmp_path / "out.csv")]) == 0
    rows = np.loadtxt(tmp_path / "out.csv", delimiter=",", skiprows=1, usecols=1, dtype=int).reshape(-1, 10)
    assert recall(all_pairs("float64 around 1e7", "euclidean"), rows) == 1


def write(path, vectors):
    """As other tools write float64; graphkit itself has float32."""
    names, lines = OWN.astype(str), [" ".join(map(repr, row)) for row in vectors.tolist()]
    if path.suffix == ".npy":
        np.save(path, vectors)
        path.with_suffix(".ids.txt").write_text("\n".join(names))
    elif path.suffix == ".npz":
        np.savez(path, node_ids=OWN, vectors=vectors)
    elif path.suffix == ".parquet":
        import polars

        polars.DataFrame({"id": OWN, "vector": vectors}).write_parquet(path)
    elif path.suffix == ".csv":
        rows = [f"{name},{line.replace(' ', ',')}" for name, line in zip(names, lines, strict=True)]
        head = ",".join(["id", *(f"v{i}" for i in range(vectors.shape[1]))])
        path.write_text("\n".join([head, *rows]) + "\n")
    else:
        rows = [f"{name} {line}" for name, line in zip(names, lines, strict=True)]
        path.write_text("\n".join([f"{len(rows)} {vectors.shape[1]}", *rows]) + "\n")
    return path


@EVERY_CASE
def test_maps_have_the_true_neighbours(case):
    model = LargeVis(samples_per_node=5, perplexity=4).fit(CASES[case])
    assert isinstance(model.neighbors_, KnnGraph)
    assert recall(all_pairs(case, "euclidean"), model.neighbors_.indices) == 1
    assert np.isfinite(model.embedding_).all()


def test_distances_below_float32_are_warned_of():
    with pytest.warns(GraphkitWarning, match="distances underflow float32; scale them up"):
        knn_graph(np.random.default_rng(0).normal(size=(40, 3)) * 1e-42, 2)
    with pytest.warns(GraphkitWarning, match="products underflow float32; scale them up"):
        found = knn_graph(CASES["around 1e-25"], 10, metric="inner_product")
    # What is near is known all the same.
    assert recall(all_pairs("around 1e-25", "inner_product"), found.indices) == 1


@EVERY_METRIC
def test_ties_are_taken_by_row(metric):
    # More equal vectors than candidates: those with the smallest rows are the nearest.
    vectors = np.repeat(np.eye(3, 4, dtype=np.float32), 40, axis=0)
    found = nearest(vectors, vectors, 12, metric=metric)
    assert found.rows.tolist() == [list(range(first, first + 12)) for first in (0, 40, 80) for _ in range(40)]


def test_ordinary_vectors_are_left_to_products(monkeypatch):
    asked = []
    keep = exact.nearest_of_all
    monkeypatch.setattr(exact, "nearest_of_all", lambda *given: asked.append(len(given[1])) or keep(*given))
    knn_graph(CASES["as they are"], 10)
    knn_graph(CASES["as they are"], 10, metric="cosine")
    assert sum(asked) == 0
    knn_graph(CASES["a column of 0 and 1e5"], 10)
    assert sum(asked) > 100


def test_lists_that_products_mistake_are_given_up(monkeypatch):
    vectors = CASES["as they are"].copy()
    vectors[:, 3] = np.where(OWN % 2, 0, 1e7)
    searched, search = [], lists.PointLists.search
    monkeypatch.setattr(lists.PointLists, "search", lambda *given: searched.append(1) or search(*given))
    found = knn_graph(vectors, 10, num_lists=24)
    assert (found.method, len(searched)) == ("exact", 0)
    # Half of these are equal: any of them will do.
    assert knn_graph(np.repeat(CASES["as they are"][:30], 20, axis=0), 10, num_lists=10).method == "lists"


@pytest.mark.parametrize("dim", [1, 2, 8, 64, 784])
@pytest.mark.parametrize("kind", ["normal", "positive", "heavy"])
def test_products_are_off_by_no_more_than_is_allowed_for(dim, kind):
    import faiss

    random = np.random.default_rng(dim)
    draw = {"normal": random.normal, "positive": random.random, "heavy": random.standard_cauchy}[kind]
    points, queries = (draw(size=(size, dim)).astype(np.float32) for size in (1000, 100))
    exact_points, exact_queries = points.astype(float), queries.astype(float)
    lengths, query_lengths = np.linalg.norm(exact_points, axis=1), np.linalg.norm(exact_queries, axis=1)
    squares, rows = faiss.knn(queries, points, 1000)
    true = ((exact_queries[:, None] - exact_points[rows]) ** 2).sum(axis=2)
    # If the farthest were the vector itself, it would be held for one that may be nearer.
    assert not certain_distances(np.sqrt(true), squares, query_lengths[:, None], dim).any()
    products, rows = faiss.knn(queries, points, 1000, metric=faiss.METRIC_INNER_PRODUCT)
    true = (exact_queries[:, None] * exact_points[rows]).sum(axis=2) / query_lengths[:, None]
    given = products / query_lengths[:, None]
    assert not certain_products(true, given, lengths[rows], dim).any()
