"""NRP against dense float64: PageRank's factors, each step of the weights, directions told on real graphs."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from support.graphs import random_graph
from support.reference import nrp as reference

from graphkit import NRP, Embedding, Graph, GraphkitWarning, ParameterError, read_graph

KINDS = pytest.mark.parametrize(
    ("directed", "weighted"), [(False, False), (False, True), (True, False), (True, True)]
)


def dense(graph):
    """The adjacency matrix in units of the mean weight."""
    matrix = graph.to_scipy().toarray().astype(np.float64)
    return matrix if not graph.is_weighted else matrix / graph.weights.mean(dtype=np.float64)


def scores(model):
    return model.source_embedding_.astype(np.float64) @ model.target_embedding_.T


def graph_of(directed, weighted, num_nodes=60):
    return random_graph(num_nodes, 5 * num_nodes, directed=directed, weighted=weighted, seed=3)


@KINDS
@pytest.mark.parametrize(("alpha", "num_terms"), [(0.15, 1), (0.15, 20), (0.5, 3)])
def test_products_are_pagerank_of_the_factorised_matrix(directed, weighted, alpha, num_terms):
    """With no sweep, weights are the out-degree and 1."""
    graph = graph_of(directed, weighted)
    model = NRP(dim=24, alpha=alpha, num_terms=num_terms, sweeps=0).fit(graph)
    adjacency = dense(graph)
    sources, targets = reference.pagerank_factors(adjacency, 12, alpha, num_terms)
    wanted = adjacency.sum(axis=1)[:, None] * sources @ targets.T
    np.testing.assert_allclose(scores(model), wanted, atol=2e-5 * np.abs(wanted).max())


def test_of_full_rank_products_are_pagerank_itself():
    graph = graph_of(True, True, num_nodes=20)
    with pytest.warns(GraphkitWarning, match="the matrix of PageRank has rank"):
        model = NRP(dim=60, num_terms=200, sweeps=0).fit(graph)
    adjacency = dense(graph)
    strength = adjacency.sum(axis=1)
    step = adjacency / np.where(strength > 0, strength, 1)[:, None]
    pagerank = 0.15 * np.linalg.inv(np.eye(20) - 0.85 * step) - 0.15 * np.eye(20)
    np.testing.assert_allclose(scores(model), strength[:, None] * pagerank, atol=1e-4 * strength.max())


@KINDS
@pytest.mark.parametrize(("sweeps", "penalty"), [(1, 10.0), (3, 0.5), (10, 10.0)])
def test_weights_are_those_of_the_papers_formulas(directed, weighted, sweeps, penalty):
    graph = graph_of(directed, weighted)
    model = NRP(dim=16, sweeps=sweeps, penalty=penalty).fit(graph)
    adjacency = dense(graph)
    degrees = adjacency.sum(axis=1), adjacency.sum(axis=0)
    sources, targets = reference.pagerank_factors(adjacency, 8, 0.15, 20)
    forward, backward = reference.reweighted(sources, targets, *degrees, penalty, sweeps)
    np.testing.assert_allclose(model.forward_weights_, forward, rtol=2e-3, atol=2e-4 * forward.max())
    np.testing.assert_allclose(model.backward_weights_, backward, rtol=2e-3, atol=2e-4 * backward.max())
    wanted = forward[:, None] * (sources @ targets.T) * backward
    np.testing.assert_allclose(scores(model), wanted, atol=2e-3 * np.abs(wanted).max())


@KINDS
def test_weighted_products_come_nearer_to_the_degrees(directed, weighted):
    graph = graph_of(directed, weighted)
    adjacency = dense(graph)
    degrees = adjacency.sum(axis=1), adjacency.sum(axis=0)
    sources, targets = reference.pagerank_factors(adjacency, 8, 0.15, 20)
    found = []
    for sweeps in (0, 1, 10):
        model = NRP(dim=16, sweeps=sweeps).fit(graph)
        weights = model.forward_weights_, model.backward_weights_
        found.append(reference.objective(sources @ targets.T, *weights, *degrees, 0.0))
    assert found[1] < found[0]
    assert found[2] < 0.9 * found[0]


@KINDS
def test_same_bits_on_any_number_of_threads(directed, weighted):
    graph = graph_of(directed, weighted, num_nodes=900)
    one, two, three = (NRP(dim=32, seed=5, num_threads=threads).fit_transform(graph) for threads in (1, 2, 3))
    assert np.array_equal(one, two)
    assert np.array_equal(one, three)


def test_both_halves_have_the_same_size():
    model = NRP(dim=16).fit(graph_of(True, True))
    assert np.array_equal(np.hstack([model.source_embedding_, model.target_embedding_]), model.embedding_)
    sizes = np.linalg.norm(model.source_embedding_), np.linalg.norm(model.target_embedding_)
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-5)


def test_nodes_without_links_in_a_direction_have_zeros_there():
    graph = Graph.from_edges([(0, 1), (0, 2), (1, 2)], num_nodes=5, directed=True)
    with pytest.warns(GraphkitWarning, match="the matrix of PageRank has rank 2: .*choose dim <= 4"):
        model = NRP(dim=6).fit(graph)
    assert not model.source_embedding_[2:].any()
    assert not model.target_embedding_[[0, 3, 4]].any()
    assert model.source_embedding_[:2].any(axis=1).all()
    assert not model.embedding_[:, [2, 5]].any()


def test_vectors_are_saved_with_their_record(tmp_path):
    made = NRP(dim=4, seed=2).embed(random_graph(80, 400, seed=1))
    made.save(tmp_path / "vectors.npz")
    opened = Embedding.load(tmp_path / "vectors.npz")
    assert np.array_equal(opened.vectors, made.vectors)
    assert opened.info["params"]["alpha"] == 0.15


@pytest.mark.parametrize("directed", [False, True])
def test_peak_memory_is_as_estimated(directed):
    import tracemalloc

    graph = random_graph(20_000, 100_000, directed=directed, seed=1)
    model = NRP(dim=64, num_threads=2)
    model.fit(graph)
    tracemalloc.start()
    model.fit(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    graph_bytes = graph.indptr.nbytes + graph.indices.nbytes + graph.node_ids.nbytes
    assert 0.8 < model.estimate(graph.num_nodes, graph.num_arcs).bytes / (peak + graph_bytes) < 1.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 1}, "dim must be a whole number >= 2, got 1"),
        ({"dim": 7}, "dim must be even, half for sources and half for targets, got 7"),
        ({"alpha": 0}, r"alpha must lie in \(0, 1\), got 0"),
        ({"num_terms": 0}, "num_terms must be a whole number from 1 to 10000, got 0"),
        ({"sweeps": -1}, "sweeps must be a whole number from 0 to 10000, got -1"),
        ({"penalty": -1}, "penalty must be >= 0 and finite, got -1"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ParameterError, match=message):
        NRP(**options).fit(random_graph(20, 60))


def one_way(graph):
    """Arcs without a reverse, as rows of their ends."""
    source = np.repeat(np.arange(graph.num_nodes), graph.degree)
    alone = ~graph.has_edges(graph.indices, source) & (source != graph.indices)
    return source[alone], graph.indices[alone]


def told(model, source, target):
    """AUC of u → v against v → u."""
    left, right = model.source_embedding_.astype(np.float64), model.target_embedding_
    forth, back = ((left[a] * right[b]).sum(axis=1) for a, b in ((source, target), (target, source)))
    return roc_auc_score([1] * len(forth) + [0] * len(back), np.concatenate([forth, back]))


def test_directions_are_told(real_data):
    """Of a citation and of a web graph: which way a link that is there goes."""
    citations = read_graph(real_data / "cora_edges.txt.gz", directed=True)
    assert told(NRP().fit(citations), *one_way(citations)) > 0.94
    web = read_graph(real_data / "cnr_2000.txt.gz", directed=True)
    sample = web.subgraph(web.node_ids[100_000:130_000]).largest_component()
    assert told(NRP().fit(sample), *one_way(sample)) > 0.92
