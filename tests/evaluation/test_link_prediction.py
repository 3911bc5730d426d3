"""link_prediction: scores against plain computations, and splits that leak are refused."""

import dataclasses
import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from support.graphs import random_graph
from support.reference.ranking import auc, average_precision

from graphkit.embedding import Embedding
from graphkit.errors import InputError, ParameterError
from graphkit.evaluation import edge_features, link_prediction, split_edges
from graphkit.graph.graph import Graph

FORMULAS = {
    "hadamard": lambda u, v: [a * b for a, b in zip(u, v, strict=True)],
    "average": lambda u, v: [(a + b) / 2 for a, b in zip(u, v, strict=True)],
    "l1": lambda u, v: [abs(a - b) for a, b in zip(u, v, strict=True)],
    "l2": lambda u, v: [(a - b) ** 2 for a, b in zip(u, v, strict=True)],
    "concat": lambda u, v: [*u, *v],
}


def spectral(graph, dim=8):
    """Singular vectors of the adjacency matrix; those of isolated nodes are zero."""
    left, values, _ = np.linalg.svd(graph.to_scipy().toarray().astype(float))
    return (left * np.sqrt(values))[:, :dim].round(6)


@pytest.fixture(scope="module", params=[False, True], ids=["undirected", "directed"])
def split(request):
    return split_edges(random_graph(60, 400, directed=request.param), 0.3, seed=2)


@pytest.fixture(scope="module")
def vectors(split):
    return spectral(split.train_graph)


@pytest.mark.parametrize("operator", FORMULAS)
def test_edge_features(vectors, operator):
    pairs = np.array([(0, 3), (5, 5), (59, 1)])
    expected = [FORMULAS[operator](vectors[u].tolist(), vectors[v].tolist()) for u, v in pairs]
    np.testing.assert_allclose(edge_features(vectors, pairs, operator), expected)
    assert edge_features(vectors.astype(np.float32), pairs, operator).dtype == np.float32
    assert edge_features(vectors, [], operator).shape == (0, len(expected[0]))


def test_edge_features_in_blocks(monkeypatch, vectors):
    pairs = np.random.default_rng(0).integers(60, size=(100, 2))
    whole = edge_features(vectors, pairs, "l1")
    monkeypatch.setattr("graphkit.evaluation.operators._BLOCK_PAIRS", 7)
    np.testing.assert_array_equal(edge_features(vectors, pairs, "l1"), whole)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"pairs": [(0, 60)]}, InputError, r"pairs: \[0, 60\] is not a pair of rows in 0 .. 59"),
        ({"pairs": [(-1, 0)]}, InputError, r"pairs: \[-1, 0\]"),
        ({"pairs": [(0, 1, 2)]}, InputError, r"whole numbers \[num_pairs, 2\], got int64 \[1, 3\]"),
        ({"pairs": [(0.0, 1.0)]}, InputError, "got float64"),
        ({"operator": "hadamar"}, ParameterError, "did you mean 'hadamard'"),
        ({"operator": "inner"}, ParameterError, "unknown operator 'inner'"),
    ],
)
def test_edge_features_refuse(vectors, given, error, message):
    with pytest.raises(error, match=message):
        edge_features(**({"vectors": vectors, "pairs": [(0, 1)]} | given))


def lists(scores, split):
    return scores[: len(split.test_edges)].tolist(), scores[len(split.test_edges) :].tolist()


@pytest.mark.parametrize("operator", FORMULAS)
def test_classifier_sees_training_pairs_only(split, vectors, operator):
    train = np.concatenate([split.train_edges, split.train_negatives])
    test = np.concatenate([split.test_edges, split.test_negatives])
    truth = np.arange(len(train)) < len(split.train_edges)
    peer = LogisticRegression(solver="liblinear", C=2, tol=1e-8)
    peer.fit(edge_features(vectors, train, operator), truth)
    true, false = lists(peer.decision_function(edge_features(vectors, test, operator)), split)
    result = link_prediction(vectors, split, operator=operator, C=2)
    np.testing.assert_allclose(result.auc[0], auc(true, false), atol=2e-3)
    np.testing.assert_allclose(result.average_precision[0], average_precision(true, false), atol=5e-3)


def test_scores_without_classifier(split, vectors):
    test = np.concatenate([split.test_edges, split.test_negatives])
    inner = np.array([float(vectors[u] @ vectors[v]) for u, v in test])
    lengths = np.array([float(np.linalg.norm(vectors[u]) * np.linalg.norm(vectors[v])) for u, v in test])
    result = link_prediction(vectors, split, operator=["inner", "cosine"])
    cosine = np.divide(inner, lengths, out=np.zeros_like(inner), where=lengths > 0)
    for place, scores in enumerate((inner, cosine)):
        true, false = lists(scores, split)
        np.testing.assert_allclose(result.auc[place], auc(true, false), atol=1e-4)
        np.testing.assert_allclose(result.average_precision[place], average_precision(true, false), atol=1e-3)


def test_report_and_threads(split, vectors):
    result = link_prediction(vectors, split, operator=["hadamard", "cosine"], num_threads=2)
    again = link_prediction(vectors, split, operator=["hadamard", "cosine"], num_threads=1)
    assert result.auc == again.auc
    assert [row["operator"] for row in result.rows()] == ["hadamard", "cosine"]
    assert json.loads(json.dumps(result.to_dict()))["results"] == result.rows()
    assert str(result).startswith("operator     auc  average_precision\nhadamard")
    assert "C = 1 and L2 penalty" in result.statement
    assert ("without direction" in result.statement) != split.train_graph.directed


