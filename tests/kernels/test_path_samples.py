"""Path samples: the twin's bits, the exact distribution of their ends, the exact mean of what they count."""

import numpy as np
import pytest
import scipy.sparse
import scipy.stats
from support.graphs import random_graph
from support.reference import path_samples as reference
from support.reference.window_matrix import window_sum

from graphkit import Graph
from graphkit.datasets.generators import barabasi_albert
from graphkit.kernels.cpu.path_samples import walk_ends
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.propagation import sampled_window
from graphkit.propagation.sampled_window import PathSampler, expected_samples

SEED = (3 << 32) | 7
KINDS = pytest.mark.parametrize("weighted", [False, True])


def connected(weighted, num_nodes=12, seed=1):
    """A connected graph with loops, hubs and leaves."""
    rng = np.random.default_rng(seed)
    edges = [(0, node) for node in range(1, num_nodes)] + rng.integers(0, num_nodes, (14, 2)).tolist()
    edges += [(3, 3), (num_nodes - 1, num_nodes - 1)]
    weights = rng.uniform(0.2, 4.0, len(edges)).astype(np.float32) if weighted else None
    return Graph.from_edges(edges, weights, num_nodes=num_nodes)


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def alias_of(graph):
    if not graph.is_weighted:
        return None
    table = np.zeros((graph.num_arcs, 2), np.uint32)
    build_row_alias(graph.indptr, graph.weights, table, 0, graph.num_nodes)
    return table


def lists(graph, values):
    return [values[first:end].tolist() for first, end in zip(graph.indptr, graph.indptr[1:])]


def sampler(graph, threads=1, **options):
    options = {"window": 4, "samples_per_edge": 20.0, "thinning": 1.5, "seed": SEED} | options
    return PathSampler(graph, num_threads=threads, **options)


@KINDS
@pytest.mark.parametrize("window", [1, 2, 5, 10])
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200])
def test_ends_are_the_twins(weighted, window, size):
    graph = random_graph(40, 200, weighted=weighted, seed=2)
    sources = np.repeat(np.arange(graph.num_nodes), graph.degree)[:size].astype(np.int32)
    targets = graph.indices[: len(sources)].copy()
    values, table = np.ones(len(sources), np.float32), alias_of(graph)
    wanted = [
        reference.path_ends(
            lists(graph, graph.indices),
            table if table is None else lists(graph, table),
            u,
            v,
            number,
            window,
            SEED,
        )
        for number, (u, v) in enumerate(zip(sources.tolist(), targets.tolist()), start=2**33)
    ]
    key = np.uint64(SEED), reference.COUNT, reference.PATH
    edges = graph.indptr, graph.indices, table, window, key, 2**33
    walk_ends(*edges, sources, targets, values, 0, len(sources))
    assert list(zip(sources.tolist(), targets.tolist())) == wanted
    assert values.tolist() == [2.0 if u == v else 1.0 for u, v in wanted]


@KINDS
@pytest.mark.parametrize("thinning", [0.7, 1.5, np.inf])
def test_samples_of_edges_are_the_twins(weighted, thinning):
    graph = connected(weighted)
    paths = sampler(graph, window=1, samples_per_edge=3.3, thinning=thinning)
    wanted = reference.placed(dense(graph), 3.3 * graph.num_edges, thinning, SEED)
    sources, targets, values = paths.samples(0, paths.num_samples)
    assert list(zip(sources.tolist(), targets.tolist())) == [(u, v) for u, v, _ in wanted]
    doubled = [value * (2 if u == v else 1) for u, v, value in wanted]
    np.testing.assert_allclose(values, doubled, rtol=1e-6)


@KINDS
@pytest.mark.parametrize("edge", [(0, 1), (0, 11), (3, 3)])
def test_ends_have_their_distribution(weighted, edge):
    graph, size, window = connected(weighted), 200_000, 5
    sources, targets = (np.full(size, end, np.int32) for end in edge)
    key = np.uint64(11), reference.COUNT, reference.PATH
    law = graph.indptr, graph.indices, alias_of(graph), window, key, 0
    walk_ends(*law, sources, targets, np.ones(size, np.float32), 0, size)
    found = np.zeros((graph.num_nodes, graph.num_nodes))
    np.add.at(found, (sources, targets), 1)
    exact = reference.end_distribution(dense(graph), *edge, window)
    exact = np.triu(exact + np.tril(exact, -1).T)
    assert exact.sum() == pytest.approx(1)
    assert found[exact == 0].sum() == 0
    likely = exact * size >= 5
    observed = [*found[likely], found[~likely].sum()]
    expected = [*(exact * size)[likely], (exact * size)[~likely].sum()]
    assert (
        scipy.stats.chisquare(*(np.array(x)[np.array(expected) > 0] for x in (observed, expected))).pvalue
        > 1e-3
    )


