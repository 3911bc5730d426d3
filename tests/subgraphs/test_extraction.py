"""Subgraphs against sets, draws against their distribution, PageRank's nodes against exact scores."""

import itertools

import numpy as np
import pytest
import scipy.stats
from support.graphs import random_edges
from support.reference import ego_graphs, pagerank

from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.kernels.cpu import ego_graphs as kernels
from graphkit.subgraphs.extraction import SubgraphExtractor
from graphkit.subgraphs.scopes import KHopScope, PageRankScope


def parts_of(found):
    """(nodes, edges with their numbers, place of the target) of each subgraph."""
    begins = np.searchsorted(found.edges[0], found.offsets)
    for k, (first, last) in enumerate(itertools.pairwise(found.offsets.tolist())):
        here = slice(begins[k], begins[k + 1])
        ends = (found.edges[:, here] - first).tolist()
        yield (
            found.nodes[first:last].tolist(),
            list(zip(*ends, found.edge_ids[here].tolist())),
            found.roots[k] - first,
        )


def check(edges, targets, found, members):
    for target, (nodes, arcs, root) in zip(targets, parts_of(found), strict=True):
        assert nodes == members(target)
        assert nodes[root] == target
        assert arcs == ego_graphs.induced(edges, nodes)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_hops_are_those_of_sets(mirrored, depth):
    edges = random_edges(60, 90, seed=depth)[0].T
    if mirrored:
        edges = np.concatenate([edges, edges[::-1]], axis=1)
    targets = np.array([3, 0, 59, 3, 17, 5])
    extractor = SubgraphExtractor(edges, None, 60, KHopScope(depth))
    found = extractor.extract(targets)
    check(edges, targets, found, lambda target: ego_graphs.k_hop(edges, target, depth))
    # A second batch, in the work space of the first.
    again = extractor.extract(targets[::-1])
    check(edges, targets[::-1], again, lambda target: ego_graphs.k_hop(edges, target, depth))


def test_long_rows_are_searched():
    """A hub with 3,000 arcs, some twice, and subgraphs of a few nodes."""
    rng = np.random.default_rng(0)
    hub = np.stack([np.full(3000, 7), rng.integers(0, 2000, 3000)])
    rest = rng.integers(0, 2000, (2, 500))
    edges = np.concatenate([hub, rest, [[7, 7], [1, 1]]], axis=1)
    targets = np.array([1, 2, 7, 100])
    assert kernels._is_searched.py_func(3002, 5)
    found = SubgraphExtractor(edges, None, 2000, KHopScope(1)).extract(targets)
    check(edges, targets, found, lambda target: ego_graphs.k_hop(edges, target, 1))


def test_arcs_of_more_than_a_chunk():
    """Subgraphs of 8,000 arcs, and less, beside edges to 300 nodes outside."""
    rng = np.random.default_rng(5)
    inner, outwards = rng.integers(0, 60, (2, 6000)), rng.integers(0, 60, (2, 2000))
    outwards[1] += rng.integers(60, 300, 2000)
    edges = np.concatenate([inner, outwards], axis=1)
    targets = np.array([5, 60, 0])
    found = SubgraphExtractor(edges, None, 360, KHopScope(1)).extract(targets)
    check(edges, targets, found, lambda target: ego_graphs.k_hop(edges, target, 1))


def test_edges_of_no_node_and_batches_of_none():
    extractor = SubgraphExtractor(np.empty((2, 0), np.int64), None, 3, KHopScope(2))
    found = extractor.extract(np.array([2, 0]))
    assert (found.nodes.tolist(), found.roots.tolist(), found.edges.shape) == ([2, 0], [0, 1], (2, 0))
    nothing = extractor.extract(np.empty(0, np.int64))
    assert [len(part) for part in nothing] == [0, 1, 0, 0, 2, 0]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_pagerank_scopes_have_the_largest_scores(directed, weighted):
    edges, weights = random_edges(50, 120, weighted=weighted, seed=4)
    edges = edges.T
    if not directed:
        edges = np.concatenate([edges, edges[::-1]], axis=1)
        weights = None if weights is None else np.concatenate([weights, weights])
    turned = Graph.from_edges(
        edges[::-1].T,
        weights,
        num_nodes=50,
        directed=True,
    )
    targets = np.arange(50)
    scope = PageRankScope(size=8, restart=0.2, tolerance=1e-9)
    found = SubgraphExtractor(edges, weights, 50, scope).extract(targets)
    for target, (nodes, arcs, root) in zip(targets, parts_of(found), strict=True):
        scores = pagerank.exact(turned, target, 0.2)
        limit = np.sort(scores)[::-1][7]
        assert nodes[root] == target
        assert len(nodes) == min(8, np.count_nonzero(scores > 1e-12))
        others = [node for node in nodes if node != target]
        assert (scores[others] >= limit * (1 - 1e-5)).all()
        assert arcs == ego_graphs.induced(edges, nodes)