def leaking(split, **parts):
    return dataclasses.replace(split, **parts)


def test_a_test_edge_that_stays_in_the_graph_is_refused(split, vectors):
    graph = split.train_graph
    edge = split.train_edges[7:8]
    u, v = edge[0].tolist()
    for leak in (edge, edge[:, ::-1]):
        one_way = graph.directed and not graph.has_edges(leak[:, 0], leak[:, 1])[0]
        bad = leaking(split, test_edges=np.concatenate([split.test_edges, leak]))
        if one_way:
            link_prediction(vectors, bad, operator="inner")
            continue
        message = rf"would leak: test edge \(({u}, {v}|{v}, {u})\) is in the training graph, as 1 of"
        with pytest.raises(InputError, match=message):
            link_prediction(vectors, bad, operator="inner")


def test_the_whole_graph_as_training_graph_is_refused(split, vectors):
    source, target = np.concatenate([split.train_edges, split.test_edges]).T
    whole = Graph.from_edges((source, target), num_nodes=60, directed=split.train_graph.directed)
    count = len(split.test_edges)
    with pytest.raises(InputError, match=f"is in the training graph, as {count} of {count} test edges are"):
        link_prediction(vectors, leaking(split, train_graph=whole))


@pytest.mark.parametrize(
    ("test", "train", "message"),
    [
        ("test_edges", "train_edges", "test edge .* is among train_edges"),
        ("test_edges", "train_negatives", "test edge .* is among train_negatives"),
        ("test_negatives", "train_negatives", "test negative .* is among train_negatives"),
        ("test_edges", "test_negatives", "test edge .* is among test_negatives"),
    ],
)
def test_shared_pairs_are_refused(split, vectors, test, train, message):
    shared = getattr(split, test)[3:4]
    if not split.train_graph.directed:
        shared = shared[:, ::-1]
    bad = leaking(split, **{train: np.concatenate([getattr(split, train), shared])})
    with pytest.raises(InputError, match=message):
        link_prediction(vectors, bad)


def test_a_negative_that_is_an_edge_is_refused(split, vectors):
    bad = leaking(split, test_negatives=np.concatenate([split.test_negatives, split.train_edges[:1]]))
    with pytest.raises(InputError, match=r"test negative .* is in the training graph"):
        link_prediction(vectors, bad)


def test_the_error_names_nodes_by_their_ids():
    graph = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")])
    split = split_edges(graph, 0.2)
    bad = leaking(split, test_edges=split.train_edges[:1])
    with pytest.raises(InputError, match=r"test edge \('[a-e]', '[a-e]'\) is in the training graph"):
        link_prediction(np.ones((5, 2)), bad)


def test_an_empty_part_is_refused(split, vectors):
    with pytest.raises(InputError, match="the split has no train_negatives"):
        link_prediction(vectors, leaking(split, train_negatives=np.empty((0, 2), np.int32)))


MISMATCHED = {
    "order": (lambda ids: ids[::-1], "the same ids in another order"),
    "one missing": (lambda ids: [*ids[:-1], 999], r"node 59 has no vector"),
    "one more": (lambda ids: [*ids, 999], r"\(61 and 60\)"),
    "strings": (lambda ids: [str(node) for node in ids], "node 0 has no vector"),
}


@pytest.mark.parametrize(("change", "message"), MISMATCHED.values(), ids=MISMATCHED.keys())
def test_an_embedding_of_other_nodes_is_refused(split, change, message):
    ids = change(list(range(60)))
    with pytest.raises(InputError, match=message):
        link_prediction(Embedding(ids, np.ones((len(ids), 3))), split)


def test_the_right_embedding_is_taken(split, vectors):
    embedding = Embedding(split.train_graph.node_ids, vectors)
    assert link_prediction(embedding, split).auc == link_prediction(vectors.astype(np.float32), split).auc


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"vectors": np.ones((59, 2))}, InputError, "59 vectors, but the split's graph has 60 nodes"),
        ({"vectors": np.full((60, 2), np.nan)}, InputError, "row 0 is not"),
        ({"operator": "cos"}, ParameterError, "unknown operator 'cos'"),
        ({"operator": []}, ParameterError, "at least one operator"),
        ({"C": -1}, ParameterError, "C must be > 0 and finite, got -1"),
    ],
)
def test_refused(split, vectors, given, error, message):
    with pytest.raises(error, match=message):
        link_prediction(**({"vectors": vectors, "split": split} | given))


def test_facebook(real_data):
    edges = np.loadtxt(real_data / "facebook.txt.gz", dtype=np.int64)
    split = split_edges(Graph.from_edges(edges), 0.5, seed=1)
    from scipy.sparse.linalg import svds

    left, values, _ = svds(split.train_graph.to_scipy().astype(float), k=32, v0=np.ones(4039))
    result = link_prediction(left * np.sqrt(values), split, operator="hadamard")
    # Table 4 of the node2vec paper: 0.949 (LINE) to 0.968 (DeepWalk, node2vec).
    assert result.auc[0] > 0.949
