"""DeepWalk and node2vec: bits, warnings, errors, training on, new nodes, memory, quality."""

import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.io
from support.graphs import random_graph
from support.reference import skipgram as twin

from graphkit import read_graph
from graphkit.datasets.generators import stochastic_block_model
from graphkit.errors import GraphkitWarning, InputError, ParameterError, RunError
from graphkit.evaluation import link_prediction, node_classification, split_edges
from graphkit.graph.graph import Graph
from graphkit.methods.registry import make_method
from graphkit.sgns.trainer import (
    NUM_SHARED,
    Trainer,
    VectorTables,
    contention_at,
    initial_vectors,
    keep_thresholds,
    noise_table,
    rates_of,
)
from graphkit.walks.random_walks import random_walks

BOTH = pytest.mark.parametrize("name", ["node2vec", "deepwalk"])
SMALL = {"dim": 12, "walks_per_node": 3, "walk_length": 15, "window": 4, "seed": 5}


def make(name, **options):
    second_order = {"p": 0.5, "q": 2.0} if name == "node2vec" else {}
    return make_method(name, **{**SMALL, **second_order, **options})


@pytest.fixture(scope="module")
def graph():
    return random_graph(300, 1200, weighted=True, seed=4)


@pytest.fixture(scope="module")
def communities():
    """Twenty communities of forty."""
    probabilities = np.full((20, 20), 0.01)
    np.fill_diagonal(probabilities, 0.25)
    return stochastic_block_model([40] * 20, probabilities, seed=3)


@BOTH
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_same_bits_on_any_number_of_threads(name, directed, weighted):
    graph = random_graph(300, 1200, directed=directed, weighted=weighted, seed=4)
    one, *others = (make(name, num_threads=threads).fit(graph) for threads in (1, 2, 4, 7))
    assert np.abs(one.embedding_).max() > 1 / SMALL["dim"]
    for other in others:
        assert np.array_equal(other.embedding_, one.embedding_)
        assert np.array_equal(other.context_embedding_, one.context_embedding_)
        assert (other.loss_, other.pairs_) == (one.loss_, one.pairs_)


@BOTH
def test_the_seed_matters(name, graph):
    one, two = (make(name, seed=seed).fit_transform(graph) for seed in (1, 2))
    assert (one != two).all(axis=1).mean() > 0.9


@BOTH
def test_a_tiny_case_is_the_twins(name):
    rng = np.random.default_rng(1)
    edges = np.vstack(
        [rng.integers(0, 12, (25, 2)), np.column_stack([np.arange(12), np.arange(12) - 1]) % 12]
    )
    graph = Graph.from_edges(edges, rng.uniform(0.5, 2, len(edges)), num_nodes=12)
    options = {"num_negatives": 3, "epochs": 2, "learning_rate": 0.1, "subsample": 0.05}
    model = make(name, **options).fit(graph)
    law = {"p": 0.5, "q": 2.0} if name == "node2vec" else {}
    walks = random_walks(graph, walk_length=15, walks_per_node=3, seed=5, **law)
    frequencies = np.bincount(walks[walks >= 0], minlength=12)
    plain = {
        **{"seed": 5, "window": 4, "num_negatives": 3, "num_shared": NUM_SHARED},
        **{"keep": keep_thresholds(frequencies, 0.05).tolist(), "noise": noise_table(frequencies, 0.75)},
    }
    numbers = order_of(72, 12, seed=5)
    # 80 nodes a tile are five walks of 15.
    tiles = twin.walk_tiles(walks[numbers % 36], numbers, 5, plain)
    centers = initial_vectors(12, 12, 5).astype(np.float64)
    contexts = np.zeros_like(centers)
    tables = VectorTables(*np.zeros((2, 12, 12), np.float32))
    trainer = Trainer(
        tables,
        frequencies,
        tile_size=75,
        window=4,
        num_negatives=3,
        contention=contention_at(options["learning_rate"]),
    )
    num_rounds = -(-len(tiles) // trainer.tiles_per_round)
    rates = np.linspace(*rates_of(0, 72, 72, 0.1), num_rounds, endpoint=False)
    stats = twin.train(tiles, centers, contexts, rates, trainer.tiles_per_round)
    np.testing.assert_allclose(model.embedding_, centers, atol=2e-5)
    np.testing.assert_allclose(model.context_embedding_, contexts, atol=2e-5)
    assert model.pairs_ == stats[:, 0].sum()
    assert model.loss_ == pytest.approx(stats[0, 1] / stats[0, 0])


def order_of(count, num_nodes, seed):
    """Numbers of the walks in the order of training: each round's nodes are shuffled by its own generator."""
    from graphkit.seeds import Stream, generator

    return np.concatenate(
        [
            first + generator(seed, Stream.ORDER, first // num_nodes).permutation(num_nodes)
            for first in range(0, count, num_nodes)
        ]
    )


@BOTH
@pytest.mark.parametrize("num_nodes", [1, 3])
def test_without_edges_vectors_stay_random(name, num_nodes):
    with pytest.warns(GraphkitWarning, match="the graph has no edges: the vectors stay random"):
        model = make(name).fit(Graph.from_edges([], num_nodes=num_nodes))
    assert np.array_equal(model.embedding_, initial_vectors(num_nodes, 12, 5))
    assert model.pairs_ == 0
    assert np.isnan(model.loss_)


@BOTH
def test_isolated_nodes_stay_random(name):
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0)], num_nodes=5)
    model = make(name, subsample=0).fit(graph)
    start = initial_vectors(5, 12, 5)
    assert np.array_equal(model.embedding_[3:], start[3:])
    assert not model.context_embedding_[3:].any()
    assert (model.embedding_[:3] != start[:3]).any(axis=1).all()


