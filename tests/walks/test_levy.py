"""Lévy flights against fractional powers of dense matrices, their lengths against Sibuya's recursion."""

import numpy as np
import pytest
from scipy import stats
from support.graphs import AWKWARD, random_graph
from support.reference import walks_levy as twin

from graphkit import levy_walks, random_walks
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.walks.levy import length_probabilities, mean_hops

SMALL = 1e-4

SHAPES = {
    "dense": random_graph(8, 30, weighted=True, seed=3),
    "unweighted": random_graph(8, 14, seed=3),
    # Of two colours: flights of odd and of even length end apart, however long.
    "bipartite": Graph.from_edges([(u, v) for u in range(3) for v in range(3, 7) if (u, v) != (0, 3)]),
}


def p_value(walks, transitions):
    """Chi-square of all moves against the rows of a matrix whose last column is the end of the walk."""
    num_nodes = len(transitions)
    here, there = walks[:, :-1].ravel(), walks[:, 1:].ravel()
    moved = here >= 0
    counts = np.zeros((num_nodes, num_nodes + 1))
    np.add.at(counts, (here[moved], there[moved]), 1)
    expected = counts.sum(axis=1, keepdims=True) * transitions
    assert not counts[expected < 1e-9].any()
    used = expected >= 5
    statistic = ((counts - expected)[used] ** 2 / expected[used]).sum()
    return stats.chi2.sf(statistic, used.sum() - (counts.sum(axis=1) > 0).sum())


def with_ends(transitions):
    return np.column_stack([transitions, np.maximum(1 - transitions.sum(axis=1), 0)]).round(12)


@pytest.mark.parametrize("alpha", [0.3, 0.7])
@pytest.mark.parametrize("shape", SHAPES)
def test_flights_follow_the_fractional_power(shape, alpha):
    graph = SHAPES[shape]
    graph = graph.subgraph(graph.node_ids[graph.degree > 0])
    walks = levy_walks(graph, walk_length=20, walks_per_node=600, alpha=alpha, max_hops=257, seed=1)
    wanted = twin.flights(graph.to_scipy().toarray(), alpha)
    np.testing.assert_allclose(wanted.sum(axis=1), 1)
    assert p_value(walks, with_ends(wanted)) > SMALL


@pytest.mark.parametrize("max_hops", [2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_cut_flights_on_a_directed_graph_with_sinks(weighted, max_hops):
    graph = random_graph(9, 16, directed=True, weighted=weighted, seed=4)
    assert (graph.degree == 0).any()
    walks = levy_walks(graph, walk_length=12, walks_per_node=1500, alpha=0.4, max_hops=max_hops, seed=2)
    wanted = with_ends(twin.cut_flights(graph.to_scipy().toarray(), 0.4, max_hops))
    assert p_value(walks, wanted) > SMALL


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.95])
def test_lengths_are_sibuyas(alpha):
    shares = length_probabilities(alpha, 1001)
    np.testing.assert_allclose(shares[:999], twin.sibuya(alpha, 999), rtol=1e-10)
    assert (shares > 0).all()
    assert shares.sum() == pytest.approx(1)
    # Of all lengths, 2^(alpha - 1) are odd.
    assert shares[::2].sum() == pytest.approx(2 ** (alpha - 1))


def test_mean_lengths_are_those_of_walks():
    path = Graph.from_edges([(i, i + 1) for i in range(4000)], directed=True)
    walks = levy_walks(path, walk_length=2, walks_per_node=30, alpha=0.6, max_hops=50, starts=range(3000))
    assert (walks[:, 1] - walks[:, 0]).mean() == pytest.approx(mean_hops(0.6, 50), rel=0.01)
    assert (walks[:, 1] - walks[:, 0]).max() == 50


def test_as_alpha_nears_one_it_is_the_plain_walk():
    graph = random_graph(60, 200, weighted=True, seed=1)
    plain = random_walks(graph, walk_length=9, walks_per_node=5, seed=3)
    flights = levy_walks(graph, walk_length=9, walks_per_node=5, alpha=1 - 1e-15, seed=3)
    assert np.array_equal(flights, plain)


@pytest.mark.parametrize("weighted", [False, True])
def test_same_bits_on_any_number_of_threads(weighted):
    graph = random_graph(300, 900, weighted=weighted, directed=True, seed=2)
    options = {"walk_length": 15, "walks_per_node": 9, "alpha": 0.5, "seed": 7}
    one, *others = (levy_walks(graph, num_threads=threads, **options) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other, one)
    assert not np.array_equal(levy_walks(graph, **options | {"seed": 8}), one)


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(arguments):
    graph = Graph.from_edges(**arguments)
    walks = levy_walks(graph, walk_length=5, walks_per_node=3)
    assert walks.shape == (3 * graph.num_nodes, 5)
    ended = (walks[:, :-1] < 0) & (walks[:, 1:] >= 0)
    assert not ended.any()
    assert np.array_equal(walks[:, 0], np.tile(np.arange(graph.num_nodes), 3))
    assert levy_walks(graph, walk_length=1, walks_per_node=1).ravel().tolist() == [*range(graph.num_nodes)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "alpha must lie in (0, 1), got 0"),
        ({"alpha": 1.0}, "alpha must lie in (0, 1), got 1.0"),
        ({"alpha": float("nan")}, "alpha must lie in (0, 1), got nan"),
        ({"max_hops": 1}, "max_hops must be a whole number from 2 to 1048576, got 1"),
        ({"max_hops": 2**20, "walk_length": 2**13}, "max_hops * walk_length must be at most 2**32"),
        # A table of 32 GiB was asked for.
        ({"max_hops": 2**32, "walk_length": 1}, "max_hops must be a whole number from 2 to 1048576"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ParameterError) as error:
        levy_walks(random_graph(5, 20), **options)
    assert message in str(error.value)
