"""graphkit knn and graphkit map: what they write, say, and refuse."""

import csv
import json

import numpy as np
import pytest

from graphkit import Embedding, LargeVis, knn_graph
from graphkit.cli import main
from graphkit.evaluation import map_quality


@pytest.fixture
def vectors(edges):
    made = Embedding([f"n{i}" for i in range(60)], np.random.default_rng(0).normal(size=(60, 5)))
    made.save(edges.parent / "vectors.parquet")
    return made


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_a_row_is_a_pair(graphkit, edges, vectors, metric):
    outcome = graphkit(f"knn vectors.parquet -k 3 --metric {metric} -o out.csv")
    assert outcome.code == 0, outcome.err
    assert f"out.csv: KnnGraph(60 points, k=3, {metric}, exact, recall 1.0000)" in outcome.err
    header, *rows = csv.reader((edges.parent / "out.csv").read_text().splitlines())
    wanted = knn_graph(vectors.vectors, 3, metric=metric)
    assert header == ["source", "node", "score"]
    assert [row[0] for row in rows] == np.repeat(vectors.node_ids, 3).tolist()
    assert [row[1] for row in rows] == vectors.node_ids[wanted.indices.ravel()].tolist()
    scores = wanted.distances if metric == "euclidean" else 1 - wanted.distances
    np.testing.assert_allclose([float(row[2]) for row in rows], scores.ravel(), rtol=1e-5, atol=1e-6)


def test_a_map_holds_what_the_class_gives(graphkit, edges, vectors):
    outcome = graphkit("map vectors.parquet -o map.parquet --samples-per-node 20 --perplexity 5")
    assert outcome.code == 0, outcome.err
    found = Embedding.load(edges.parent / "map.parquet")
    wanted = LargeVis(samples_per_node=20, perplexity=5).fit_transform(vectors.vectors)
    assert np.array_equal(found.vectors, wanted)
    assert found.node_ids.tolist() == vectors.node_ids.tolist()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("knn vectors.parquet -k 60 -o out.csv", "k must be whole and in [1, 59] (60 points), got 60"),
        ("knn vectors.parquet -o out.png", "no format for lists of nodes has the suffix '.png'"),
        ("knn missing.parquet -o out.csv", "missing.parquet"),
        ("map vectors.parquet -o map.csv --perplexity 60", "perplexity must lie in (1, 59) (60 points)"),
        ("map vectors.parquet -o vectors.parquet --force", "is the input too"),
        ("map vectors.parquet -o map.jpg", ".csv, .tsv, or .html, .png, .svg, .pdf for a drawing"),
        ("map vectors.parquet -o map.html --unknown ignore", "no effect without --labels"),
        ("map vectors.parquet -o map.html --label-column town", "no effect without --labels"),
    ],
)
def test_what_is_refused(graphkit, edges, vectors, line, message):
    outcome = graphkit(line)
    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.parametrize(
    ("line", "rows", "message"),
    [
        ("knn few.csv -k 1 -o out.csv", 1, "neighbours are found among 2 points at least, got 1"),
        ("map few.csv -o out.csv", 2, "a map is made of 3 vectors at least, got 2"),
    ],
)
def test_too_few_vectors(graphkit, edges, vectors, line, rows, message):
    Embedding(vectors.node_ids[:rows], vectors.vectors[:rows]).save(edges.parent / "few.csv")
    outcome = graphkit(line)
    assert outcome.code == 2
    assert message in outcome.err


def test_vectors_that_are_not_finite_are_named(graphkit, edges):
    (edges.parent / "bad.csv").write_text("id,v0,v1\na,1,2\nb,1,nan\nc,inf,0\n")
    outcome = graphkit("knn bad.csv -k 1 -o out.csv")
    assert outcome.code == 2
    message = "bad.csv: the vectors of 2 of 3 nodes hold NaN or infinity, the first that of 'b'"
    assert message in outcome.err


def test_a_map_is_measured(graphkit, edges, vectors):
    positions = Embedding(vectors.node_ids[::-1].copy(), vectors.vectors[::-1, :2].copy())
    positions.save(edges.parent / "map.csv")
    (edges.parent / "labels.txt").write_text("".join(f"n{i} {i % 3}\n" for i in range(60)))
    line = "evaluate map map.csv --vectors vectors.parquet --labels labels.txt -k 5 --json"
    outcome = graphkit(line)
    assert outcome.code == 0, outcome.err
    wanted = map_quality(vectors.vectors, vectors.vectors[:, :2], np.arange(60) % 3, k=5)
    found = json.loads(outcome.out)
    for name in ("trustworthiness", "continuity", "preservation", "accuracy"):
        assert found[name] == pytest.approx(getattr(wanted, name))


def test_a_map_of_other_ids_is_refused(graphkit, edges, vectors):
    Embedding(["m1"], [[0, 0]]).save(edges.parent / "map.csv")
    outcome = graphkit("evaluate map map.csv --vectors vectors.parquet")
    assert outcome.code == 2
    assert "no node has the id 'm1'" in outcome.err


def test_an_empty_file_of_vectors(tmp_path, capsys):
    (tmp_path / "empty.txt").touch()
    assert main(["knn", str(tmp_path / "empty.txt"), "-o", str(tmp_path / "near.parquet")]) == 2
    assert "empty.txt: the file is empty" in capsys.readouterr().err
