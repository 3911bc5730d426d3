"""LINE: bits, the twin on a tiny case, options, errors, memory, quality."""

import os
import subprocess
import sys

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import skipgram as twin
from support.reference.reconstruction import expand

from graphkit.datasets.generators import stochastic_block_model
from graphkit.errors import GraphkitWarning, InputError, ParameterError, RunError
from graphkit.evaluation import link_prediction, node_classification, split_edges
from graphkit.graph.graph import Graph
from graphkit.methods.line import LINE, NUM_SHARED
from graphkit.methods.order_tables import start_of_line
from graphkit.sgns.trainer import (
    TILE_SAMPLES,
    Trainer,
    VectorTables,
    contention_at,
    noise_table,
    rates_of,
)

ORDERS = pytest.mark.parametrize("order", ["first", "second", "both"])
SMALL = {"dim": 12, "samples": 6000, "seed": 5}


@pytest.fixture(scope="module")
def graph():
    return random_graph(300, 1200, weighted=True, seed=4)


@pytest.fixture(scope="module")
def communities():
    """Twenty communities of forty."""
    probabilities = np.full((20, 20), 0.01)
    np.fill_diagonal(probabilities, 0.25)
    return stochastic_block_model([40] * 20, probabilities, seed=3)


@ORDERS
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_same_bits_on_any_number_of_threads(order, directed, weighted):
    graph = random_graph(300, 1200, directed=directed, weighted=weighted, seed=4)
    one, *others = (LINE(order=order, num_threads=n, **SMALL).fit(graph) for n in (1, 2, 4, 7))
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)
        assert np.array_equal(other.context_embedding_, one.context_embedding_)
        assert (other.loss_, other.pairs_) == (one.loss_, one.pairs_)


@ORDERS
def test_the_seed_matters(order, graph):
    one, two = (LINE(order=order, **{**SMALL, "seed": seed}).fit_transform(graph) for seed in (1, 2))
    assert (one != two).all(axis=1).mean() > 0.9


