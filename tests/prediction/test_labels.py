"""Predicted labels against scikit-learn's one-vs-rest classifier."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

import graphkit as gk
from graphkit.errors import InputError, ParameterError, UnknownNodeError


@pytest.fixture
def vectors():
    return np.random.default_rng(1).normal(size=(80, 5))


def classifier():
    return OneVsRestClassifier(LogisticRegression(C=1.0, solver="liblinear", tol=1e-8, max_iter=1000))


@pytest.mark.parametrize("normalize", [None, "l2"])
def test_one_class_a_node(vectors, normalize):
    rng = np.random.default_rng(2)
    classes = np.array(["red", "green", "blue"])[rng.integers(3, size=80)]
    classes[::4] = ""
    found = gk.predict_labels(vectors, classes, k=3, normalize=normalize)
    features = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if normalize else vectors
    model = classifier().fit(features[classes != ""], classes[classes != ""])
    assert found.node_ids.tolist() == np.flatnonzero(classes == "").tolist()
    assert found.label_names == model.classes_.tolist()
    wanted = model.predict_proba(features[classes == ""])
    order = np.argsort(-wanted, axis=1)
    assert np.array_equal(found.labels, order)
    assert np.allclose(found.probabilities, np.take_along_axis(wanted, order, axis=1), atol=1e-3)
    assert np.allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)


def test_several_labels_a_node(vectors):
    rng = np.random.default_rng(3)
    matrix = rng.random((80, 4)) < 0.4
    matrix[:20] = False
    rows = np.flatnonzero(matrix.any(axis=1))
    found = gk.predict_labels(vectors, matrix, nodes=[0, 5, 70], label_names=list("wxyz"), k=2)
    wanted = classifier().fit(vectors[rows], matrix[rows].astype(int)).predict_proba(vectors[[0, 5, 70]])
    order = np.argsort(-wanted, axis=1)[:, :2]
    assert np.array_equal(found.labels, order)
    assert np.allclose(found.probabilities, np.take_along_axis(wanted, order, axis=1), atol=1e-3)
    assert [label for label, _ in found[5]] == ["wxyz"[place] for place in order[1]]


def test_by_id(vectors):
    names = [f"n{row}" for row in range(80)]
    embedding = gk.Embedding(names, vectors)
    known = {f"n{row}": ["odd", "all"] if row % 2 else ["all"] for row in range(0, 40)}
    matrix = np.zeros((80, 2))
    matrix[:40, 0], matrix[1:40:2, 1] = 1, 1
    by_id = gk.predict_labels(embedding, known, ["n77", "n41"], k=2)
    by_row = gk.predict_labels(vectors, matrix, [77, 41], label_names=["all", "odd"], k=2)
    assert [row[1:] for row in by_id] == [row[1:] for row in by_row]
    assert by_id.node_ids.tolist() == ["n77", "n41"]
    # One label each, as a word.
    assert len(gk.predict_labels(embedding, {"n1": "a", "n2": "b"})) == 78
    with pytest.raises(UnknownNodeError, match="did you mean 'n79'"):
        gk.predict_labels(embedding, {"n79x": "a", "n2": "b"})
    with pytest.raises(InputError, match="several kinds"):
        gk.predict_labels(embedding, {"n1": "a", "n2": 3})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files(vectors, tmp_path, suffix):
    import polars

    found = gk.predict_labels(vectors, {0: 'the "first", one', 1: "other"}, k=2)
    path = tmp_path / f"labels{suffix}"
    found.save(path)
    read = polars.read_parquet(path) if suffix == ".parquet" else polars.read_csv(path)
    assert read.columns == ["id", "label", "probability"]
    assert [row[:2] for row in read.rows()] == [row[:2] for row in found]
    assert np.allclose(read["probability"], [row[2] for row in found], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"k": 0}, ParameterError, "k must be a whole number >= 1, got 0"),
        ({"C": -1}, ParameterError, "C must be > 0"),
        ({"normalize": "l1"}, ParameterError, "normalize must be 'l2' or None"),
        ({"normalize": np.array(["l2", "l2"])}, ParameterError, "normalize must be 'l2' or None"),
        ({"nodes": [80]}, UnknownNodeError, "no node has the id 80"),
        ({"label_names": ["a"]}, InputError, "label_names must name 2 labels, got"),
    ],
)
def test_refused(vectors, options, error, message):
    labels = np.arange(80) % 2
    with pytest.raises(error, match=message):
        gk.predict_labels(vectors, labels, **options)
    with pytest.raises(InputError, match="all labelled nodes bear the same label"):
        gk.predict_labels(vectors, {0: "a", 1: "a"})
