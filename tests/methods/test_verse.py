"""VERSE: the exact distribution of its pairs, the optimum of its objective, bits, refusals."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from support.graphs import random_graph
from support.reference import restart_ends as reference

from graphkit import VERSE, Embedding, Graph, InputError, ParameterError
from graphkit.kernels.cpu.restart_ends import walk_to_ends
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.methods.verse import RestartPairs

SEED = (3 << 32) | 7
KINDS = pytest.mark.parametrize(
    ("directed", "weighted"), [(False, False), (False, True), (True, False), (True, True)]
)


def alias_of(graph):
    if not graph.is_weighted:
        return None
    table = np.zeros((graph.num_arcs, 2), np.uint32)
    build_row_alias(graph.indptr, graph.weights, table, 0, graph.num_nodes)
    return table


def lists(graph, values):
    return [values[first:end].tolist() for first, end in zip(graph.indptr, graph.indptr[1:])]


@KINDS
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 300])
def test_ends_are_the_twins(directed, weighted, size):
    graph = random_graph(40, 90, directed=directed, weighted=weighted, seed=2)
    starts, table = (np.arange(size) * 7 % 40).astype(np.int32), alias_of(graph)
    ends = np.full(size, -9, np.int32)
    go_on = np.uint64(round(0.8 * 2**32))
    key = np.uint64(SEED), reference.RESTART
    walk_to_ends(graph.indptr, graph.indices, table, go_on, key, 2**33, starts, ends, 0, size)
    tables = table if table is None else lists(graph, table)
    wanted = [
        reference.walk_end(lists(graph, graph.indices), tables, start, number, 0.8, SEED)
        for number, start in enumerate(starts.tolist(), start=2**33)
    ]
    assert ends.tolist() == wanted


@KINDS
@pytest.mark.parametrize("alpha", [0.0, 0.85])
def test_pairs_have_their_distribution(directed, weighted, alpha):
    """Loops, sinks, and nodes without edges, which are not drawn."""
    graph = random_graph(14, 30, directed=directed, weighted=weighted, seed=4)
    degrees, size = graph.strength + graph.in_strength, 400_000
    pairs = RestartPairs(graph, degrees, alpha, 5, 2)
    starts, ends = pairs.pairs(0, size)
    found = np.zeros((14, 14))
    np.add.at(found, (starts, ends), 1)
    present = degrees > 0
    assert 3 < present.sum() == pairs.num_nodes
    assert directed or not present.all()
    exact = reference.end_distribution(graph.to_scipy().toarray(), alpha) * present[:, None] / present.sum()
    assert exact.sum() == pytest.approx(1)
    assert found[exact < 1e-15].sum() == 0
    likely = exact * size >= 5
    observed, expected = [*found[likely], found[~likely].sum()], [*exact[likely], exact[~likely].sum()]
    kept = np.array(expected) > 1e-12
    assert scipy.stats.chisquare(np.array(observed)[kept], size * np.array(expected)[kept]).pvalue > 1e-3


def test_pairs_are_those_of_their_numbers():
    graph = random_graph(50, 200, weighted=True, seed=1)
    degrees = graph.strength
    whole = RestartPairs(graph, degrees, 0.85, 1, 1).pairs(0, 1000)
    for first, last, threads in [(0, 1, 1), (17, 500, 2), (500, 1000, 3)]:
        part = RestartPairs(graph, degrees, 0.85, 1, threads).pairs(first, last)
        assert np.array_equal(part, [array[first:last] for array in whole])


def expected_loss(vectors, positives, num_negatives):
    """Minus the objective's expectation for a sample, and its gradient, in float64."""
    size = len(positives)
    scores = vectors @ vectors.T
    noise = np.full((size, size), num_negatives / size**2)
    loss = (positives * np.logaddexp(0, -scores) + noise * np.logaddexp(0, scores)).sum()
    slopes = noise / (1 + np.exp(-scores)) - positives / (1 + np.exp(scores))
    return loss, (slopes + slopes.T) @ vectors