def train_twin(model, arcs, first_order, *, item=0, first=0, dim=12, num_nodes):
    """Tables, samples and loss after training on a dict of dicts of weights."""
    sources, targets, weights = (
        np.array(values) for values in zip(*((i, j, w) for i, row in arcs.items() for j, w in row.items()))
    )
    degrees = np.bincount(sources, weights, num_nodes) + np.bincount(targets, weights, num_nodes)
    alias = noise_table(weights.astype(np.float32), 1.0) if model.weighted else np.zeros((0, 2))
    plain = {
        **{"seed": model.seed, "num_negatives": model.num_negatives, "num_shared": NUM_SHARED},
        "noise": noise_table(degrees, model.noise_exponent),
    }
    count = model.samples
    tiles = [
        twin.arc_tile(first + k, min(TILE_SAMPLES, count - k), sources, targets, alias, plain)
        for k in range(0, count, TILE_SAMPLES)
    ]
    tables = VectorTables(*np.zeros((2, num_nodes, dim), np.float32))
    law = {"num_negatives": model.num_negatives, "contention": contention_at(model.learning_rate)}
    per_round = Trainer(tables, degrees, tile_size=2 * TILE_SAMPLES, **law).tiles_per_round
    rates = rates_of(0, count, count, model.learning_rate)
    rates = np.linspace(*rates, -(-len(tiles) // per_round), endpoint=False)
    centers = start_of_line(num_nodes, dim, model.seed, item).astype(np.float64)
    contexts = centers if first_order else np.zeros_like(centers)
    stats = twin.train(tiles, centers, contexts, rates, per_round)
    return centers, contexts, stats[0, 1] / stats[0, 0]


def dict_of(graph):
    weights = np.ones(graph.num_arcs) if graph.weights is None else graph.weights
    return {
        i: dict(zip(graph.indices[a:b].tolist(), weights[a:b].tolist()))
        for i, (a, b) in enumerate(zip(graph.indptr, graph.indptr[1:]))
    }


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("order", ["first", "second"])
def test_a_tiny_case_is_the_twins(order, weighted, directed):
    graph = random_graph(20, 50, weighted=weighted, directed=directed, seed=2)
    model = LINE(dim=12, order=order, samples=700, num_negatives=3, learning_rate=0.05, seed=5).fit(graph)
    model.weighted = weighted
    centers, contexts, loss = train_twin(model, dict_of(graph), order == "first", num_nodes=20)
    np.testing.assert_allclose(model.embedding_, centers, atol=1e-5)
    np.testing.assert_allclose(model.context_embedding_, contexts, atol=1e-5)
    assert np.abs(centers - start_of_line(20, 12, 5)).max() > 0.01
    assert model.pairs_ == 700
    assert model.loss_ == pytest.approx(loss, rel=1e-5)


def test_both_orders_side_by_side(graph):
    model = LINE(dim=13, samples=700, seed=5).fit(graph)
    model.weighted = True
    parts = [(True, 0, 0, 7, slice(0, 7)), (False, 1, 700, 6, slice(7, 13))]
    for first_order, item, first, dim, columns in parts:
        options = {"item": item, "first": first, "dim": dim, "num_nodes": 300}
        centers, contexts, loss = train_twin(model, dict_of(graph), first_order, **options)
        for ours, theirs in ((model.embedding_, centers), (model.context_embedding_, contexts)):
            norms = np.linalg.norm(theirs, axis=1, keepdims=True)
            wanted = np.divide(theirs, norms, out=np.zeros_like(theirs), where=norms > 0)
            np.testing.assert_allclose(ours[:, columns], wanted, atol=1e-4)
    assert model.pairs_ == 1400
    assert model.loss_ == pytest.approx(loss, rel=1e-5)


def test_few_neighbours_are_made_more():
    graph = random_graph(20, 40, weighted=True, seed=3)
    options = {"dim": 12, "order": "second", "samples": 300, "seed": 5}
    model = LINE(threshold=10**6, depth=3, **options).fit(graph)
    model.weighted = True
    arcs = {
        i: {j: float(np.float32(float(row[j]))) for j in sorted(row)}
        for i, row in expand(dict_of(graph), 10**6, 3).items()
    }
    centers, contexts, _ = train_twin(model, arcs, False, num_nodes=20)
    np.testing.assert_allclose(model.embedding_, centers, atol=1e-5)
    np.testing.assert_allclose(model.context_embedding_, contexts, atol=1e-5)
    plain = LINE(**options).fit_transform(graph)
    assert not np.allclose(plain, model.embedding_)
    # A depth of two is the usual one.
    two, usual = (LINE(threshold=9, depth=depth, **options).fit_transform(graph) for depth in (2, None))
    assert np.array_equal(two, usual)


def test_numbers_of_samples(graph):
    assert LINE(dim=4, order="first", samples=10.2).fit(graph).pairs_ == 11
    assert LINE(dim=4, order="first", samples_per_edge=2.5).fit(graph).pairs_ == -(-5 * graph.num_edges // 2)
    # Two orders, each 100 samples an edge, or 1,000 a node if those are more.
    assert LINE(dim=4).fit(random_graph(9, 12)).pairs_ == 2 * 1000 * 9
    dense = Graph.from_edges(np.column_stack(np.triu_indices(30, 1)))
    assert LINE(dim=4).fit(dense).pairs_ == 2 * 100 * 435


@ORDERS
@pytest.mark.parametrize("num_nodes", [1, 3])
def test_without_edges_vectors_stay_random(order, num_nodes):
    with pytest.warns(GraphkitWarning, match="the graph has no edges: the vectors stay random"):
        model = LINE(order=order, **SMALL).fit(Graph.from_edges([], num_nodes=num_nodes))
    assert model.pairs_ == 0
    assert np.isnan(model.loss_)
    start = start_of_line(num_nodes, 12, 5)
    if order == "both":
        start = start_of_line(num_nodes, 6, 5)
        start /= np.linalg.norm(start, axis=1, keepdims=True)
    np.testing.assert_allclose(model.embedding_[:, : start.shape[1]], start, rtol=1e-6)


def test_a_graph_without_nodes():
    assert LINE(dim=6).fit_transform(Graph.from_edges([], num_nodes=0)).shape == (0, 6)


@pytest.mark.parametrize("order", ["first", "second"])
@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1e30])
def test_the_unit_of_weights_does_not_matter(order, scale):
    edges, weights = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)], np.array([1, 2, 4, 0.5, 8])
    one, other = (
        LINE(dim=4, order=order, samples=2000).fit_transform(Graph.from_edges(edges, weights * factor))
        for factor in (1, scale)
    )
    np.testing.assert_allclose(other, one, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": "frist"}, "unknown order 'frist': did you mean 'first'"),
        ({"dim": 1}, "dim must be a whole number >= 2, got 1"),
        ({"dim": 0, "order": "first"}, "dim must be a whole number >= 1, got 0"),
        ({"samples": 0}, "samples must be > 0 and finite, got 0"),
        ({"samples_per_edge": -1.0}, "samples_per_edge must be > 0 and finite, got -1.0"),
        ({"num_negatives": np.nan}, "num_negatives must be > 0 and finite, got nan"),
        ({"learning_rate": 0}, "learning_rate must be > 0 and finite, got 0"),
        ({"samples": 5, "samples_per_edge": 5}, "samples_per_edge has no effect where samples is given"),
        ({"depth": 2}, "depth has no effect without threshold"),
        ({"threshold": 0}, "threshold must be a whole number >= 1, got 0"),
        ({"threshold": 5, "depth": -1}, "depth must be a whole number from 1 to 100, got -1"),
        ({"threshold": 5, "depth": 0}, "depth must be a whole number from 1 to 100, got 0"),
        ({"noise_exponent": np.inf}, "noise_exponent must be finite, got inf"),
        ({"seed": -1}, "seed must lie in"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1"),
    ],
)
def test_bad_parameters(options, message, graph):
    with pytest.raises(ParameterError, match=message):
        LINE(**options).fit(graph)


