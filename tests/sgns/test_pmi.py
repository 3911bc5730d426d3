"""Long training on tiny graphs reaches the matrix that the objective has its maximum at.

O. Levy, Y. Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014: with enough
columns, v_i . x_c = log(#(i, c) / (K #(i) P(c))), P being the noise.
"""

import numpy as np
import pytest

from graphkit.graph.graph import Graph
from graphkit.methods.deepwalk import DeepWalk
from graphkit.methods.line import LINE
from graphkit.walks.random_walks import random_walks

NUM_NODES, K, WINDOW = 8, 2.0, 3


@pytest.fixture(scope="module")
def graph():
    rng = np.random.default_rng(5)
    i, j = np.nonzero(np.triu(rng.random((NUM_NODES, NUM_NODES)) < 0.7, 1))
    return Graph.from_edges(np.column_stack([i, j]), rng.uniform(0.5, 3, len(i)), num_nodes=NUM_NODES)


def optimum(counts, frequencies, exponent):
    """log(#(i, c) / (K #(i) P(c))); -inf where i and c do not meet."""
    noise = frequencies**exponent / (frequencies**exponent).sum()
    with np.errstate(divide="ignore"):
        return np.log(counts / (K * counts.sum(axis=1, keepdims=True) * noise))


def check(model, wanted, error):
    """Correlation and mean absolute error over the pairs that occur; the others are kept apart."""
    scores, occur = model.embedding_ @ model.context_embedding_.T, np.isfinite(wanted)
    assert np.corrcoef(scores[occur], wanted[occur])[0, 1] > 0.99
    assert np.abs(scores - wanted)[occur].mean() < error
    assert not (~occur).any() or scores[~occur].max() < wanted[occur].min() - 1


def co_occurrence(walks):
    """Expected pairs: at distance d both ways, if the reach, uniform in 1 .. WINDOW, is not below d."""
    counts = np.zeros((NUM_NODES, NUM_NODES))
    for distance in range(1, WINDOW + 1):
        share = (WINDOW - distance + 1) / WINDOW
        here, there = walks[:, :-distance].ravel(), walks[:, distance:].ravel()
        np.add.at(counts, (here, there), share)
        np.add.at(counts, (there, here), share)
    return counts


@pytest.mark.parametrize("exponent", [0.0, 0.75])
def test_deepwalk(graph, exponent):
    model = DeepWalk(
        dim=16,
        walks_per_node=300,
        walk_length=30,
        window=WINDOW,
        num_negatives=K,
        epochs=20,
        learning_rate=0.1,
        noise_exponent=exponent,
        subsample=0,
        seed=3,
    ).fit(graph)
    walks = random_walks(graph, walk_length=30, walks_per_node=300, seed=3)
    counts = co_occurrence(walks)
    assert model.pairs_ == pytest.approx(20 * counts.sum(), rel=2e-3)
    check(model, optimum(counts, np.bincount(walks.ravel()).astype(float), exponent), 0.04)


def test_deepwalk_has_netmfs_closed_form(graph):
    """J. Qiu et al., "Network embedding as matrix factorization", WSDM 2018, theorem 2.3.

    Long walks on an undirected graph meet (i, c) in proportion to sum_r share_r d_i (P^r)_ic; their uniform
    window is word2vec's here, share_r = (T - r + 1) / T.
    """
    model = DeepWalk(
        dim=16,
        walks_per_node=100,
        walk_length=300,
        window=WINDOW,
        num_negatives=K,
        epochs=6,
        learning_rate=0.1,
        noise_exponent=1.0,
        subsample=0,
        seed=4,
    ).fit(graph)
    arcs = graph.to_scipy().toarray().astype(np.float64)
    degrees = arcs.sum(axis=1)
    transition, power, counts = arcs / degrees[:, None], np.eye(NUM_NODES), np.zeros_like(arcs)
    for distance in range(1, WINDOW + 1):
        power = power @ transition
        counts += (WINDOW - distance + 1) / WINDOW * degrees[:, None] * power
    check(model, optimum(counts, degrees, 1.0), 0.05)


@pytest.mark.parametrize("directed", [False, True])
def test_line_of_second_order(graph, directed):
    if directed:
        rng = np.random.default_rng(6)
        i, j = np.nonzero(rng.random((NUM_NODES, NUM_NODES)) < 0.4)
        graph = Graph.from_edges(
            np.column_stack([i, j]), rng.uniform(0.5, 3, len(i)), num_nodes=NUM_NODES, directed=True
        )
    model = LINE(dim=16, order="second", samples=6e6, num_negatives=K, learning_rate=0.05, seed=3).fit(graph)
    arcs = graph.to_scipy().toarray().astype(np.float64)
    occurring = arcs.sum(axis=1) > 0
    wanted = optimum(arcs[occurring], arcs.sum(axis=0) + arcs.sum(axis=1), 0.75)
    model.embedding_ = model.embedding_[occurring]
    check(model, wanted, 0.06)
