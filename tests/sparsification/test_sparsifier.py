"""Sparsifiers of graphs that change: the twin's decisions, what is promised, and what is refused."""

import networkx as nx
import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference import detour_walks as reference
from support.reference.schur import laplacian

from graphkit import Graph, Sparsifier, datasets, sparsify
from graphkit.errors import GraphkitError, InputError, ParameterError, UnknownNodeError
from graphkit.kernels.cpu import detour_walks
from graphkit.sparsification.changing_rows import ChangingRows

SEED, STREAM = (5 << 32) | 3, 60
KEY = np.uint64(SEED), STREAM
KINDS = pytest.mark.parametrize("weighted", [False, True])


def dictionaries(graph):
    weights = np.ones(graph.num_arcs) if graph.weights is None else graph.weights.astype(float)
    rows = {node: {} for node in range(graph.num_nodes)}
    for node in rows:
        for place in range(graph.indptr[node], graph.indptr[node + 1]):
            rows[node][int(graph.indices[place])] = float(weights[place])
    return rows


def strangers(graph, count=60):
    """Pairs of nodes without an edge between them."""
    rng = np.random.default_rng(0)
    source, target = rng.integers(0, graph.num_nodes, (2, 400)).astype(np.int32)
    apart = ~graph.has_edges(source, target) & (source != target)
    return source[apart][:count], target[apart][:count]


def loopless(num_nodes, num_edges, *, weighted, seed=2):
    graph = random_graph(num_nodes, num_edges, weighted=weighted, seed=seed)
    source, target, weights = graph.edge_rows()
    apart = source != target
    return Graph.from_edges(
        (source[apart], target[apart]), None if weights is None else weights[apart], num_nodes=num_nodes
    )


@KINDS
@pytest.mark.parametrize("law", [(1, 1), (3, 2), (5, 9)])
def test_walks_find_what_the_twins_find(weighted, law):
    graph = loopless(40, 90, weighted=weighted)
    source, target = strangers(graph)
    rows, first = dictionaries(graph), 2**31
    wanted = [
        reference.best_path(rows, u, v, *law, SEED, first + number, STREAM)
        for number, (u, v) in enumerate(zip(source.tolist(), target.tolist()))
    ]
    arrays = ChangingRows(graph.indptr, graph.indices, graph.weights).arrays
    lengths, paths = np.full(len(source), -7), np.full((len(source), law[1] + 2), -7, np.int32)
    detour_walks.find_paths(*arrays, source, target, law, KEY, first, lengths, paths, 0, len(source))
    assert [path[:length].tolist() for path, length in zip(paths, lengths)] == [path for _, path in wanted]
    assert any(path for _, path in wanted)
    for limit in (1.5, 2.0, 4.0):
        found = np.empty(len(source), np.bool_)
        limits = np.full(len(source), limit)
        detour_walks.find_detours(*arrays, source, target, limits, law, KEY, first, found, 0, len(source))
        assert found.tolist() == [resistance <= limit for resistance, _ in wanted]


@KINDS
@pytest.mark.parametrize("distortion", [1.0, 2.5, 8.0])
def test_what_is_left_out_has_a_path_of_little_resistance(weighted, distortion):
    graph = loopless(60, 400, weighted=weighted)
    sparse = sparsify(graph, distortion=distortion, seed=3)
    dense, kept = (each.to_scipy().toarray().astype(float) for each in (graph, sparse))
    assert ((kept == dense) | (kept == 0)).all()
    inverse = np.linalg.pinv(laplacian(kept))
    resistances = np.diag(inverse)[:, None] + np.diag(inverse) - 2 * inverse
    out = (dense > 0) & (kept == 0)
    # A path of one edge is the edge itself.
    assert out.any() == (weighted or distortion > 1)
    assert (dense * resistances)[out].max(initial=0) <= distortion + 1e-9
    assert np.array_equal(graph.connected_components(), sparse.connected_components())
    assert sparse.is_weighted == weighted


@KINDS
def test_a_stream_of_edges_keeps_all_promises(weighted):
    rng = np.random.default_rng(4)
    start = loopless(40, 60, weighted=weighted)
    sparsifier = Sparsifier(start, distortion=3, seed=1)
    twin = start.to_networkx()
    for turn in range(25):
        if turn % 2:
            edges = list(twin.edges)
            chosen = [edges[k] for k in rng.choice(len(edges), min(len(edges), 12), replace=False)]
            before = sparsifier.num_kept_edges
            assert sparsifier.remove_edges(chosen) == before - sparsifier.num_kept_edges
            twin.remove_edges_from(chosen)
        else:
            pairs = rng.integers(0, 40, (25, 2))
            weights = rng.integers(1, 9, 25).astype(float) if weighted else None
            before = sparsifier.num_kept_edges
            assert sparsifier.add_edges(pairs, weights) == sparsifier.num_kept_edges - before
            for (u, v), weight in zip(pairs.tolist(), weights if weighted else [1.0] * 25):
                if u != v:
                    old = twin.edges[u, v]["weight"] if weighted and twin.has_edge(u, v) else 0.0
                    twin.add_edge(u, v, weight=np.float32(old + weight))
        whole, sparse = sparsifier.graph(), sparsifier.sparse_graph()
        nodes = list(range(40))
        wanted = nx.to_numpy_array(twin, nodes, weight="weight" if weighted else None)
        np.testing.assert_allclose(whole.to_scipy().toarray(), wanted, rtol=1e-6)
        kept = sparse.to_scipy().toarray()
        assert ((kept == whole.to_scipy().toarray()) | (kept == 0)).all()
        assert np.array_equal(whole.connected_components(), sparse.connected_components())
        assert (sparsifier.num_edges, sparsifier.num_kept_edges) == (whole.num_edges, sparse.num_edges)