@ORDERS
def test_own_start_of_line(order, graph):
    dims = {"first": [12], "second": [12], "both": [6, 6]}[order]
    own = np.hstack([start_of_line(300, dim, 5, item) for item, dim in enumerate(dims)])
    model = LINE(order=order, **SMALL)
    assert np.array_equal(model.fit_transform(graph, init=own), model.fit_transform(graph))
    assert not np.array_equal(model.fit_transform(graph, init=own + 1), model.fit_transform(graph))
    with pytest.raises(InputError, match=r"init must have shape \[300, 12\], got \[300, 11\]"):
        model.fit(graph, init=own[:, 1:])
    own[7, 3] = np.nan
    with pytest.raises(InputError, match="init holds numbers that are not finite"):
        model.fit(graph, init=own)


@ORDERS
@pytest.mark.parametrize("learning_rate", [10.0, 1e4])
def test_no_rate_returns_vectors_that_are_no_numbers(order, learning_rate, graph):
    model = LINE(order=order, learning_rate=learning_rate, **SMALL)
    try:
        vectors = model.fit_transform(graph)
    except RunError:
        return
    assert np.isfinite(vectors).all()


def test_contexts_know_the_direction_of_arcs():
    # Arcs lead from each block to the next one in a line.
    probabilities = np.eye(6, k=1) * 0.3
    graph = stochastic_block_model([30] * 6, probabilities, directed=True, seed=2).graph
    split = split_edges(graph, 0.3, negatives="reversed", seed=1)
    model = LINE(dim=16, order="second", seed=1).fit(split.train_graph)
    contexts = direction_auc(model.embedding_, model.context_embedding_, split)
    assert contexts > 0.8
    # The same vector on both sides cannot tell an arc from its reverse.
    assert direction_auc(model.embedding_, model.embedding_, split) < 0.6