@BOTH
def test_a_graph_without_nodes(name):
    model = make(name).fit(Graph.from_edges([], num_nodes=0))
    assert model.embedding_.shape == (0, 12)


@BOTH
def test_a_window_beyond_the_walk_warns(name, graph):
    message = "window 15 is not below walk_length 15: a node sees its whole walk at most"
    with pytest.warns(GraphkitWarning, match=message):
        make(name, window=15).fit(graph)


@BOTH
def test_walks_of_one_node_train_nothing(name, graph):
    with pytest.warns(GraphkitWarning, match="walk_length 1 makes no pairs: the vectors stay random"):
        model = make(name, walk_length=1).fit(graph)
    assert np.array_equal(model.embedding_, initial_vectors(300, 12, 5))
    assert model.pairs_ == 0


@BOTH
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be a whole number >= 1, got 0"),
        ({"walk_length": 0}, "walk_length must be a whole number >= 1, got 0"),
        ({"walks_per_node": 1.5}, "walks_per_node must be a whole number >= 1, got 1.5"),
        ({"window": -1}, "window must be a whole number >= 1, got -1"),
        ({"epochs": 0}, "epochs must be a whole number >= 1, got 0"),
        ({"num_negatives": 0}, "num_negatives must be > 0 and finite, got 0"),
        ({"learning_rate": np.inf}, "learning_rate must be > 0 and finite, got inf"),
        ({"noise_exponent": np.nan}, "noise_exponent must be finite, got nan"),
        ({"subsample": 1.5}, r"subsample must lie in \[0, 1\], got 1.5"),
        ({"seed": -1}, "seed must lie in"),
        ({"num_threads": 0}, "num_threads must be a whole number >= 1"),
    ],
)
def test_bad_parameters(name, options, message, graph):
    with pytest.raises(ParameterError, match=message):
        make(name, **options).fit(graph)


@pytest.mark.parametrize(("options", "message"), [({"p": 0}, "p must be > 0"), ({"q": -1}, "q must be > 0")])
def test_bad_bias(options, message, graph):
    with pytest.raises(ParameterError, match=message):
        make("node2vec", **options).fit(graph)


