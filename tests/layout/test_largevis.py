"""LargeVis: its contract on awkward graphs, groups apart, bits for a seed, what is refused."""

import numpy as np
import pytest
from sklearn.base import clone
from support.graphs import AWKWARD, random_graph

from graphkit import LargeVis, knn_graph
from graphkit.datasets.generators import stochastic_block_model
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.graph.graph import Graph
from graphkit.layout.largevis import first_positions
from graphkit.neighbors.vector_table import VectorTable


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("start", ["components", "random"])
@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_every_node_has_a_finite_position(arguments, start, dim):
    graph = Graph.from_edges(**arguments)
    result = LargeVis(dim=dim, start=start, samples_per_node=20, seed=1).embed(graph)
    assert result.vectors.shape == (graph.num_nodes, dim)
    assert result.vectors.dtype == np.float32
    assert np.isfinite(result.vectors).all()
    assert result.node_ids.tolist() == graph.node_ids.tolist()


@pytest.mark.parametrize("shape", ["student", "logistic"])
@pytest.mark.parametrize("start", ["components", "random"])
def test_groups_stand_apart(shape, start):
    graph, groups = blocks()
    gamma = 7.0 if shape == "student" else 1.0
    positions = LargeVis(shape=shape, start=start, gamma=gamma, seed=1).fit_transform(graph)
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = groups[np.argsort(distances, axis=1)[:, :10]]
    assert (nearest == groups[:, None]).mean() > 0.95


def test_the_seed_decides_every_bit():
    graph = random_graph(2000, 9000, weighted=True)
    runs = [
        LargeVis(samples_per_node=20, seed=seed, num_threads=threads).fit_transform(graph)
        for seed, threads in ((1, 1), (1, 2), (1, 4), (2, 1))
    ]
    assert np.array_equal(runs[0], runs[1])
    assert np.array_equal(runs[0], runs[2])
    assert not np.array_equal(runs[0], runs[3])


def test_directions_and_loops_do_not_count():
    edges, weights = [(0, 1), (1, 0), (1, 2), (2, 3), (3, 1)], [1.0, 2, 1, 1, 1]
    directed = Graph.from_edges([*edges, (2, 2)], [*weights, 9.0], directed=True)
    plain = Graph.from_edges(edges, weights)
    init = np.random.default_rng(0).normal(0, 5, (4, 2))
    found = [
        LargeVis(samples_per_node=30, seed=1).fit_transform(graph, init=init) for graph in (directed, plain)
    ]
    assert np.array_equal(*found)


def test_nodes_without_edges_stand_around_the_map():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0)], num_nodes=9)
    positions = LargeVis(samples_per_node=50, seed=1).fit_transform(graph)
    center = positions[:3].mean(axis=0)
    distance = np.linalg.norm(positions - center, axis=1)
    assert distance[3:].min() > distance[:3].max()


def test_snapshots_show_the_map_taking_shape(monkeypatch):
    monkeypatch.setattr("graphkit.layout.largevis._MOVES_PER_CHUNK", 300 * 20)
    graph, _ = blocks()
    shown, told = [], []
    model = LargeVis(samples_per_node=20, seed=1).fit(
        graph,
        snapshot=lambda positions, done, total: shown.append((positions.copy(), done, total)),
        progress=lambda *report: told.append(report),
    )
    assert [done for _, done, _ in shown] == [20, 40, 60, 80]
    assert np.array_equal(shown[-1][0], model.embedding_)
    assert not np.array_equal(shown[0][0], shown[1][0])
    assert told[-1] == ("layout", 80, 80)


def test_own_positions_are_where_nodes_begin():
    graph = Graph.from_edges([(0, 1), (2, 3)], num_nodes=4)
    init = np.array([[0, 0], [1, 0], [50, 50], [51, 50.0]])
    positions = LargeVis(samples_per_node=5, seed=1).fit_transform(graph, init=init)
    assert (positions[2:] > 30).all()
    with pytest.raises(InputError, match=r"init must have shape \[4, 2\], got \[3, 2\]"):
        LargeVis().fit(graph, init=init[:3])