def direction_auc(sources, targets, split):
    """Share of (arc, reversed arc) among test pairs that are ordered as they should be."""
    true, false = (
        np.einsum("ij,ij->i", sources[pairs[:, 0]], targets[pairs[:, 1]])
        for pairs in (split.test_edges, split.test_negatives)
    )
    return (true[:, None] > false).mean() + (true[:, None] == false).mean() / 2


MEASURE = """
import sys
from support.graphs import random_graph
from graphkit.methods.line import LINE
order, weighted = sys.argv[1], sys.argv[2] == "True"
def status(key):
    return 1024 * int(open("/proc/self/status").read().split(key + ":")[1].split()[0])
graph = random_graph(60_000, 240_000, weighted=weighted, seed=1)
model = LINE(dim=64, order=order, samples=20_000, num_threads=2)
model.fit(random_graph(50, 200, weighted=weighted, seed=1))
held = sum(array.nbytes for array in (graph.indptr, graph.indices, graph.node_ids))
held += graph.weights.nbytes if weighted else 0
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
model.fit(graph)
estimate = model.estimate(graph.num_nodes, graph.num_arcs, weighted=weighted)
print(estimate.bytes, status("VmHWM") - before + held)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("order", "weighted"), [("second", True), ("both", False)])
def test_estimated_memory(order, weighted):
    command = [sys.executable, "-c", MEASURE, order, str(weighted)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    estimate, needed = map(int, result.stdout.split())
    assert 0.8 < estimate / needed < 1.2


@ORDERS
def test_communities_are_found(order, communities):
    vectors = LINE(dim=32, order=order, seed=1).fit_transform(communities.graph)
    result = node_classification(vectors, communities.labels, train_ratios=0.2, shuffles=4)
    assert result.micro_f1.mean() > {"first": 0.95, "second": 0.75, "both": 0.93}[order]


@pytest.mark.parametrize("order", ["first", "both"])
def test_links_are_found(order, communities):
    split = split_edges(communities.graph, 0.3, seed=1)
    vectors = LINE(dim=32, order=order, seed=1).fit_transform(split.train_graph)
    assert link_prediction(vectors, split, operator="inner").auc[0] > 0.7


@ORDERS
def test_training_on_begins_where_the_vectors_are_by_id(order):
    first = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    model = LINE(order=order, **SMALL).fit(first)
    vectors = zip(model.embedding_.copy(), model.context_embedding_.copy())
    before = dict(zip(model.node_ids_.tolist(), vectors))
    larger = Graph.from_edges([("z", "d"), ("d", "c"), ("c", "b"), ("y", "a"), ("z", "y"), ("b", "a")])
    # So small a rate that nothing moves: the vectors lie where their ids are.
    model.set_params(learning_rate=1e-30).partial_fit(larger)
    for row, node in enumerate(larger.node_ids.tolist()):
        if node in before:
            np.testing.assert_allclose(model.embedding_[row], before[node][0], rtol=1e-5, atol=1e-7)
            np.testing.assert_allclose(model.context_embedding_[row], before[node][1], rtol=1e-5, atol=1e-7)
    model.set_params(learning_rate=0.05).partial_fit(larger)
    assert model.node_ids_.tolist() == larger.node_ids.tolist()


@ORDERS
def test_training_on_keeps_the_lengths_of_rows(order, graph):
    """Of both orders, where rows of length one are shown: half the samples twice are like all at once."""
    whole = LINE(order=order, **SMALL, learning_rate=0.025).fit(graph)
    model = LINE(order=order, **{**SMALL, "samples": 3000}, learning_rate=0.025).fit(graph)
    losses = [model.loss_, model.partial_fit(graph).loss_]
    # Begun anew, or with rows of length one, the loss would be that of the first fit, or far above it.
    assert losses[1] < losses[0]
    assert losses[1] == pytest.approx(whole.loss_, rel=0.05)


@ORDERS
def test_training_on_without_a_fit_is_a_fit(order, graph):
    found, wanted = LINE(order=order, **SMALL).partial_fit(graph), LINE(order=order, **SMALL).fit(graph)
    assert np.array_equal(found.embedding_, wanted.embedding_)


@ORDERS
def test_new_nodes_find_their_community(order, communities):
    graph = communities.graph
    model = LINE(order=order, dim=32, seed=5).fit(graph)
    vectors, contexts = model.embedding_.copy(), model.context_embedding_.copy()
    edges = np.column_stack(graph.to_edges()[:2]).tolist()
    rng = np.random.default_rng(0)
    joins = [(800 + k, int(40 * k + leaf)) for k in range(10) for leaf in rng.choice(40, 12, replace=False)]
    larger = Graph.from_edges(joins + edges)
    result = model.set_params(samples_per_edge=2000).transform_new(larger)
    assert sorted(result.node_ids.tolist()) == list(range(800, 810))
    assert np.array_equal(model.embedding_, vectors)
    assert np.array_equal(model.context_embedding_, contexts)
    assert np.array_equal(model.node_ids_, graph.node_ids)
    means = np.array([vectors[np.arange(40) + 40 * k].mean(axis=0) for k in range(20)])
    for node, vector in zip(result.node_ids.tolist(), result.vectors):
        assert (means @ vector / np.linalg.norm(means, axis=1)).argmax() == node - 800
    assert np.array_equal(model.transform_new(larger).vectors, result.vectors)


def test_edges_between_known_nodes_are_not_sampled(graph):
    model = LINE(**SMALL)
    wanted = np.zeros(300, np.bool_)
    wanted[[3, 50]] = True
    sources, targets, weights, degrees = model._ends(graph, wanted)
    matrix = graph.to_scipy().tocoo()
    touching = np.isin(matrix.row, [3, 50]) | np.isin(matrix.col, [3, 50])
    assert sorted(zip(sources, targets, weights)) == sorted(
        zip(matrix.row[touching], matrix.col[touching], matrix.data[touching])
    )
    np.testing.assert_allclose(degrees, 2 * graph.strength)


def test_what_training_on_refuses(graph):
    model = LINE(**SMALL)
    with pytest.raises(ParameterError, match="transform_new needs a model that was fitted before"):
        model.transform_new(graph)
    model.fit(graph)
    for train_on in (model.partial_fit, model.transform_new):
        with pytest.raises(ParameterError, match="dim must stay 12, that of the present vectors, got 14"):
            model.set_params(dim=14)
            train_on(graph)
        with pytest.raises(ParameterError, match=r"order must stay 'both', .* got 'first'"):
            model.set_params(dim=12, order="first")
            train_on(graph)
        model.set_params(order="both")
    assert model.transform_new(graph).vectors.shape == (0, 12)


@ORDERS
def test_rows_of_known_nodes_do_not_move(order, graph, monkeypatch):
    model, jobs, seen = LINE(order=order, **SMALL).fit(graph), LINE._jobs, []

    def watched(self, graph, tables, *arguments):
        seen.extend((table.centers.copy(), table.contexts.copy(), table) for table in tables)
        return jobs(self, graph, tables, *arguments)

    monkeypatch.setattr(LINE, "_jobs", watched)
    source, target, weights = graph.to_edges()
    edges = np.column_stack([np.append(source, [0, 1]), np.append(target, [900, 900])])
    larger = Graph.from_edges(edges, np.append(weights, [1.0, 2.0]))
    model.transform_new(larger)
    new = larger.node_ids == 900
    assert seen
    for centers, contexts, table in seen:
        assert np.array_equal(centers[~new], table.centers[~new])
        assert np.array_equal(contexts[~new], table.contexts[~new])
        assert (centers[new] != table.centers[new]).all()
