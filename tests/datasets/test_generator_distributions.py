"""Generated edges against exact probabilities, by chi-square with fixed seeds."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from support.reference.preferential import distribution
from support.reference.rmat import edge_probability

from graphkit.datasets.generators import barabasi_albert, erdos_renyi, rmat_edges, stochastic_block_model
from graphkit.kernels.cpu import block_model, preferential

SMALL = 1e-3


@pytest.mark.parametrize("quadrants", [(0.57, 0.19, 0.19), (0.25, 0.25, 0.25), (0.1, 0.2, 0.3)])
@pytest.mark.parametrize("scale", [1, 3, 5])
def test_rmat_edges_fall_where_the_definition_says(scale, quadrants):
    a, b, c = quadrants
    edges = rmat_edges(scale, 200_000, a=a, b=b, c=c, seed=3)
    found = np.bincount(edges[:, 0] * 2**scale + edges[:, 1], minlength=4**scale)
    rows = range(2**scale)
    expected = [edge_probability(u, v, scale, a, b, c) * len(edges) for u, v in product(rows, rows)]
    found, expected = _merge_rare(found, np.array(expected))
    assert stats.chisquare(found, expected).pvalue > SMALL


def test_rmat_quadrants_of_probability_zero_stay_empty():
    assert not rmat_edges(20, 1000, a=1.0, b=0.0, c=0.0, seed=1).any()
    upper = rmat_edges(9, 1000, a=0.6, b=0.4, c=0.0, seed=1)
    assert not upper[:, 0].any()
    assert len(np.unique(upper[:, 1])) > 100


def test_erdos_renyi_graphs_of_four_nodes_have_their_exact_probability():
    num_draws, probability = 20_000, 0.3
    tables, starts = block_model.gap_tables(np.array([probability])), np.array([0, 4])
    source, target = np.empty(6, np.int32), np.empty(6, np.int32)
    found = np.zeros(2**6, np.int64)
    for seed in range(num_draws):
        model = starts, np.zeros((1, 1), np.int64), tables, False, np.uint64(seed), 6
        count = block_model.draw_edges(*model, source, target, 0, 0, 4)
        number = {(0, 1): 1, (0, 2): 2, (0, 3): 4, (1, 2): 8, (1, 3): 16, (2, 3): 32}
        found[sum(number[pair] for pair in zip(source[:count].tolist(), target[:count].tolist()))] += 1
    sizes = np.array([graph.bit_count() for graph in range(2**6)])
    expected = num_draws * probability**sizes * (1 - probability) ** (6 - sizes)
    assert stats.chisquare(*_merge_rare(found, expected)).pvalue > SMALL


@pytest.mark.parametrize("directed", [False, True])
def test_block_model_pairs_are_edges_as_often_as_told(directed):
    starts, num_draws = np.array([0, 3, 7, 8]), 4000
    matrix = np.array([[0.5, 0.1, 0.9], [0.1, 0.25, 0.25], [0.9, 0.25, 1.0]])
    distinct, table_of = np.unique(matrix, return_inverse=True)
    tables, table_of = block_model.gap_tables(distinct), table_of.reshape(3, 3)
    found, buffers = np.zeros((8, 8)), (np.empty(64, np.int32), np.empty(64, np.int32))
    for seed in range(num_draws):
        model = starts, table_of, tables, directed, np.uint64(seed), 6
        count = block_model.draw_edges(*model, *buffers, 0, 0, 8)
        np.add.at(found, (buffers[0][:count], buffers[1][:count]), 1)
    block = np.repeat(np.arange(3), np.diff(starts))
    p = matrix[block][:, block]
    possible = ~np.eye(8, dtype=bool) if directed else np.triu(np.ones((8, 8), bool), 1)
    assert not found[~possible].any()
    deviation = (found - num_draws * p)[possible] / np.sqrt(num_draws * p * (1 - p))[possible]
    assert stats.chi2.sf((deviation**2).sum(), possible.sum()) > SMALL


def test_block_model_counts_between_blocks_are_binomial():
    sizes = [1500, 500, 2000]
    matrix = np.array([[0.01, 0.002, 0.0], [0.002, 0.03, 0.001], [0.0, 0.001, 0.005]])
    data = stochastic_block_model(sizes, matrix, seed=5)
    source, target, _ = data.graph.edge_rows()
    block = np.repeat(np.arange(3), sizes)
    found = np.zeros((3, 3), np.int64)
    np.add.at(found, (block[source], block[target]), 1)
    for r, s in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]:
        pairs = sizes[r] * (sizes[r] - 1) // 2 if r == s else sizes[r] * sizes[s]
        tail = stats.binom.cdf(found[r, s], pairs, matrix[r, s])
        assert SMALL < tail < 1 - SMALL or (matrix[r, s] == 0 and found[r, s] == 0)


def test_erdos_renyi_degrees_are_binomial():
    n, p = 4000, 0.002
    degree = erdos_renyi(n, p, seed=7).degree
    found = np.bincount(degree, minlength=40)[:40]
    assert found.sum() == n
    expected = n * stats.binom.pmf(np.arange(40), n - 1, p)
    expected[-1] += n - expected.sum()
    assert stats.chisquare(*_merge_rare(found, expected)).pvalue > SMALL


@pytest.mark.parametrize(("num_nodes", "num_new"), [(5, 1), (5, 2), (5, 3), (6, 2)])
def test_barabasi_albert_graphs_have_their_exact_probability(num_nodes, num_new):
    exact = distribution(num_nodes, num_new)
    number, found = {graph: i for i, graph in enumerate(exact)}, np.zeros(len(exact), np.int64)
    ends = np.empty(2 * num_new * (num_nodes - num_new), np.int32)
    for seed in range(20_000):
        chosen_by = np.full(num_nodes, -1, np.int32)
        preferential.draw_edges(num_new, np.uint64(seed), 6, chosen_by, ends)
        found[number[frozenset(map(tuple, ends.reshape(-1, 2).tolist()))]] += 1
    assert stats.chisquare(*_merge_rare(found, np.array(list(exact.values())) * 20_000)).pvalue > SMALL


def test_barabasi_albert_degrees_follow_the_power_law():
    degree = barabasi_albert(200_000, 2, seed=1).degree
    k = np.arange(2, 12)
    # P(degree = k) = 2 m (m + 1) / (k (k + 1) (k + 2)) for many nodes.
    exact = 12 / (k * (k + 1) * (k + 2))
    assert np.abs(np.bincount(degree)[k] / len(degree) / exact - 1).max() < 0.05


def _merge_rare(found, expected):
    """Put cells expected fewer than five times into one."""
    rare = expected < 5
    assert not found[expected == 0].any()
    if not rare.any():
        return found, expected
    return np.append(found[~rare], found[rare].sum()), np.append(expected[~rare], expected[rare].sum())
