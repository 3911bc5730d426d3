"""NetSMF: its vectors are those of the sampled matrix, which comes to NetMF's; refusals, memory, quality."""

import re
import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from support.graphs import random_graph
from support.reference import window_matrix as reference

from graphkit import Embedding, Graph, NetMF, NetSMF, ParameterError, datasets
from graphkit.datasets.generators import barabasi_albert
from graphkit.evaluation import node_classification
from graphkit.propagation.sampled_window import PathSampler

ALL = float("inf")


def dense(graph):
    return graph.to_scipy().toarray()


@pytest.mark.parametrize("thinning", [None, ALL])
@pytest.mark.parametrize("weighted", [False, True])
def test_many_samples_come_to_the_exact_matrix(weighted, thinning):
    graph = random_graph(60, 240, weighted=weighted, seed=3)
    wanted = reference.exact_matrix(dense(graph), 4, 1.5)
    errors = []
    for samples_per_edge in (100, 10_000):
        sampler = PathSampler(
            graph,
            window=4,
            samples_per_edge=samples_per_edge,
            thinning=np.log(60) if thinning is None else thinning,
            seed=1,
            num_threads=2,
        )
        indptr, indices, values = sampler.matrix(1.5)
        found = scipy.sparse.csr_array((values, indices, indptr), shape=(60, 60)).toarray()
        errors.append(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))
    assert errors[1] < 0.05
    # A hundred times as many samples, a tenth of the error.
    assert errors[1] < errors[0] / 5


@pytest.mark.parametrize("num_nodes", [80, 700])
def test_vectors_are_the_sampled_matrixs(num_nodes):
    graph = random_graph(num_nodes, 5 * num_nodes, weighted=True, seed=2)
    model = NetSMF(dim=10, window=5, samples_per_edge=40, num_negatives=2, thinning=2.5, seed=4).fit(graph)
    options = {"window": 5, "samples_per_edge": 40, "thinning": 2.5, "seed": 4, "num_threads": 1}
    indptr, indices, values = PathSampler(graph, **options).matrix(2)
    matrix = scipy.sparse.csr_array((values, indices, indptr), shape=(num_nodes, num_nodes)).toarray()
    _, singular = reference.svd_vectors(matrix.astype(np.float64), 10)
    error = 1e-5 if num_nodes < 512 else 1e-2
    np.testing.assert_allclose(model.singular_values_, singular, rtol=error)
    applied = matrix @ model.embedding_
    lengths = np.linalg.norm(model.embedding_.astype(np.float64), axis=0)
    signs = np.sign(np.einsum("ij,ij->j", model.embedding_, applied))
    distance = np.linalg.norm(applied - model.embedding_ * (signs * model.singular_values_), axis=0)
    assert (distance <= 2 * error * singular[0] * lengths).all()
    np.testing.assert_allclose(lengths**2, model.singular_values_, rtol=1e-4)
    assert model.num_entries_ == len(values)
    assert model.num_samples_ == PathSampler(graph, **options).num_samples


def test_same_bits_on_any_number_of_threads():
    graph = random_graph(900, 6000, weighted=True, seed=1)
    one, two, three = (
        NetSMF(dim=16, samples_per_edge=30, seed=5, num_threads=threads).fit_transform(graph)
        for threads in (1, 2, 3)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, three)
    assert not np.array_equal(one, NetSMF(dim=16, samples_per_edge=30, seed=6).fit_transform(graph))


def test_nodes_without_edges_have_zeros():
    source, target, _ = barabasi_albert(900, 2, seed=1).to_edges()
    graph = Graph.from_edges((source * 2, target * 2), num_nodes=1801)
    vectors = NetSMF(dim=8, seed=1).fit_transform(graph)
    assert not vectors[graph.degree == 0].any()
    assert vectors[graph.degree > 0].any(axis=1).all()


def test_vectors_are_saved_with_their_record(tmp_path):
    graph = random_graph(80, 400, seed=1)
    made = NetSMF(dim=4, samples_per_edge=50, seed=2).embed(graph)
    made.save(tmp_path / "vectors.npz")
    opened = Embedding.load(tmp_path / "vectors.npz")
    assert np.array_equal(opened.vectors, made.vectors)
    assert opened.info["samples"] == made.info["samples"] > 0
    assert opened.info["entries"] > 0


def test_directed_graphs_are_refused():
    graph = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    with pytest.raises(ParameterError, match=r"netsmf is for undirected graphs, got a directed one; read it"):
        NetSMF().fit(graph)


def test_peak_memory_is_as_estimated():
    graph = barabasi_albert(20_000, 4, seed=1)
    model = NetSMF(dim=16, samples_per_edge=40, num_threads=2)
    model.fit(graph)
    tracemalloc.start()
    model.fit(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    graph_bytes = graph.indptr.nbytes + graph.indices.nbytes + graph.node_ids.nbytes
    assert 0.9 < model.estimate(graph.num_nodes, graph.num_arcs).bytes / (peak + graph_bytes) < 1.8


def test_what_memory_does_not_hold_is_refused(monkeypatch):
    graph = barabasi_albert(5000, 2, seed=1)
    monkeypatch.setattr("graphkit.resources.available_memory", lambda: 2**27)
    with pytest.raises(
        ParameterError, match=r"netsmf needs about .* MiB of memory \(samples .*choose fewer samples_per_edge"
    ):
        NetSMF(samples_per_edge=3000).fit(graph)
    # What the size alone does not tell is counted before anything is walked.
    with pytest.raises(ParameterError, match="paths are too many to be counted"):
        NetSMF(samples_per_edge=1e300).fit(graph)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"window": 0}, "window must be a whole number from 1 to 10000, got 0"),
        ({"num_negatives": -1}, "num_negatives must be > 0"),
        ({"samples_per_edge": 0}, "samples_per_edge must be > 0 and finite, got 0"),
        ({"thinning": 0}, "thinning must lie in (0, inf], got 0"),
        ({"thinning": float("nan")}, "thinning must lie in (0, inf], got nan"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        NetSMF(**options).fit(random_graph(20, 60))


@pytest.mark.slow
def test_quality_on_pubmed(real_data):
    """A tenth of NetMF's time, and its quality."""
    data = datasets.load("pubmed")
    scores = [
        node_classification(
            model.fit_transform(data.graph), data.labels, train_ratios=0.5, shuffles=5, C=1.0, normalize="l2"
        ).micro_f1.mean()
        for model in (NetSMF(seed=1), NetMF(form="rank", rank=128))
    ]
    assert scores[0] > 0.805
    assert scores[0] > scores[1] - 0.01