def test_memory_and_time_are_known_before():
    small, large = (LargeVis(num_threads=2).estimate(n, 20 * n) for n in (10_000, 1_000_000))
    assert large.bytes > 90 * small.bytes
    assert large.seconds > 90 * small.seconds
    assert LargeVis(start="random").estimate(10_000, 200_000).bytes < small.bytes


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dim": 4}, "dim must be a whole number from 2 to 3, got 4"),
        ({"samples_per_node": 0}, "samples_per_node must be a whole number >= 1, got 0"),
        ({"start": "pac"}, "unknown start 'pac'"),
        ({"learning_rate": 0.0}, "learning_rate must be > 0 and finite, got 0.0"),
        ({"shape": "normal"}, "unknown shape 'normal'"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ParameterError, match=message):
        LargeVis(**parameters).fit(Graph.from_edges([(0, 1)]))


def test_parameters_as_scikit_learn_has_them():
    model = LargeVis(gamma=3.0, seed=5)
    assert clone(model).get_params() == model.get_params()


def blocks():
    """Three groups of a hundred nodes, dense within."""
    graph = stochastic_block_model([100] * 3, np.eye(3) * 0.19 + 0.01, seed=1).graph
    return graph, np.repeat(np.arange(3), 100)


def test_vectors_keep_their_neighbours():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(4), 100)
    vectors = random.normal(0, 4, (4, 20))[group] + random.normal(size=(400, 20))
    model = LargeVis(samples_per_node=200, seed=1)
    positions = model.fit_transform(vectors)
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (group[np.argsort(distances, axis=1)[:, :10]] == group[:, None]).mean() > 0.95
    assert model.node_ids_.tolist() == list(range(400))
    centered = VectorTable.of(vectors, "euclidean").prepared()
    again = model.fit_transform(knn_graph(vectors, 30), init=first_positions(centered, 400, 2, 1))
    assert np.array_equal(positions, again)


@pytest.mark.parametrize("vectors", [np.ones((50, 3)), np.zeros((50, 3)), np.eye(50)])
def test_alike_vectors_have_finite_positions_of_their_own(vectors):
    positions = LargeVis(samples_per_node=50, seed=1).fit_transform(vectors)
    assert np.isfinite(positions).all()
    assert len(np.unique(positions, axis=0)) == 50


def test_a_perplexity_beyond_the_points_is_refused():
    with pytest.raises(ParameterError, match=r"perplexity must lie in \(1, 9\) \(10 points\), got 10.0"):
        LargeVis().fit(np.eye(10))


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "inner_product"])
def test_new_vectors_are_placed_among_their_own(metric):
    random = np.random.default_rng(0)
    centers = random.normal(0, 4, (4, 20))
    group, new_group = np.repeat(np.arange(4), 100), np.repeat(np.arange(4), 15)
    vectors = centers[group] + random.normal(size=(400, 20))
    new = centers[new_group] + random.normal(size=(60, 20))
    model = LargeVis(samples_per_node=200, metric=metric, seed=1).fit(vectors)
    before = model.embedding_.copy()
    placed = model.transform(new)
    assert placed.shape == (60, 2)
    assert placed.dtype == np.float32
    assert np.array_equal(model.embedding_, before)
    distances = np.linalg.norm(placed[:, None] - before[None], axis=2)
    near = group[np.argsort(distances, axis=1)[:, :10]]
    assert (near == new_group[:, None]).mean() > (0.95 if metric != "inner_product" else 0.6)
    assert np.array_equal(placed, model.transform(new))


@pytest.mark.parametrize("options", [{}, {"shape": "logistic", "dim": 3, "metric": "cosine"}])
def test_where_a_new_vector_ends_does_not_depend_on_the_others(options):
    random = np.random.default_rng(3)
    model = LargeVis(samples_per_node=30, perplexity=5, seed=1, **options).fit(random.normal(size=(150, 6)))
    new = random.normal(size=(150, 6))
    placed, order = model.transform(new), random.permutation(150)
    assert np.array_equal(model.transform(new[order]), placed[order])
    assert np.array_equal(model.transform(new[70:73]), placed[70:73])
    assert np.array_equal(model.transform(new[149:]), placed[149:])
    assert np.array_equal(model.set_params(num_threads=3).transform(new), placed)


def test_only_a_map_of_vectors_takes_new_ones():
    vectors = np.random.default_rng(0).normal(size=(50, 6))
    model = LargeVis(samples_per_node=20)
    with pytest.raises(RunError, match="there is no map of vectors"):
        model.transform(vectors)
    model.fit(Graph.from_edges([(0, 1), (1, 2)]))
    with pytest.raises(RunError, match="there is no map of vectors"):
        model.transform(vectors)
    model.fit(vectors)
    with pytest.raises(ParameterError, match="queries must have 6 columns"):
        model.transform(vectors[:, :3])
    assert model.transform(vectors[:1]).shape == (1, 2)