@BOTH
def test_own_initial_vectors(name, graph):
    own = initial_vectors(300, 12, 5)
    assert np.array_equal(make(name).fit_transform(graph, init=own), make(name).fit_transform(graph))
    assert np.array_equal(own, initial_vectors(300, 12, 5))
    assert not np.array_equal(make(name).fit_transform(graph, init=own + 1), make(name).fit_transform(graph))
    with pytest.raises(InputError, match=r"init must have shape \[300, 12\], got \[300, 11\]"):
        make(name).fit(graph, init=own[:, 1:])
    own[7, 3] = np.nan
    with pytest.raises(InputError, match="init holds numbers that are not finite"):
        make(name).fit(graph, init=own)


@BOTH
def test_training_on_knows_nodes_by_id(name):
    first = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    model = make(name).fit(first)
    before = dict(zip(model.node_ids_.tolist(), model.embedding_.copy()))
    larger = Graph.from_edges([("z", "d"), ("d", "c"), ("c", "b"), ("y", "a"), ("z", "y"), ("b", "a")])
    # So small a rate that nothing moves: the vectors lie where their ids are.
    model.set_params(learning_rate=1e-30).partial_fit(larger)
    assert model.node_ids_.tolist() == larger.node_ids.tolist() != first.node_ids.tolist()
    fresh = initial_vectors(6, 12, 5)
    for row, node in enumerate(larger.node_ids.tolist()):
        np.testing.assert_array_equal(model.embedding_[row], before.get(node, fresh[row]))
    moved = model.embedding_.copy()
    model.set_params(learning_rate=0.05).partial_fit(larger)
    assert (model.embedding_ != moved).any(axis=1).all()


@BOTH
def test_training_on_without_a_fit_is_a_fit(name, graph):
    assert np.array_equal(make(name).partial_fit(graph).embedding_, make(name).fit_transform(graph))


@BOTH
def test_the_dimension_stays_that_of_the_fit(name, graph):
    model = make(name).fit(graph).set_params(dim=13)
    for train_on in (model.partial_fit, model.transform_new):
        with pytest.raises(ParameterError, match="dim must stay 12, that of the present vectors, got 13"):
            train_on(graph)


@BOTH
def test_new_nodes_find_their_community(name, communities):
    graph = communities.graph
    model = make(name, dim=32, walks_per_node=10, walk_length=40, window=10).fit(graph)
    vectors, contexts = model.embedding_.copy(), model.context_embedding_.copy()
    edges = np.column_stack(graph.to_edges()[:2]).tolist()
    # Ten new nodes, each with six edges into one community.
    rng = np.random.default_rng(0)
    joins = [(800 + k, int(40 * k + leaf)) for k in range(10) for leaf in rng.choice(40, 6, replace=False)]
    larger = Graph.from_edges(joins + edges)
    result = model.transform_new(larger)
    assert sorted(result.node_ids.tolist()) == list(range(800, 810))
    assert np.array_equal(model.embedding_, vectors)
    assert np.array_equal(model.context_embedding_, contexts)
    assert np.array_equal(model.node_ids_, graph.node_ids)
    means = np.array([vectors[np.arange(40) + 40 * k].mean(axis=0) for k in range(20)])
    for node, vector in zip(result.node_ids.tolist(), result.vectors):
        cosine = means @ vector / np.linalg.norm(means, axis=1)
        assert cosine.argmax() == node - 800
    again = model.transform_new(larger)
    assert np.array_equal(again.vectors, result.vectors)


@BOTH
def test_old_nodes_stand_still_while_new_ones_are_trained(name, monkeypatch):
    model = make(name, subsample=0).fit(Graph.from_edges([(0, 1), (1, 2), (2, 0)]))
    trained = []
    monkeypatch.setattr(Trainer, "finish", lambda trainer: trained.append(trainer.tables))
    model.transform_new(Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)]))
    assert np.array_equal(trained[0].centers[:3], model.embedding_)
    assert np.array_equal(trained[0].contexts[:3], model.context_embedding_)
    assert trained[0].contexts[3:].any()


@BOTH
def test_no_new_nodes(name, graph):
    model = make(name).fit(graph)
    assert model.transform_new(graph).vectors.shape == (0, 12)
    with pytest.raises(ParameterError, match="transform_new needs a model that was fitted before"):
        make(name).transform_new(graph)