@KINDS
@pytest.mark.parametrize("thinning", [0.8, np.inf])
@pytest.mark.parametrize("window", [1, 3, 6])
def test_the_expectation_is_netmfs_matrix(weighted, thinning, window):
    """The papers' theorem, without sampling: thinned paths count what the powers of P do."""
    weights, total = dense(connected(weighted)), 1000.0
    degree = weights.sum(axis=1)
    expected = reference.expected_sum(weights, window, total, thinning)
    np.testing.assert_allclose(
        degree.sum() ** 2 / total * expected / np.outer(degree, degree),
        window_sum(weights, window),
        rtol=1e-10,
    )


@KINDS
@pytest.mark.parametrize("thinning", [0.8, np.inf])
def test_means_of_samples_are_exact(weighted, thinning):
    graph, runs, window = connected(weighted), 400, 4
    sums, squares = np.zeros((2, graph.num_nodes, graph.num_nodes))
    for seed in range(runs):
        paths = sampler(graph, window=window, samples_per_edge=22.3, thinning=thinning, seed=seed)
        sources, targets, values = paths.samples(0, paths.num_samples)
        found = np.zeros_like(sums)
        np.add.at(found, (sources, targets), values / 2)
        found += np.triu(found, 1).T
        sums += found
        squares += found**2
    mean = sums / runs
    error = np.sqrt((squares / runs - mean**2) / runs)
    wanted = reference.expected_sum(dense(graph), window, 22.3 * graph.num_edges, thinning)
    # Entries that are met often enough for their error to be known; the others are few.
    known = wanted * runs >= 200
    assert wanted[~known].sum() < 0.05 * wanted.sum()
    deviations = (mean - wanted)[known] / error[known]
    assert np.abs(deviations).max() < 4
    assert 0.6 < deviations.std() < 1.4


@KINDS
def test_entries_are_the_logarithms_of_what_was_counted(weighted):
    graph = random_graph(60, 300, weighted=weighted, seed=5)
    paths = sampler(graph, window=5)
    sources, targets, values = paths.samples(0, paths.num_samples)
    counted = np.zeros((60, 60))
    np.add.at(counted, (sources, targets), values.astype(np.float64))
    counted += np.triu(counted, 1).T
    degree = dense(graph).sum(axis=1)
    degree[degree == 0] = 1
    ratios = degree_sum(graph) ** 2 / (3.0 * 20 * graph.num_edges) * counted / 2 / np.outer(degree, degree)
    wanted = np.log(np.maximum(1, ratios))
    indptr, indices, values = paths.matrix(3.0)
    found = scipy.sparse.csr_array((values, indices, indptr), shape=(60, 60))
    assert found.has_canonical_format
    np.testing.assert_allclose(found.toarray(), wanted, atol=2e-6)
    assert (values > 0).all()
    assert 0 < len(values) < np.count_nonzero(counted)


def degree_sum(graph):
    return dense(graph).sum()


@pytest.mark.parametrize("threads", [2, 3])
def test_same_bits_on_any_number_of_threads_and_in_any_rounds(threads, monkeypatch):
    graph = random_graph(300, 2000, weighted=True, seed=1)
    one = sampler(graph).matrix(1.0)
    other = sampler(graph, threads).matrix(1.0)
    for left, right in zip(one, other):
        assert np.array_equal(left, right)
    monkeypatch.setattr(sampled_window, "ROUND_SAMPLES", 700)
    in_rounds = sampler(graph, threads).matrix(1.0)
    assert np.array_equal(in_rounds[0], one[0])
    assert np.array_equal(in_rounds[1], one[1])
    np.testing.assert_allclose(in_rounds[2], one[2], atol=1e-5)


def test_a_part_of_the_samples_is_a_part_of_all():
    paths = sampler(random_graph(50, 300, seed=1))
    whole = paths.samples(0, paths.num_samples)
    for begin, end in [(0, 1), (5, 5), (1, 77), (100, paths.num_samples)]:
        for part, array in zip(paths.samples(begin, end), whole):
            assert np.array_equal(part, array[begin:end])


@pytest.mark.parametrize("thinning", [0.5, 3.0, np.inf])
def test_the_number_of_samples_is_foretold(thinning):
    graph = barabasi_albert(500, 4, seed=1)
    paths = sampler(graph, thinning=thinning, samples_per_edge=300)
    foretold = expected_samples(500, graph.num_edges, samples_per_edge=300, thinning=thinning)
    # Less only where an edge's share would be above 1.
    assert 0.6 * foretold < paths.num_samples < 1.001 * foretold
    if thinning != 3.0:
        assert paths.num_samples == pytest.approx(foretold, rel=1e-3)