@KINDS
def test_the_bits_are_the_same_on_any_number_of_threads(weighted):
    graph = loopless(300, 3000, weighted=weighted)
    results = []
    for threads in (1, 2, 4):
        sparsifier = Sparsifier(graph, seed=9, num_threads=threads)
        sparsifier.remove_edges(tuple(ends[:900] for ends in graph.edge_rows()[:2]))
        sparse = sparsifier.sparse_graph()
        results.append((sparse.indices.tolist(), sparse.weights.tolist() if weighted else None))
    assert results[0] == results[1] == results[2]


def test_more_distortion_and_more_walkers_leave_fewer_edges():
    graph = loopless(300, 3000, weighted=False)
    sizes = [sparsify(graph, distortion=limit, seed=1).num_edges for limit in (1, 2, 4, 8)]
    assert sizes[0] == graph.num_edges
    assert sizes == sorted(sizes, reverse=True)
    assert sparsify(graph, walkers=64, seed=1).num_edges < sparsify(graph, walkers=2, seed=1).num_edges


def test_heavy_edges_stay_though_weights_span_many_orders():
    rng = np.random.default_rng(3)
    pairs = rng.integers(0, 50, (400, 2))
    weights = 10.0 ** rng.uniform(-25, 25, 400)
    graph = Graph.from_edges(pairs, weights, num_nodes=50, self_loops="drop")
    sparse = sparsify(graph, distortion=2)
    tree = nx.maximum_spanning_tree(graph.to_networkx())
    assert all(sparse.has_edges(np.array([u]), np.array([v]))[0] for u, v in tree.edges)


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs(name):
    graph = Graph.from_edges(**AWKWARD[name])
    if graph.directed:
        with pytest.raises(ParameterError, match="undirected"):
            sparsify(graph)
        return
    sparse = sparsify(graph)
    assert sparse.num_nodes == graph.num_nodes
    assert sparse.num_edges == graph.num_edges - graph.num_self_loops
    assert np.array_equal(sparse.node_ids, graph.node_ids)


def test_what_is_wrong_is_said_and_changes_nothing():
    club = datasets.load("karate_club").graph
    ids = club.node_ids
    sparsifier = Sparsifier(club)
    some = list(zip(*[each.tolist() for each in club.to_edges()[:2]]))[:2]
    stranger = (ids[0].item(), ids[9].item())
    for edges, kind, message in (
        ([*some, stranger], InputError, "edge 2: there is no edge between 0 and 9 to remove; leave it out"),
        ([some[0], some[1], some[0][::-1]], InputError, "edge 2: the edge between .* is given twice"),
        ([(1, 99)], UnknownNodeError, "99"),
        ([(1, 1)], InputError, "no edge between 1 and 1"),
    ):
        with pytest.raises(kind, match=message):
            sparsifier.remove_edges(edges)
    for arguments, kind, message in (
        (([stranger],), InputError, "weights must be 1 numbers, one an edge, as the graph has weights"),
        (([(1, "x")], [1.0]), GraphkitError, "node ids must be all whole numbers"),
        (([(1, 99)], [1.0]), UnknownNodeError, "99"),
    ):
        with pytest.raises(kind, match=message):
            sparsifier.add_edges(*arguments)
    assert sparsifier.num_edges == club.num_edges
    assert sparsifier.add_edges([], []) == sparsifier.remove_edges([]) == 0
    with pytest.raises(ParameterError, match="weights has no effect: the graph has none"):
        Sparsifier(Graph.from_edges([(0, 1)])).add_edges([(0, 1)], [2.0])
    heavy = Sparsifier(Graph.from_edges([(0, 1), (1, 2)], [3e38, 1.0]))
    for weights, message in (
        ([0.0], "must be a finite float32 number > 0"),
        ([3e38], "more than float32 holds"),
    ):
        with pytest.raises(InputError, match=message):
            heavy.add_edges([(0, 1)], weights)
    assert heavy.graph().weights.max() == np.float32(3e38)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"distortion": 0}, "distortion must be > 0 and finite, got 0"),
        ({"walkers": 0}, "walkers must be a whole number from 1"),
        ({"steps": 1001}, "steps must be a whole number from 1 to 1000, got 1001"),
        ({"seed": -1}, "seed must lie in"),
        ({"method": "walk"}, "unknown method 'walk': did you mean 'walks'"),
        ({"share": 0.2}, "share has no effect with method='walks'"),
        ({"method": "resistances", "steps": 3}, "steps has no effect with method='resistances'"),
        ({"method": "resistances", "share": 1.5}, r"share must lie in \(0, 1\], got 1.5"),
        ({"method": "resistances", "projections": 0}, "projections must be a whole number >= 1, got 0"),
    ],
)
def test_parameters_outside_their_range_are_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        sparsify(datasets.load("karate_club").graph, **options)


def test_memory_is_told_before_the_run(monkeypatch):
    from graphkit import resources

    monkeypatch.setattr(resources, "available_memory", lambda: 1)
    monkeypatch.setattr(resources, "_ALWAYS_FITS", 0)
    with pytest.raises(
        ParameterError, match=r"sparsification needs about 12\.86 KiB of memory \(rows that change"
    ):
        sparsify(datasets.load("karate_club").graph)
