"""NetMF against dense float64 computations of the paper's two algorithms, and its published quality."""

import tracemalloc

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import window_matrix as reference

from graphkit import Graph, GraphkitWarning, NetMF, ParameterError, datasets
from graphkit.datasets.generators import barabasi_albert
from graphkit.evaluation import node_classification
from graphkit.methods import netmf
from graphkit.propagation.window_matrix import LowRankMatrix, exact_matrix

GRAPHS = {
    # With loops, weights and isolated nodes; and one with many leaves.
    "weighted": random_graph(150, 700, weighted=True, seed=3),
    "loops": random_graph(150, 500, seed=4),
    "tree": barabasi_albert(150, 1, seed=1),
    # More columns than are computed side by side, more rows than a tile has.
    "large": random_graph(700, 3000, weighted=True, seed=1),
    "components": Graph.from_edges([(i, i + 1) for i in range(120) if i % 5], num_nodes=123),
}
EVERY = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())


def dense(graph):
    return graph.to_scipy().toarray()


def products(vectors):
    """X X^T, which signs and rotations of equal singular values leave as it is."""
    vectors = vectors.astype(np.float64)
    return vectors @ vectors.T


@EVERY
@pytest.mark.parametrize(("window", "num_negatives"), [(1, 1.0), (2, 0.5), (10, 1.0), (5, 3.0)])
def test_the_exact_matrix(graph, window, num_negatives):
    found = exact_matrix(graph, window=window, num_negatives=num_negatives, num_threads=2)
    wanted = reference.exact_matrix(dense(graph), window, num_negatives)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=3e-6)
    assert (wanted > 0).any()


@EVERY
def test_vectors_of_the_exact_form(graph):
    model = NetMF(dim=12, window=6, num_negatives=2, form="exact").fit(graph)
    matrix = reference.exact_matrix(dense(graph), 6, 2)
    _, values = reference.svd_vectors(matrix, 12)
    # Beyond 512 nodes the factorisation is an iteration, to a residual of a hundredth.
    error = 1e-5 if graph.num_nodes < 512 else 1e-2
    np.testing.assert_allclose(model.singular_values_, values, rtol=error)
    lengths = np.linalg.norm(model.embedding_.astype(np.float64), axis=0)
    np.testing.assert_allclose(lengths**2, model.singular_values_, rtol=1e-4)
    # Each column is an eigenvector, of a value of either sign.
    applied = matrix @ model.embedding_
    signs = np.sign(np.einsum("ij,ij->j", model.embedding_, applied))
    distance = np.linalg.norm(applied - model.embedding_ * (signs * model.singular_values_), axis=0)
    assert (distance <= error * values[0] * lengths).all()
    assert model.form_ == "exact"
    assert model.residual_ <= error


@pytest.mark.parametrize("name", ["weighted", "loops", "tree"])
def test_vectors_are_those_of_the_truncated_svd(name):
    graph = GRAPHS[name]
    matrix = reference.exact_matrix(dense(graph), 10, 1)
    wanted, values = reference.svd_vectors(matrix, 21)
    # Up to a dimension behind which there is a gap, lest the last column be one of several.
    dim = 10 + int(np.argmax(values[10:20] - values[11:21]))
    found = NetMF(dim=dim, form="exact").fit_transform(graph)
    np.testing.assert_allclose(products(found), products(wanted[:, :dim]), atol=1e-4)


@EVERY
@pytest.mark.parametrize("rank", [3, 40, 5000])
def test_the_rank_form(graph, rank):
    model = NetMF(dim=6, window=5, num_negatives=1.5, form="rank", rank=rank).fit(graph)
    rank = min(rank, graph.num_nodes)
    matrix = reference.rank_matrix(dense(graph), 5, 1.5, rank)
    _, values = reference.svd_vectors(matrix, 6)
    error = 1e-4 if graph.num_nodes < 512 else 3e-2
    np.testing.assert_allclose(model.singular_values_, values, rtol=error, atol=error * values[0])
    assert model.form_ == "rank"


@pytest.mark.parametrize("num_threads", [1, 2])
def test_products_of_a_matrix_that_is_not_kept(num_threads):
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(2500, 7)).astype(np.float32)
    labels, shares = rng.integers(0, 3, 2500).astype(np.int32), np.array([0.5, 2.5, 0], np.float32)
    matrix = LowRankMatrix(factor, labels, shares, num_threads=num_threads)
    together = (labels[:, None] == labels) * shares[labels]
    wanted = np.log(np.maximum(1, factor.astype(np.float64) @ factor.T + together))
    np.testing.assert_allclose(matrix.dense(), wanted, atol=1e-5)
    for dtype in (np.float32, np.float64):
        block = rng.normal(size=(2500, 5)).astype(dtype)
        out = np.full((2500, 5), np.nan, dtype)
        matrix.times(block, out)
        np.testing.assert_allclose(out, wanted @ block, atol=2e-3)
        matrix.times_transposed(block, out)
        np.testing.assert_allclose(out, wanted @ block, atol=2e-3)


