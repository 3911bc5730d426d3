"""Schur complements: exact where they are exact, right on average where they are random."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference import schur as reference
from support.reference.clique_sampling import tree_of_star
from support.reference.terminal_walks import walk_to

from graphkit import Graph, datasets, schur_complement
from graphkit.errors import InputError, ParameterError, RunError, UnknownNodeError
from graphkit.kernels.cpu.row_alias import build_row_alias

METHODS = pytest.mark.parametrize("method", ["walks", "elimination"])
ELIMINATION, TERMINAL = 61, 62


def dense(graph):
    return graph.to_scipy().toarray().astype(np.float64)


def exact(graph, rows):
    """The adjacency matrix of the Schur complement."""
    complement = reference.schur_complement(reference.laplacian(dense(graph)), rows)
    return np.diag(np.diag(complement)) - complement


def connected(seed=1, num_nodes=14):
    """A connected weighted graph with loops, and edges between all kinds of nodes."""
    rng = np.random.default_rng(seed)
    edges = [(node, node + 1) for node in range(num_nodes - 1)] + rng.integers(0, num_nodes, (22, 2)).tolist()
    return Graph.from_edges(edges, rng.uniform(0.2, 4, len(edges)), num_nodes=num_nodes)


def moments(graph, keep, method, count):
    """Mean and standard error of the adjacency matrices of many seeds."""
    total = square = 0.0
    for seed in range(count):
        sample = dense(schur_complement(graph, keep, method=method, seed=seed, num_threads=1))
        total, square = total + sample, square + sample**2
    mean = total / count
    return mean, np.sqrt(np.maximum(square / count - mean**2, 0) / count)


def assert_mean(found, error, wanted):
    """Within 4.5 standard errors everywhere, and on the whole as far as chance allows."""
    above = np.triu(np.ones_like(wanted, bool), 1)
    never = above & (error == 0)
    np.testing.assert_allclose(found[never], wanted[never], rtol=1e-5, atol=1e-9)
    scores = (found - wanted)[above & ~never] / error[above & ~never]
    assert np.abs(scores).max() < 4.5
    assert (scores**2).mean() < 1 + 4.5 * np.sqrt(2 / len(scores))


def test_the_mean_of_walks_is_the_schur_complement():
    graph, keep = connected(), [0, 3, 4, 8, 11]
    mean, error = moments(graph, keep, "walks", 800)
    assert_mean(mean, error, exact(graph, keep))


def test_the_mean_of_eliminations_is_the_schur_complement_where_stars_do_not_meet():
    graph = connected()
    gone = []
    for node in range(graph.num_nodes):
        if not graph.has_edges(np.full(len(gone), node), np.array(gone, int)).any():
            gone.append(node)
    keep = np.setdiff1d(np.arange(graph.num_nodes), gone)
    mean, error = moments(graph, keep, "elimination", 1000)
    assert_mean(mean, error, exact(graph, keep))


def test_the_mean_of_eliminations_is_a_few_percent_less_elsewhere():
    graph, keep = connected(), [0, 3, 4, 8, 11]
    mean, error = moments(graph, keep, "elimination", 1000)
    wanted = exact(graph, keep)
    assert 0.9 < mean.sum() / wanted.sum() < 1 - 3 * error.sum() / wanted.sum() / np.sqrt(wanted.size)


def test_trees_of_stars_are_the_twins():
    rng = np.random.default_rng(2)
    # 30 hubs that go, with up to 40 leaves of the 50 that stay.
    edges = [
        (hub, 30 + leaf) for hub in range(30) for leaf in rng.choice(50, 1 + hub % 10 * 4, replace=False)
    ]
    weights = rng.uniform(0.1, 7, len(edges)).astype(np.float32)
    graph = Graph.from_edges(edges, weights, num_nodes=80)
    seed = (3 << 32) | 11
    wanted = np.zeros((50, 50))
    for hub in range(30):
        star = {
            int(leaf): float(graph.weights[place])
            for place, leaf in enumerate(
                graph.indices[graph.indptr[hub] : graph.indptr[hub + 1]], graph.indptr[hub]
            )
        }
        for (one, other), weight in tree_of_star(star, hub, seed, ELIMINATION).items():
            wanted[one - 30, other - 30] += weight
    found = dense(schur_complement(graph, range(30, 80), method="elimination", seed=seed))
    np.testing.assert_allclose(found, wanted + wanted.T, rtol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_walks_are_the_twins(weighted):
    graph = random_graph(40, 160, weighted=weighted, seed=6)
    source, target, weights = graph.edge_rows()
    apart = source != target
    graph = Graph.from_edges(
        (source[apart], target[apart]), None if weights is None else weights[apart], num_nodes=40
    )
    graph = graph.largest_component()
    seed, table = (3 << 32) | 11, None
    values = np.ones(graph.num_arcs) if weights is None else graph.weights.astype(float)
    if weighted:
        table = np.zeros((graph.num_arcs, 2), np.uint32)
        build_row_alias(graph.indptr, graph.weights, table, 0, graph.num_nodes)
    slices = [slice(*ends) for ends in zip(graph.indptr[:-1], graph.indptr[1:])]
    rows = [list(zip(graph.indices[part].tolist(), values[part].tolist())) for part in slices]
    tables = None if table is None else [table[part].tolist() for part in slices]
    stays = list(range(0, graph.num_nodes, 3))
    wanted = np.zeros((graph.num_nodes,) * 2)
    for number, (u, v) in enumerate(zip(*(ends.tolist() for ends in graph.edge_rows()[:2]))):
        one, before = walk_to(rows, tables, set(stays), u, seed, 2 * number, TERMINAL)
        other, after = walk_to(rows, tables, set(stays), v, seed, 2 * number + 1, TERMINAL)
        if one != other:
            wanted[[one, other], [other, one]] += 1 / (before + dict(rows[u])[v] ** -1 + after)
    found = dense(schur_complement(graph, graph.node_ids[stays], seed=seed))
    np.testing.assert_allclose(found, wanted[np.ix_(stays, stays)], rtol=1e-5)


@METHODS
@pytest.mark.parametrize("count", [3, 4, 9, 100])
def test_a_path_becomes_an_edge(method, count):
    weights = np.random.default_rng(count).uniform(0.5, 2, count - 1)
    path = Graph.from_edges([(node, node + 1) for node in range(count - 1)], weights)
    if method == "elimination":
        found = schur_complement(path, [0, count - 1], method=method, seed=3)
        np.testing.assert_allclose(found.to_edges()[2], [1 / (1 / weights).sum()], rtol=1e-5)
    else:
        mean = (
            np.mean(
                [
                    dense(schur_complement(path, [0, count - 1], seed=seed)).max(initial=0)
                    for seed in range(300)
                ]
            )
            if count < 9
            else None
        )
        assert mean is None or mean == pytest.approx(1 / (1 / weights).sum(), rel=0.2)


def test_elimination_is_exact_where_every_star_has_two_leaves():
    ring = Graph.from_edges([(node, (node + 1) % 30) for node in range(30)], np.linspace(1, 3, 30))
    keep = [4, 11, 12, 27]
    found = schur_complement(ring, keep, method="elimination", seed=5)
    np.testing.assert_allclose(dense(found), exact(ring, keep), rtol=1e-5, atol=1e-12)


@METHODS
def test_the_bits_are_the_same_on_any_number_of_threads(method):
    graph = random_graph(400, 3000, weighted=True, seed=2)
    one, two, four = (
        schur_complement(graph, 0.3, method=method, seed=7, num_threads=threads) for threads in (1, 2, 4)
    )
    for other in (two, four):
        assert np.array_equal(one.indices, other.indices)
        assert np.array_equal(one.weights, other.weights)
    another = schur_complement(graph, 0.3, method=method, seed=8)
    assert not np.array_equal(one.weights, another.weights)


@METHODS
def test_all_nodes_leave_the_graph_as_it_is_but_for_loops(method):
    graph = connected()
    found = schur_complement(graph, graph.node_ids, method=method)
    wanted = dense(graph)
    np.fill_diagonal(wanted, 0)
    np.testing.assert_array_equal(dense(found), wanted)


@METHODS
def test_nodes_come_in_the_order_asked_for_and_components_without_any_vanish(method):
    graph = Graph.from_edges([("a", "b"), ("b", "c"), ("x", "y"), ("y", "z"), ("z", "x")])
    found = schur_complement(graph, ["c", "a"], method=method, seed=1)
    assert found.node_ids.tolist() == ["c", "a"]
    assert found.num_edges <= 1
    assert schur_complement(graph, ["y"], method=method).num_edges == 0


@METHODS
def test_a_share_keeps_the_nodes_of_the_highest_degrees(method):
    club = datasets.load("karate_club").graph
    found = schur_complement(club, 0.25, method=method, seed=1)
    assert found.num_nodes == 9
    kept = np.isin(club.node_ids, found.node_ids)
    assert club.degree[kept].min() >= club.degree[~kept].max()
    assert np.array_equal(found.node_ids, club.node_ids[kept])


def test_elimination_leaves_connected_nodes_connected():
    graph = random_graph(300, 900, weighted=True, seed=4)
    before = graph.connected_components()
    for seed in range(5):
        found = schur_complement(graph, 0.2, method="elimination", seed=seed)
        kept = graph.rows(found.node_ids)
        pairs = set(zip(before[kept].tolist(), found.connected_components().tolist()))
        assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_weights_over_many_orders():
    rng = np.random.default_rng(3)
    weights = 10.0 ** rng.uniform(-15, 15, 90)
    graph = Graph.from_edges(rng.integers(0, 30, (90, 2)), weights, num_nodes=30)
    found = schur_complement(graph, range(10), method="elimination")
    assert np.isfinite(found.weights).all()
    assert (found.weights > 0).all()


@METHODS
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs(method, name):
    graph = Graph.from_edges(**AWKWARD[name])
    if graph.directed:
        with pytest.raises(ParameterError, match="schur_complement is for undirected graphs"):
            schur_complement(graph, 0.5, method=method)
    elif graph.num_nodes:
        found = schur_complement(graph, graph.node_ids[:1], method=method)
        assert (found.num_nodes, found.num_edges) == (1, 0)


@pytest.mark.parametrize(
    ("keep", "kind", "message"),
    [
        ([], InputError, "keep names no node; name at least one"),
        ([1, 99], UnknownNodeError, "99"),
        ([1, 2, 1], InputError, "keep: a node id is given more than once"),
        (0, ParameterError, r"keep must lie in \(0, 1\), got 0"),
        (1.0, ParameterError, r"keep must lie in \(0, 1\), got 1.0"),
        (True, ParameterError, "keep must be node ids or their share"),
        ("1", ParameterError, "keep must be node ids or their share"),
        (None, ParameterError, "keep must be node ids or their share"),
    ],
)
def test_what_cannot_be_kept_is_refused(keep, kind, message):
    with pytest.raises(kind, match=message):
        schur_complement(datasets.load("karate_club").graph, keep)


def test_what_else_is_wrong_is_said(monkeypatch):
    club = datasets.load("karate_club").graph
    with pytest.raises(ParameterError, match="unknown method 'walk'"):
        schur_complement(club, 0.5, method="walk")
    with pytest.raises(ParameterError, match="seed must lie in"):
        schur_complement(club, 0.5, seed=-1)
    # Nothing leads out of a pair whose own edge is all that is ever drawn.
    trap = Graph.from_edges([(0, 1), (1, 2)], [1e30, 1e-30])
    with pytest.raises(RunError, match="more than 65,536 steps to a node that stays; keep more nodes"):
        schur_complement(trap, [2])
    from graphkit import resources

    monkeypatch.setattr(resources, "available_memory", lambda: 1)
    monkeypatch.setattr(resources, "_ALWAYS_FITS", 0)
    with pytest.raises(
        ParameterError, match=r"schur_complement needs about 7\.688 KiB of memory, 1 bytes are available"
    ):
        schur_complement(club, 0.5)