@BOTH
def test_contexts_score_arcs_better_than_vectors_alone(name):
    # Arcs lead from each block to the next round a ring: nodes of a block are alike, yet no arc joins them.
    probabilities = np.roll(np.eye(6), 1, axis=1) * 0.3
    graph = stochastic_block_model([30] * 6, probabilities, directed=True, seed=2).graph
    split = split_edges(graph, 0.3, seed=1)
    model = make(name, dim=16, walks_per_node=40, window=1, subsample=0).fit(split.train_graph)
    vectors, contexts = model.embedding_, model.context_embedding_
    assert arc_auc(vectors, contexts, split) > 0.7
    assert arc_auc(vectors, vectors, split) < 0.5


def arc_auc(sources, targets, split):
    """Share of (arc, pair without an arc) among test pairs that are ordered as they should be."""
    true, false = (
        np.einsum("ij,ij->i", sources[pairs[:, 0]], targets[pairs[:, 1]])
        for pairs in (split.test_edges, split.test_negatives)
    )
    return (true[:, None] > false).mean()


@BOTH
@pytest.mark.parametrize("learning_rate", [10.0, 1e4])
def test_no_rate_returns_vectors_that_are_no_numbers(name, learning_rate, graph):
    model = make(name, learning_rate=learning_rate)
    try:
        vectors = model.fit_transform(graph)
    except RunError:
        return
    assert np.isfinite(vectors).all()


MEASURE = """
import sys
from support.graphs import random_graph
from graphkit.methods.registry import make_method
name, options, weighted = sys.argv[1], eval(sys.argv[2]), sys.argv[3] == "True"
def status(key):
    return 1024 * int(open("/proc/self/status").read().split(key + ":")[1].split()[0])
graph = random_graph(40_000, 160_000, weighted=weighted, seed=1)
model = make_method(name, num_threads=2, **options)
model.fit(random_graph(50, 200, weighted=weighted, seed=1))
held = sum(array.nbytes for array in (graph.indptr, graph.indices, graph.node_ids))
held += graph.weights.nbytes if weighted else 0
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
model.fit(graph)
estimate = model.estimate(graph.num_nodes, graph.num_arcs, weighted=weighted)
print(estimate.bytes, status("VmHWM") - before + held)
"""


def measured(name, options, weighted):
    """Estimated bytes, and what a process of its own needed at most beyond what it held before."""
    command = [sys.executable, "-c", MEASURE, name, repr(options), str(weighted)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return tuple(map(int, result.stdout.split()))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("name", "weighted"), [("deepwalk", False), ("node2vec", True)])
def test_estimated_memory(name, weighted):
    options = {"dim": 64, "walks_per_node": 3, "walk_length": 40, "epochs": 2}
    options |= {"q": 0.5} if name == "node2vec" else {}
    estimate, needed = measured(name, options, weighted)
    assert 0.8 < estimate / needed < 1.2


@BOTH
def test_communities_are_found(name, communities):
    options = {"dim": 32, "walks_per_node": 10, "walk_length": 40, "window": 10, "seed": 1}
    vectors = make_method(name, **options).fit_transform(communities.graph)
    result = node_classification(vectors, communities.labels, train_ratios=0.05, shuffles=4)
    assert result.micro_f1.mean() > 0.7
    split = split_edges(communities.graph, 0.3, seed=1)
    vectors = make_method(name, **options).fit_transform(split.train_graph)
    assert link_prediction(vectors, split, operator="inner").auc[0] > 0.71


def test_blogcatalog(real_data):
    graph = read_graph(real_data / "blogcatalog.mat", weights=None)
    labels = scipy.io.loadmat(real_data / "blogcatalog.mat")["group"].toarray() > 0
    # Half of the usual walks: at the higher rate, which suits few.
    model = make_method("node2vec", dim=64, walks_per_node=10, walk_length=40, learning_rate=0.05, seed=1)
    result = node_classification(model.fit_transform(graph), labels, shuffles=2)
    assert result.micro_f1.mean() > 0.336