def test_a_target_is_in_its_own_subgraph():
    # Nearly all of a leaf's walks are at the hub.
    star = np.array([[0] * 9 + list(range(1, 10)), list(range(1, 10)) + [0] * 9])
    found = SubgraphExtractor(star, None, 10, PageRankScope(size=1, restart=0.01)).extract(np.arange(10))
    assert found.nodes.tolist() == list(range(10))


def test_neighbours_are_drawn_alike():
    """All sets of two of five neighbours, over epochs, and of different targets independently."""
    edges = np.array([[1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 1]])
    extractor = SubgraphExtractor(edges, None, 7, KHopScope(1, 2), seed=3)
    counts = dict.fromkeys(itertools.combinations(range(1, 6), 2), 0)
    for epoch in range(3000):
        nodes = extractor.extract(np.array([0]), epoch=epoch).nodes
        counts[tuple(nodes[1:].tolist())] += 1
    assert len(counts) == 10
    assert scipy.stats.chisquare(list(counts.values())).pvalue > 1e-3


def test_draws_follow_seed_epoch_and_target_alone():
    edges = random_edges(80, 900, seed=1)[0].T
    targets = np.arange(80)
    extractor = SubgraphExtractor(edges, None, 80, KHopScope(2, 3), seed=1)
    one = extractor.extract(targets, epoch=4)
    for threads in (2, 4):
        other = extractor.extract(targets, epoch=4, num_threads=threads)
        assert all(np.array_equal(a, b) for a, b in zip(one, other))
    alone = extractor.extract(np.array([7]), epoch=4)
    assert alone.nodes.tolist() == one.nodes[one.offsets[7] : one.offsets[8]].tolist()
    assert not np.array_equal(extractor.extract(targets, epoch=5).nodes, one.nodes)
    different = SubgraphExtractor(edges, None, 80, KHopScope(2, 3), seed=2).extract(targets, epoch=4)
    assert not np.array_equal(different.nodes, one.nodes)
    # Of each node at most three neighbours go on: 1 + 3 + 9.
    assert np.diff(one.offsets).max() <= 13


def test_pagerank_bits_do_not_depend_on_threads():
    edges = random_edges(80, 900, seed=1)[0].T
    extractor = SubgraphExtractor(edges, None, 80, PageRankScope(size=9))
    one = extractor.extract(np.arange(80))
    for threads in (2, 4):
        assert all(
            np.array_equal(a, b) for a, b in zip(one, extractor.extract(np.arange(80), num_threads=threads))
        )


def test_what_is_refused(monkeypatch):
    for make, message in (
        (lambda: KHopScope(0), "depth must be a whole number >= 1, got 0"),
        (lambda: KHopScope(2, 0), "num_neighbors must be a whole number from 1 to 10000, got 0"),
        (
            lambda: SubgraphExtractor(np.array([[0], [1]]), None, 2, PageRankScope(9, restart=1e-300)),
            r"restart=1e-300 with tolerance=1e-05 may take .* s on this graph",
        ),
        (lambda: PageRankScope(0), "size must be a whole number >= 1, got 0"),
        (lambda: PageRankScope(5, restart=1.0), r"restart must lie in \(0, 1\)"),
        (lambda: PageRankScope(5, tolerance=0.0), r"tolerance must lie in \(0, 1\)"),
    ):
        with pytest.raises(ParameterError, match=message):
            make()
    edges = np.array([[0, 1], [1, 2]])
    with pytest.raises(InputError, match="edge 1 leads from 1 to 2, but nodes are 0 to 1"):
        SubgraphExtractor(edges, None, 2, KHopScope(1))
    with pytest.raises(InputError, match="edge_weight of edge 1 is -1"):
        SubgraphExtractor(edges, np.array([1.0, -1.0]), 3, PageRankScope(2))
    extractor = SubgraphExtractor(edges, None, 3, KHopScope(1))
    for target in (-1, 3):
        with pytest.raises(InputError, match=f"target {target} is no node: nodes are 0 to 2"):
            extractor.extract(np.array([0, target]))
    monkeypatch.setattr("graphkit.resources.available_memory", lambda: 100)
    monkeypatch.setattr("graphkit.resources._ALWAYS_FITS", 0)
    with pytest.raises(ParameterError, match="the edges, sorted, take about"):
        SubgraphExtractor(edges, None, 3, KHopScope(1))