@pytest.mark.parametrize("num_negatives", [1.0, 3.0])
def test_training_reaches_the_optimum_of_the_objective(num_negatives):
    graph = random_graph(12, 40, weighted=True, seed=8)
    graph = graph.subgraph(graph.node_ids[graph.degree > 0])
    size = graph.num_nodes
    model = VERSE(
        dim=16, alpha=0.7, samples_per_node=200_000, num_negatives=num_negatives, learning_rate=0.1, seed=3
    ).fit(graph)
    positives = reference.end_distribution(graph.to_scipy().toarray(), 0.7) / size
    reached, _ = expected_loss(model.embedding_.astype(np.float64), positives, num_negatives)

    def goal(flat):
        loss, gradient = expected_loss(flat.reshape(size, 16), positives, num_negatives)
        return loss, gradient.ravel()

    start = np.random.default_rng(0).normal(size=size * 16) / 4
    best = scipy.optimize.minimize(goal, start, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).fun
    untrained, _ = goal(start / 10)
    assert reached - best < 0.01 * (untrained - best)
    assert model.loss_ == pytest.approx(best, rel=0.05)


@KINDS
def test_same_bits_on_any_number_of_threads(directed, weighted):
    graph = random_graph(300, 1500, directed=directed, weighted=weighted, seed=1)
    one, two, three = (
        VERSE(dim=20, samples_per_node=40, seed=2, num_threads=threads).fit_transform(graph)
        for threads in (1, 2, 3)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(one, three)


def test_nodes_without_edges_have_zeros_and_sinks_have_not():
    graph = Graph.from_edges([(0, 1), (2, 1)], num_nodes=5, directed=True)
    vectors = VERSE(dim=8, samples_per_node=200).fit_transform(graph)
    assert vectors[:3].any(axis=1).all()
    assert not vectors[3:].any()
    assert not VERSE(dim=8).fit_transform(Graph.from_edges([], num_nodes=3)).any()


def test_own_vectors_to_start_from():
    graph = random_graph(50, 200, seed=1)
    init = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) / 10
    init[graph.degree == 0] = 0
    near = VERSE(dim=6, samples_per_node=1, learning_rate=1e-6).fit_transform(graph, init=init)
    np.testing.assert_allclose(near, init, atol=1e-4)
    with pytest.raises(InputError, match=r"init must have shape \[50, 6\], got \[50, 5\]"):
        VERSE(dim=6).fit(graph, init=init[:, :5])


def test_vectors_are_saved_with_their_record(tmp_path):
    made = VERSE(dim=4, samples_per_node=50, seed=2).embed(random_graph(80, 400, seed=1))
    made.save(tmp_path / "vectors.npz")
    opened = Embedding.load(tmp_path / "vectors.npz")
    assert np.array_equal(opened.vectors, made.vectors)
    assert opened.info["pairs"] == made.info["pairs"] > 0


def test_peak_memory_is_as_estimated():
    import tracemalloc

    graph = random_graph(40_000, 80_000, seed=1)
    model = VERSE(dim=64, samples_per_node=30, num_threads=2)
    model.fit(graph)
    tracemalloc.start()
    model.fit(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    graph_bytes = graph.indptr.nbytes + graph.indices.nbytes + graph.node_ids.nbytes
    assert 0.8 < model.estimate(graph.num_nodes, graph.num_arcs).bytes / (peak + graph_bytes) < 1.4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"alpha": 1}, r"alpha must lie in \[0, 1\), got 1"),
        ({"samples_per_node": 0}, "samples_per_node must be > 0"),
        ({"samples_per_node": 1e300}, "samples are too many to be counted; ask for fewer"),
        ({"num_negatives": -1}, "num_negatives must be > 0"),
        ({"learning_rate": 0}, "learning_rate must be > 0"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ParameterError, match=message):
        VERSE(**options).fit(random_graph(20, 60))


def test_a_resumed_run_and_new_nodes(tmp_path):
    graph = random_graph(60, 200, seed=2)
    options = {"dim": 8, "samples_per_node": 50, "seed": 1}
    model = VERSE(**options).fit(graph)
    VERSE(**options).fit(graph, checkpoint=tmp_path)
    resumed = VERSE(**options).fit(graph, checkpoint=tmp_path, resume=True)
    assert np.array_equal(resumed.embedding_, model.embedding_)
    assert (resumed.pairs_, resumed.loss_) == (model.pairs_, model.loss_)
    source, target, _ = graph.to_edges()
    larger = Graph.from_edges(np.column_stack([[*source, 0, 1], [*target, 900, 900]]))
    before = model.embedding_.copy()
    found = model.transform_new(larger)
    assert found.node_ids.tolist() == [900]
    assert found.vectors.any()
    assert np.array_equal(model.embedding_, before)
    model.set_params(seed=9).partial_fit(larger)
    known = larger.node_ids != 900
    # Training begins with the present vectors: what becomes of one is nearer to it than to the others.
    distances = np.linalg.norm(before[:, None] - model.embedding_[known], axis=2)
    assert np.diag(distances).mean() < 0.7 * distances.mean()
