"""Elimination: trees of stars have the twin's bits, nodes of few edges go first, rings stay exact."""

import numpy as np
import pytest
from support.reference.clique_sampling import tree_of_star
from support.reference.schur import laplacian, schur_complement

from graphkit.kernels.cpu.clique_sampling import eliminate, link_arcs

SEED, STREAM = (3 << 32) | 11, 61


def eliminated(num_nodes, edges, weights, order):
    """What is left of edges when the nodes of `order` have gone: a dense symmetric matrix."""
    source, target = np.array(edges, np.int32).reshape(-1, 2).T.copy()
    size = 2 * len(source)
    lists = np.full(size, -9, np.int32), np.full(size, np.nan), np.full(size, -9)
    lists += np.full(num_nodes, -9), np.full(num_nodes, -9)
    link_arcs(source, target, np.asarray(weights, np.float64), *lists)
    assert lists[4].tolist() == np.bincount(np.ravel(edges), minlength=num_nodes).tolist()
    goes = np.isin(np.arange(num_nodes), order)
    eliminate(*lists, goes, np.array(order, np.int32), (np.uint64(SEED), STREAM))
    assert not goes.any()
    heads, values = lists[:2]
    assert np.array_equal(values[::2], values[1::2])
    matrix = np.zeros((num_nodes, num_nodes))
    np.add.at(matrix, (heads[1::2], heads[::2]), values[::2])
    assert not matrix[order].any()
    return matrix + matrix.T


@pytest.mark.parametrize("num_leaves", [1, 2, 3, 15, 17, 24, 25, 60])
def test_a_star_becomes_the_twins_tree(num_leaves):
    weights = np.random.default_rng(num_leaves).uniform(0.1, 7, num_leaves)
    hub = num_leaves
    found = eliminated(num_leaves + 1, [(hub, leaf) for leaf in range(num_leaves)], weights, [hub])
    tree = tree_of_star(dict(enumerate(weights.tolist())), hub, SEED, STREAM)
    assert len(tree) == num_leaves - 1
    wanted = np.zeros_like(found)
    for (one, other), weight in tree.items():
        wanted[one, other] = wanted[other, one] = weight
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_edges_that_repeat_are_one_of_their_sum():
    found = eliminated(4, [(3, 0), (1, 3), (3, 0), (3, 2), (3, 0)], [1, 4, 2, 1.5, 4], [3])
    tree = tree_of_star({0: 7.0, 1: 4.0, 2: 1.5}, 3, SEED, STREAM)
    for (one, other), weight in tree.items():
        assert found[one, other] == pytest.approx(weight, rel=1e-12)
    assert np.count_nonzero(found) == 2 * len(tree)


def test_rings_and_paths_stay_exact():
    """With stars of two leaves nothing is random."""
    weights = np.linspace(1, 3, 30)
    edges, order = [(node, (node + 1) % 30) for node in range(30)], [*range(1, 11), *range(12, 30)]
    found = eliminated(30, edges, weights, order)
    matrix = np.zeros((30, 30))
    for (one, other), weight in zip(edges, weights, strict=True):
        matrix[one, other] = matrix[other, one] = weight
    keep = np.array([0, 11])
    exact = schur_complement(laplacian(matrix), keep)
    assert found[0, 11] == pytest.approx(-exact[0, 1], rel=1e-12)


def test_the_node_of_the_fewest_edges_goes_first():
    """A hub between leaves: were it to go first, as asked, the leaves' edges would be random."""
    edges = [(0, leaf) for leaf in range(1, 6)] + [(1, 6), (2, 7)]
    found = eliminated(8, edges, np.ones(7), [0, 3, 4, 5, 6, 7])
    assert found[1, 2] == pytest.approx(0.5, rel=1e-12)
