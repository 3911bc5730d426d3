"""t-SNE: steps and divergence by the definition, awkward graphs, bits for a seed, new vectors."""

import numpy as np
import pytest
from sklearn.base import clone
from support.graphs import AWKWARD, random_graph
from support.reference import tsne as reference

from graphkit import TSNE, Graph, LargeVis, knn_graph
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.layout.descent import Descent
from graphkit.neighbors import perplexity_graph


@pytest.mark.parametrize("exaggeration", [1.0, 12.0])
def test_a_step_goes_down_the_gradient(exaggeration):
    graph, shares, positions = small_map()
    descent = Descent(graph.indptr, graph.indices, graph.weights, positions, num_threads=2)
    descent.run(1, exaggeration)
    # No velocity yet, so every gain falls from 1 to 0.8; the rate is points over exaggeration.
    step = -0.8 * len(positions) / exaggeration * reference.gradient(shares, positions, exaggeration)
    assert np.allclose(descent.positions - positions, step, atol=2e-3 * np.abs(step).max())


def test_momentum_and_gains_are_those_of_the_paper():
    graph, shares, positions = small_map()
    descent = Descent(graph.indptr, graph.indices, graph.weights, positions, num_threads=1)
    descent.run(15, 4.0)
    wanted, velocity, gains = positions.astype(float), np.zeros(positions.shape), np.ones(positions.shape)
    for _ in range(15):
        slope = reference.gradient(shares, wanted, 4.0)
        gains = np.where(slope * velocity < 0, gains + 0.2, np.maximum(gains * 0.8, 0.01))
        velocity = 0.8 * velocity - len(wanted) / 4 * gains * slope
        wanted = wanted + velocity
    assert np.allclose(descent.positions, wanted, atol=0.02 * np.abs(wanted - positions).max())


def test_the_divergence_is_that_of_all_pairs():
    vectors = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    model = TSNE(perplexity=10, seed=1).fit(vectors)
    shares = perplexity_graph(knn_graph(vectors, 30), 10).to_scipy().toarray().astype(float)
    exact = reference.divergence(shares / shares.sum(), model.embedding_)
    assert model.kl_divergence_ == pytest.approx(exact, rel=2e-3)
    start = TSNE(perplexity=10, seed=1, early_steps=0, steps=0).fit(vectors)
    assert model.kl_divergence_ < 0.6 * start.kl_divergence_


@pytest.mark.parametrize("start", ["components", "random"])
@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_every_node_has_a_finite_position(arguments, start):
    graph = Graph.from_edges(**arguments)
    result = TSNE(start=start, early_steps=20, steps=20, seed=1).embed(graph)
    assert result.vectors.shape == (graph.num_nodes, 2)
    assert result.vectors.dtype == np.float32
    assert np.isfinite(result.vectors).all()
    assert result.node_ids.tolist() == graph.node_ids.tolist()
    assert np.isfinite(result.info["kl_divergence"])


def test_the_seed_decides_every_bit():
    graph = random_graph(2000, 9000, weighted=True)
    runs = [
        TSNE(early_steps=20, steps=20, seed=seed, num_threads=threads).fit_transform(graph)
        for seed, threads in ((1, 1), (1, 2), (1, 5), (2, 1))
    ]
    assert np.array_equal(runs[0], runs[1])
    assert np.array_equal(runs[0], runs[2])
    assert not np.array_equal(runs[0], runs[3])


def test_nodes_without_edges_stand_around_the_map_and_push_nobody():
    edges, init = [(0, 2), (2, 4), (4, 0)], np.random.default_rng(0).normal(size=(9, 2))
    model = TSNE(early_steps=50, steps=50)
    positions = model.fit_transform(Graph.from_edges(edges, num_nodes=9), init=init)
    alone = model.fit_transform(Graph.from_edges([(0, 1), (1, 2), (2, 0)]), init=init[[0, 2, 4]])
    assert np.array_equal(positions[[0, 2, 4]], alone)
    distance = np.linalg.norm(positions - alone.mean(axis=0), axis=1)
    assert distance[[1, 3, 5, 6, 7, 8]].min() > distance[[0, 2, 4]].max()


def test_small_parts_do_not_drift_away(monkeypatch):
    # Left alone they would end at twelve times the radius of the others. Not put beside the map here.
    monkeypatch.setattr("graphkit.methods.map_method.put_beside", lambda *_: 0)
    edges = [*np.random.default_rng(0).integers(3000, size=(30_000, 2)).tolist()]
    edges += [(3000 + 2 * pair, 3001 + 2 * pair) for pair in range(6)]
    positions = TSNE(seed=1).fit_transform(Graph.from_edges(edges, num_nodes=3012, self_loops="drop"))
    radius = np.linalg.norm(positions - positions.mean(axis=0), axis=1)
    assert radius.max() < 1.4 * np.quantile(radius, 0.99)