def test_large_graphs_keep_no_matrix(monkeypatch):
    graph = GRAPHS["large"]
    options = {"dim": 8, "form": "rank", "rank": 30}
    kept = NetMF(**options).fit(graph)
    monkeypatch.setattr(netmf, "DENSE_NODES", 600)
    found = NetMF(**options).fit(graph)
    np.testing.assert_allclose(found.singular_values_, kept.singular_values_, rtol=1e-3)
    assert NetMF(**options).estimate(700, 6000).bytes < 700 * 700 * 4 + 10**7


@pytest.mark.parametrize(("form", "dense_nodes"), [("exact", 20_000), ("rank", 20_000), ("rank", 100)])
def test_same_bits_on_any_number_of_threads(form, dense_nodes, monkeypatch):
    monkeypatch.setattr(netmf, "DENSE_NODES", dense_nodes)
    one, two, three = (
        NetMF(dim=16, form=form, seed=5, num_threads=threads).fit_transform(GRAPHS["large"])
        for threads in (1, 2, 3)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, three)


def test_the_form_is_chosen_by_size():
    forms = [
        NetMF(window=window)._form(*size)
        for window, size in [
            (10, (10_312, 667_966)),
            (10, (19_717, 88_648)),
            (1, (20_000, 10**8)),
            (1, (20_001, 9)),
        ]
    ]
    assert forms == ["rank", "exact", "exact", "rank"]


@pytest.mark.parametrize("form", ["exact", "rank"])
def test_nodes_without_edges_have_zeros(form):
    source, target, _ = barabasi_albert(900, 2, seed=1).to_edges()
    graph = Graph.from_edges((source * 2, target * 2), num_nodes=1801)
    vectors = NetMF(dim=8, form=form, rank=None if form == "exact" else 40).fit_transform(graph)
    assert not vectors[graph.degree == 0].any()
    assert vectors[graph.degree > 0].any(axis=1).all()


def test_a_dimension_beyond_the_rank_says_the_rank():
    star = Graph.from_edges([(0, leaf) for leaf in range(1, 6)])
    rank = np.linalg.matrix_rank(reference.exact_matrix(dense(star), 9, 1), tol=1e-6)
    assert 0 < rank < 6
    said = rf"netmf: the matrix has rank {rank}: .* from {rank + 1} on are zeros; choose dim <= {rank}$"
    with pytest.warns(GraphkitWarning, match=said):
        vectors = NetMF(dim=8, window=9).fit_transform(star)
    assert vectors.shape == (6, 8)
    assert vectors[:, :rank].any(axis=0).all()
    assert not vectors[:, rank:].any()
    # Each of a pair is met in half of the steps, which is no more than chance.
    with pytest.warns(GraphkitWarning, match="netmf: the matrix is zero, and so are the vectors"):
        assert not NetMF(dim=5).fit_transform(Graph.from_edges([(0, 1)])).any()


def test_directed_graphs_are_refused():
    graph = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    with pytest.raises(
        ParameterError, match=r"netmf is for undirected graphs, got a directed one; read it as undirected"
    ):
        NetMF().fit(graph)


@pytest.mark.parametrize("form", ["exact", "rank"])
def test_peak_memory_is_as_estimated(form):
    graph = barabasi_albert(4000, 4, seed=1)
    model = NetMF(dim=32, rank=None if form == "exact" else 64, form=form, num_threads=2)
    model.fit(graph)
    tracemalloc.start()
    model.fit(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    graph_bytes = graph.indptr.nbytes + graph.indices.nbytes + graph.node_ids.nbytes
    assert 0.8 < model.estimate(graph.num_nodes, graph.num_arcs).bytes / (peak + graph_bytes) < 1.3


def test_what_memory_does_not_hold_is_refused(monkeypatch):
    monkeypatch.setattr("graphkit.resources.available_memory", lambda: 2**26)
    with pytest.raises(
        ParameterError, match=r"netmf needs about 109\.4 MiB of memory \(matrix 95.*netsmf, which samples"
    ):
        NetMF(form="exact").fit(barabasi_albert(5000, 2, seed=1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"window": 0}, "window must be a whole number from 1 to 10000, got 0"),
        ({"num_negatives": 0}, "num_negatives must be > 0"),
        ({"form": "small"}, "unknown form 'small'"),
        ({"rank": 0}, "rank must be a whole number >= 1, got 0"),
        ({"rank": 9, "form": "exact"}, "rank has no effect with form='exact'"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ParameterError, match=message):
        NetMF(**options).fit(GRAPHS["loops"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "micro", "macro"),
    # The authors' algorithm in dense float64 has 42.1 / 26.6 in this protocol.
    [("exact", 42.0, 26.3), ("rank", 43.0, 27.4)],
)
def test_quality_on_blogcatalog(real_data, form, micro, macro):
    data = datasets.load("blogcatalog")
    vectors = NetMF(form=form).fit_transform(data.graph)
    score = node_classification(
        vectors, data.labels, train_ratios=0.5, shuffles=10, C=1.0, normalize="l2", protocol="top-k"
    )
    assert 100 * score.micro_f1.mean() > micro - 0.5
    assert 100 * score.macro_f1.mean() > macro - 0.5
