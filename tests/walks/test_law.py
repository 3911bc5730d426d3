"""Walks against their exact law, by chi-square with fixed seeds."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from support.graphs import random_edges
from support.reference.walks import law, noise_of

from graphkit.graph.graph import Graph
from graphkit.walks.random_walks import random_walks

SMALL = 1e-5
"""Two hundred tests: 1e-3 each would refuse right walks, with one seed in five, somewhere."""

COMPLETE = [(u, v) for u in range(6) for v in range(u)]
SHAPES = {
    "random": random_edges(10, 26, seed=3)[0],
    "complete": COMPLETE,
    "path": [(0, 1), (1, 2), (2, 3), (3, 4)],
    "star": [(0, leaf) for leaf in range(1, 12)],
    "loops": [*COMPLETE[:6], (0, 0), (2, 2), (3, 4), (4, 4)],
    # A hub of 40 and one of 20, which share half of their leaves: exact draws on long rows.
    "hubs": [(0, leaf) for leaf in range(2, 42)] + [(1, leaf) for leaf in range(22, 42)] + [(0, 1)],
}
PAIRS = list(product([0.01, 0.25, 1, 4, 100], repeat=2))


def make(shape, *, weighted, directed=False):
    edges = np.array(SHAPES[shape])
    weights = np.random.default_rng(8).uniform(0.2, 4.0, len(edges)) if weighted else None
    return Graph.from_edges(edges, weights, directed=directed)


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64).tolist()


def count(walks, num_nodes):
    """How often x follows t -> v, [num_nodes, num_nodes, num_nodes]."""
    t, v, x = (walks[:, i : walks.shape[1] - 2 + i].ravel() for i in range(3))
    inside = x >= 0
    flat = (t[inside].astype(np.int64) * num_nodes + v[inside]) * num_nodes + x[inside]
    return np.bincount(flat, minlength=num_nodes**3).reshape(num_nodes, num_nodes, num_nodes)


def p_value(rows):
    """P-value of rows (observed, probabilities), cells of fewer than five expected merged."""
    statistic = freedom = 0
    for observed, share in rows:
        expected = np.array(share) * observed.sum()
        assert not observed[np.array(share) == 0].any()
        rare = expected < 5
        cells = [*zip(observed[~rare], expected[~rare]), (observed[rare].sum(), expected[rare].sum())]
        if cells[-1][1] < 5:
            (o, e), *cells = sorted(cells, key=lambda cell: cell[1])
            cells = [(cells[0][0] + o, cells[0][1] + e), *cells[1:]] if cells else [(o, e)]
        statistic += sum((o - e) ** 2 / e for o, e in cells if len(cells) > 1)
        freedom += len(cells) - 1
    return stats.chi2.sf(statistic, freedom) if freedom else 1.0


def check_second_steps(graph, p, q, gamma=None, seed=5):
    options = {} if gamma is None else {"extend": True, "gamma": gamma}
    walks = random_walks(graph, walk_length=20, walks_per_node=1200, p=p, q=q, seed=seed, **options)
    weights = dense(graph)
    noise = None if gamma is None else [float(np.float32(n)) for n in noise_of(weights, gamma)]
    counts = count(walks, graph.num_nodes)
    rows = [
        (counts[t, v], law(weights, t, v, p, q, noise))
        for t, v in product(range(graph.num_nodes), repeat=2)
        if counts[t, v].any()
    ]
    assert rows
    assert p_value(rows) > SMALL


@pytest.mark.parametrize(("p", "q"), PAIRS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_second_steps_of_a_random_graph(p, q, weighted, directed):
    check_second_steps(make("random", weighted=weighted, directed=directed), p, q)


@pytest.mark.parametrize(("p", "q"), [(0.25, 0.25), (0.01, 100), (100, 0.01), (100, 100), (0.01, 0.01)])
@pytest.mark.parametrize("shape", ["complete", "path", "star", "loops", "hubs"])
@pytest.mark.parametrize("weighted", [False, True])
def test_second_steps_of_special_graphs(p, q, shape, weighted):
    check_second_steps(make(shape, weighted=weighted), p, q)


@pytest.mark.parametrize(("p", "q"), [(0.25, 0.25), (1, 4), (0.01, 1), (100, 0.25), (1, 100)])
@pytest.mark.parametrize("gamma", [0.0, 1.0])
@pytest.mark.parametrize("shape", ["random", "complete", "loops", "hubs"])
def test_second_steps_of_node2vec_plus(p, q, gamma, shape):
    check_second_steps(make(shape, weighted=True), p, q, gamma)


@pytest.mark.parametrize(("weighted", "q"), [(False, 1), (True, 1), (True, 0.25)])
@pytest.mark.parametrize(("shape", "directed"), [("random", True), ("loops", False), ("hubs", False)])
def test_walks_that_never_go_straight_back(shape, directed, weighted, q):
    check_second_steps(make(shape, weighted=weighted, directed=directed), np.inf, q)


@pytest.mark.parametrize("weight", [1.0, 1e30])
def test_they_turn_round_at_leaves_alone(weight):
    # A square with a tail; the way back from its root may weigh as much as it likes.
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (3, 4)]
    graph = Graph.from_edges(edges, [1.0, 1.0, 1.0, 1.0, weight])
    walks = random_walks(graph, walk_length=60, walks_per_node=100, p=np.inf, seed=3)
    before, here, after = walks[:, :-2], walks[:, 1:-1], walks[:, 2:]
    assert np.array_equal(before == after, here == 4)
    assert (here == 4).any()


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_the_scale_of_weights_does_not_matter(scale):
    edges = np.array(SHAPES["random"])
    weights = np.random.default_rng(8).uniform(0.2, 4.0, len(edges))
    check_second_steps(Graph.from_edges(edges, weights * scale), 0.05, 4)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("p", "q"), [(1, 1), (0.01, 100)])
def test_first_steps(weighted, p, q):
    graph = make("random", weighted=weighted, directed=True)
    walks = random_walks(graph, walk_length=2, walks_per_node=5000, p=p, q=q, seed=2)
    counts = np.zeros((graph.num_nodes,) * 2, np.int64)
    went = walks[:, 1] >= 0
    np.add.at(counts, (walks[went, 0], walks[went, 1]), 1)
    weights = dense(graph)
    rows = [(counts[v], law(weights, None, v, p, q)) for v in range(graph.num_nodes) if counts[v].any()]
    assert p_value(rows) > SMALL


@pytest.mark.parametrize("weighted", [False, True])
def test_starts_at_arcs_are_in_proportion_to_the_weights(weighted):
    graph = make("random", weighted=weighted, directed=True)
    walks = random_walks(graph, walk_length=2, walks_per_node=4000, start_at_arcs=True, p=0.1, seed=4)
    assert len(walks) == 4000 * graph.num_nodes
    counts = np.zeros((graph.num_nodes,) * 2, np.int64)
    np.add.at(counts, (walks[:, 0], walks[:, 1]), 1)
    share = np.array(dense(graph))
    assert p_value([(counts.ravel(), (share / share.sum()).ravel())]) > SMALL


@pytest.mark.parametrize("p", [1, 0.25])
def test_lengths_are_geometric(p):
    graph = make("complete", weighted=False)
    walks = random_walks(graph, walk_length=12, walks_per_node=5000, p=p, stop=0.2, seed=6)
    lengths = (walks >= 0).sum(axis=1)
    share = [0.2 * 0.8**steps for steps in range(11)] + [0.8**11]
    assert p_value([(np.bincount(lengths - 1, minlength=12), share)]) > SMALL


@pytest.mark.parametrize("p", [1, 0.25])
@pytest.mark.parametrize("stop", [0, 0.25])
def test_restarts(p, stop):
    # A directed cycle: a step leads on, so that every other move to the start is a restart.
    num_nodes, length = 60, 40
    cycle = Graph.from_edges([(i, (i + 1) % num_nodes) for i in range(num_nodes)], directed=True)
    walks = random_walks(cycle, walk_length=length, walks_per_node=300, p=p, restart=0.3, stop=stop, seed=7)
    here, there = walks[:, :-1], walks[:, 1:]
    on = there == (here + 1) % num_nodes
    back = (there == walks[:, :1]) & (there >= 0)
    ended = (there == -1) & (here >= 0)
    assert (on | back | ended | (here == -1)).all()
    share = [stop, (1 - stop) * 0.3, (1 - stop) * 0.7]
    assert p_value([(np.array([ended.sum(), back.sum(), on.sum()]), share)]) > SMALL


def test_the_step_behind_a_restart_is_a_first_one():
    # With q = 0.001 a second step from 0 would nearly always leave the triangle.
    graph = Graph.from_edges([(0, 1), (0, 2), (1, 2), (0, 3)])
    walks = random_walks(
        graph, walk_length=50, walks_per_node=2000, starts=[0], p=1000, q=0.001, restart=0.5, seed=1
    )
    weights = np.array(dense(graph))
    jumps = (walks[:, 1:-1] == 0) & (weights[walks[:, :-2], 0] == 0)
    # From 0 to 0 there is no arc: these are restarts. Another may follow at once.
    steps = walks[:, 2:][jumps]
    assert p_value([(np.bincount(steps[steps > 0], minlength=4), [0, 1 / 3, 1 / 3, 1 / 3])]) > SMALL
