"""Predicted links against all pairs one by one, in float64, with scikit-learn's classifier."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity
from support.graphs import random_graph

import graphkit as gk
from graphkit.errors import InputError, ParameterError, UnknownNodeError
from graphkit.evaluation.negatives import draw_non_edges
from graphkit.prediction import best_pairs, pair_model
from graphkit.seeds import Stream, generator


@pytest.fixture(params=[False, True], ids=["undirected", "directed"])
def graph(request):
    made = random_graph(60, 200, seed=1)
    ends = np.argwhere(made.to_scipy().toarray())
    loops = [(3, 3), (7, 7)]
    return gk.Graph.from_edges(np.vstack([ends, loops]) * 10, directed=request.param)


@pytest.fixture
def vectors(graph):
    return np.random.default_rng(2).normal(size=(graph.num_nodes, 6)).astype(np.float32)


def open_pairs(graph):
    adjacency = graph.to_scipy().toarray() != 0
    u, v = np.nonzero(~adjacency & ~np.eye(len(adjacency), dtype=bool))
    return (u, v) if graph.directed else (u[u < v], v[u < v])


def probabilities(graph, sources, targets, feature):
    """Of all pairs, by LIBLINEAR on the same pairs."""
    rng = generator(0, Stream.PREDICTION)
    adjacency = graph.to_scipy().toarray() != 0
    u, v = np.nonzero(adjacency)
    keep = u != v if graph.directed else u < v
    edges = np.column_stack([u[keep], v[keep]])
    pairs = np.vstack([edges, draw_non_edges(graph, "uniform", len(edges), rng)])
    truth = np.arange(len(pairs)) < len(edges)
    model = LogisticRegression(C=1.0, solver="liblinear", tol=1e-8, max_iter=1000)
    model.fit(feature(sources[pairs[:, 0]], targets[pairs[:, 1]]).astype(np.float64), truth)
    n = len(sources)
    every = feature(np.repeat(sources, n, axis=0), np.tile(targets, (n, 1)))
    return model.predict_proba(every.astype(np.float64))[:, 1].reshape(n, n)


def scores_of(operator, graph, sources, targets):
    doubles = sources.astype(np.float64), targets.astype(np.float64)
    return {
        "inner": lambda: doubles[0] @ doubles[1].T,
        "cosine": lambda: cosine_similarity(*doubles),
        "hadamard": lambda: probabilities(graph, sources, targets, lambda u, v: u * v),
        "l2": lambda: probabilities(graph, sources, targets, lambda u, v: (u - v) ** 2),
    }[operator]()


@pytest.mark.parametrize("operator", ["inner", "cosine", "hadamard", "l2"])
@pytest.mark.parametrize("other_targets", [False, True])
def test_the_best_pairs_of_the_graph(graph, vectors, operator, other_targets):
    targets = vectors[::-1].copy() if other_targets else vectors
    every = scores_of(operator, graph, vectors, targets)
    u, v = open_pairs(graph)
    order = np.argsort(-every[u, v])[:25]
    given = targets if other_targets else None
    found = gk.predict_links(vectors, graph, k=25, operator=operator, targets=given)
    assert np.allclose(found.scores, every[u, v][order], atol=2e-3)
    assert np.allclose(found.scores, every[found.source_rows, found.target_rows], atol=2e-3)
    assert len(set(zip(found.source_rows, found.target_rows, strict=True))) == 25
    is_open = set(zip(u, v, strict=True))
    assert all(pair in is_open for pair in zip(found.source_rows, found.target_rows, strict=True))
    assert (np.diff(found.scores) <= 0).all()


def test_the_best_of_each_node(graph, vectors):
    every = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    every[graph.to_scipy().toarray() != 0] = -np.inf
    np.fill_diagonal(every, -np.inf)
    nodes = graph.node_ids[[5, 0, 33]].tolist()
    found = gk.predict_links(vectors, graph, nodes, k=4, operator="inner")
    listed = list(found)
    for place, row in enumerate((5, 0, 33)):
        wanted = np.argsort(-every[row])[:4]
        assert [pair[:2] for pair in listed[4 * place : 4 * place + 4]] == [
            (graph.node_ids[row], graph.node_ids[other]) for other in wanted
        ]
    # More than there are: all that have no edge.
    everything = gk.predict_links(vectors, graph, nodes[:1], k=1000, operator="inner")
    assert len(everything) == np.isfinite(every[5]).sum()


def test_equal_scores_come_in_the_order_of_rows():
    graph = gk.Graph.from_edges([("a", "b")], node_ids=list("abcde"))
    found = list(gk.predict_links(np.ones((5, 2)), graph, k=4, operator="inner"))
    assert [pair[:2] for pair in found] == [("a", "c"), ("a", "d"), ("a", "e"), ("b", "c")]


def test_same_bits_for_any_number_of_threads_and_small_blocks(graph, vectors, monkeypatch):
    wanted = gk.predict_links(vectors, graph, k=50, num_threads=1)
    for threads in (2, 4):
        found = gk.predict_links(vectors, graph, k=50, num_threads=threads)
        assert np.array_equal(found.scores, wanted.scores)
        assert np.array_equal(found.target_rows, wanted.target_rows)
    monkeypatch.setattr(best_pairs, "_BLOCK_BYTES", 4 * graph.num_nodes * 7)
    blocks = gk.predict_links(vectors, graph, k=50, num_threads=2)
    assert np.allclose(blocks.scores, wanted.scores, atol=1e-6)


def test_a_sample_of_edges_trains_where_there_are_many(graph, vectors, monkeypatch):
    monkeypatch.setattr(pair_model, "MOST_EDGES", 50)
    found = gk.predict_links(vectors, graph, k=5)
    assert len(found) == 5


def test_vectors_are_found_by_their_ids(graph, vectors):
    order = np.random.default_rng(0).permutation(graph.num_nodes)
    mixed = gk.Embedding(graph.node_ids[order], vectors[order])
    plain = gk.predict_links(vectors, graph, k=5)
    assert list(gk.predict_links(mixed, graph, k=5)) == list(plain)
    with pytest.raises(InputError, match="1 of the graph's"):
        gk.predict_links(gk.Embedding(graph.node_ids[1:], vectors[1:]), graph)


def test_planted_links_are_found():
    """Of two cliques that lack a tenth of their edges, those are the best pairs."""
    rng = np.random.default_rng(0)
    pairs = [(u, v) for u in range(40) for v in range(u) if (u < 20) == (v < 20)]
    left_out = {pairs[place] for place in rng.choice(len(pairs), len(pairs) // 10, replace=False)}
    graph = gk.Graph.from_edges([pair for pair in pairs if pair not in left_out], num_nodes=40)
    vectors = gk.Spectral(dim=4, seed=1).fit_transform(graph)
    found = gk.predict_links(vectors, graph, k=len(left_out))
    assert {(int(v), int(u)) for u, v, _ in found} == left_out


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_files(tmp_path, suffix):
    import polars

    graph = gk.Graph.from_edges([('a "x"', "b,c"), ("b,c", "d")], node_ids=['a "x"', "b,c", "d", "e"])
    found = gk.predict_links(np.arange(8.0).reshape(4, 2), graph, k=3, operator="inner")
    path = tmp_path / f"links{suffix}"
    found.save(path)
    read = (
        polars.read_parquet(path)
        if suffix == ".parquet"
        else polars.read_csv(path, separator="," if suffix == ".csv" else "\t")
    )
    assert read.rows() == list(found)
    assert found.to_frame().values.tolist() == [list(row) for row in found]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"k": 0}, ParameterError, "k must be a whole number >= 1, got 0"),
        ({"operator": "l1"}, ParameterError, "unknown operator 'l1'"),
        ({"C": 0.0}, ParameterError, "C must be > 0"),
        ({"nodes": [1]}, UnknownNodeError, "no node has the id 1"),
        ({"targets": np.ones((3, 2))}, InputError, "3 vectors, but the graph has"),
    ],
)
def test_refused(graph, vectors, options, error, message):
    with pytest.raises(error, match=message):
        gk.predict_links(vectors, graph, **options)


def test_nothing_to_learn_from():
    empty = gk.Graph.from_edges([], num_nodes=3)
    with pytest.raises(InputError, match="and the graph has none; use 'cosine'"):
        gk.predict_links(np.ones((3, 2)), empty)
    full = gk.Graph.from_edges([(0, 1), (1, 2), (2, 0), (1, 1)])
    with pytest.raises(InputError, match="every pair of nodes has one"):
        gk.predict_links(np.ones((3, 2)), full)
    assert list(gk.predict_links(np.ones((3, 2)), full, operator="inner")) == []