def test_own_positions_stay_as_they_are():
    init = np.array([[0, 0], [1, 0], [5, 5]], np.float32)
    before = init.copy()
    TSNE(early_steps=5, steps=5).fit(Graph.from_edges([(0, 1)], num_nodes=3), init=init)
    assert np.array_equal(init, before)
    with pytest.raises(InputError, match=r"init must have shape \[3, 2\], got \[2, 2\]"):
        TSNE().fit(Graph.from_edges([(0, 1)], num_nodes=3), init=init[:2])


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "inner_product"])
def test_new_vectors_are_placed_among_their_own(metric):
    vectors, group, new, new_group = clusters()
    model = TSNE(metric=metric, seed=1).fit(vectors)
    before = model.embedding_.copy()
    assert share_of_neighbors(before, group, before, group) > (0.95 if metric != "inner_product" else 0.6)
    placed = model.transform(new)
    assert placed.shape == (60, 2)
    assert placed.dtype == np.float32
    assert np.array_equal(model.embedding_, before)
    assert share_of_neighbors(placed, new_group, before, group) > (0.95 if metric != "inner_product" else 0.6)
    # New points do not feel one another.
    assert np.array_equal(placed[:7], model.transform(new[:7]))


def test_only_a_map_of_vectors_takes_new_ones():
    with pytest.raises(RunError, match="there is no map of vectors"):
        TSNE(steps=5).fit(Graph.from_edges([(0, 1), (1, 2)])).transform(np.zeros((1, 3)))


def test_snapshots_show_the_map_taking_shape():
    shown, told = [], []
    model = TSNE(early_steps=20, steps=15).fit(
        Graph.from_edges([(0, 1), (1, 2), (2, 4)], num_nodes=6),
        snapshot=lambda positions, done, total: shown.append((positions.copy(), done, total)),
        progress=lambda *report: told.append(report),
    )
    assert [done for _, done, _ in shown] == [10, 20, 30, 35]
    assert np.array_equal(shown[-1][0][[0, 1, 2, 4]], model.embedding_[[0, 1, 2, 4]])
    assert not np.array_equal(shown[0][0], shown[1][0])
    assert told[-1] == ("layout", 35, 35)


@pytest.mark.parametrize("vectors", [np.ones((50, 3)), np.zeros((50, 3)), np.eye(50)])
def test_alike_vectors_have_finite_positions(vectors):
    positions = TSNE(perplexity=10, seed=1).fit_transform(vectors)
    assert np.isfinite(positions).all()
    assert np.ptp(positions) > 0.1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"steps": -1}, "steps must be a whole number >= 0, got -1"),
        ({"early_steps": 0.5}, "early_steps must be"),
        ({"start": "pac"}, "unknown start 'pac'"),
        ({"exaggeration": 0.5}, "exaggeration must be >= 1 and finite, got 0.5"),
        ({"early_exaggeration": np.inf}, "early_exaggeration must be >= 1 and finite, got inf"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ParameterError, match=message):
        TSNE(**parameters).fit(Graph.from_edges([(0, 1)]))


def test_parameters_as_scikit_learn_has_them():
    model = TSNE(steps=3, seed=5)
    assert clone(model).get_params() == model.get_params()


def test_memory_and_time_are_known_before():
    small, large = (TSNE(num_threads=2).estimate(n, 20 * n) for n in (10_000, 1_000_000))
    assert large.bytes > 90 * small.bytes
    # A map grows less than its points.
    assert 100 * small.seconds > large.seconds > 60 * small.seconds


def small_map():
    """A weighted graph, its shares as a dense matrix, and positions."""
    random = np.random.default_rng(4)
    edges = [*random.integers(60, size=(200, 2)).tolist(), *((node, (node + 1) % 60) for node in range(60))]
    graph = Graph.from_edges(edges, random.random(260) + 0.1, self_loops="drop")
    shares = graph.to_scipy().toarray().astype(float)
    return graph, shares / shares.sum(), random.normal(size=(60, 2)).astype(np.float32)


def clusters():
    random = np.random.default_rng(0)
    centers = random.normal(0, 4, (4, 20))
    group, new_group = np.repeat(np.arange(4), 100), np.repeat(np.arange(4), 15)
    vectors = centers[group] + random.normal(size=(400, 20))
    return vectors, group, centers[new_group] + random.normal(size=(60, 20)), new_group


def share_of_neighbors(positions, group, others, other_group):
    """The share of the ten nearest that are of a point's own group."""
    distances = np.linalg.norm(positions[:, None] - others[None], axis=2)
    near = other_group[np.argsort(distances, axis=1)[:, :10]]
    return (near == group[:, None]).mean()


@pytest.mark.parametrize("method", [TSNE, LargeVis])
@pytest.mark.parametrize("start", ["components", "random"])
def test_an_empty_graph_is_an_empty_map(method, start):
    graph = Graph.from_edges(np.empty((0, 2), np.int64))
    assert method(start=start).fit_transform(graph).shape == (0, 2)
    with pytest.raises(InputError, match="a map is made of 3 vectors at least, got 0"):
        method(start=start).fit_transform(np.empty((0, 3)))
