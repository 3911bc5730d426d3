"""Local clusters against dense diffusions, exact sweeps, and the papers' bounds."""

import math

import networkx as nx
import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import local as reference

from graphkit import (
    Graph,
    GraphkitWarning,
    InputError,
    ParameterError,
    UnknownNodeError,
    datasets,
    local_cluster,
    local_clusters,
)
from graphkit.graph.storage import open_graph
from graphkit.local import diffusions
from graphkit.local.diffusions import FlowPush, HeatKernelPush, PageRankPush
from graphkit.local.label_weights import read_label_weights
from graphkit.local.local_cluster import estimate_local_cluster

METHODS = ("pagerank", "heat-kernel", "flow")

NUMBERS = ("conductance", "volume", "cut", "swept_conductance", "bound", "num_parts", "num_swept")
NUMBERS += ("num_touched", "arcs_read")


def connected(num_nodes, num_edges, *, weighted=False, seed=0):
    return random_graph(num_nodes, num_edges, weighted=weighted, seed=seed).largest_component()


def scores_of(diffusion, graph, seeds, labels=None, label_weight=None):
    """All scores of a diffusion, [num_nodes]: the last one where there are several."""
    weights = read_label_weights(graph, labels, label_weight)
    *_, found = diffusion.run(graph, weights, np.unique(seeds))
    scores = np.zeros(graph.num_nodes)
    scores[found.nodes[found.places]] = found.scores
    return scores


@pytest.fixture
def pushes_alone(monkeypatch):
    """Push that never goes over to passes over the whole graph."""
    monkeypatch.setattr(diffusions, "arcs_to_push", lambda *_: math.inf)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("tolerance", [0.01, 1e-3, 1e-5])
@pytest.mark.usefixtures("pushes_alone")
def test_push_is_the_papers_loop(weighted, labelled, tolerance):
    graph = connected(300, 900, weighted=weighted, seed=3)
    labels = (np.random.default_rng(1).random(graph.num_nodes) < 0.4).astype(float) if labelled else None
    weights = reference.dense(graph, labels, 0.1 if labelled else 1.0)
    for seeds in ([0], [5, 17, 40]):
        found = scores_of(PageRankPush(0.2, tolerance), graph, seeds, labels, 0.1 if labelled else None)
        np.testing.assert_allclose(found, reference.push(weights, seeds, 0.2, tolerance), atol=1e-13)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("restart", [0.02, 0.3])
@pytest.mark.usefixtures("pushes_alone")
def test_pagerank_is_below_the_exact_vector_and_within_its_bound(weighted, restart):
    graph = connected(200, 500, weighted=weighted, seed=8)
    weights, tolerance = reference.dense(graph), 1e-4
    gaps = reference.pagerank(weights, [1], restart) - scores_of(PageRankPush(restart, tolerance), graph, [1])
    spread = (graph.degree / graph.strength).max()
    assert gaps.min() > -1e-13
    assert (gaps <= tolerance * graph.strength * spread + 1e-13).all()
    assert (gaps > 1e-2 * tolerance * graph.strength * spread).any()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("time", "tolerance"), [(0.5, 1e-3), (5, 1e-3), (5, 1e-6), (40, 1e-5), (300, 1e-5)])
@pytest.mark.usefixtures("pushes_alone")
def test_heat_kernel_has_the_papers_error(weighted, time, tolerance):
    graph = connected(200, 500, weighted=weighted, seed=9)
    weights = reference.dense(graph)
    gaps = reference.heat(weights, [2, 7], time) - scores_of(HeatKernelPush(time, tolerance), graph, [2, 7])
    spread = (graph.degree / graph.strength).max()
    assert gaps.min() > -1e-13
    assert (gaps / graph.strength).max() <= tolerance * spread


def test_heat_kernel_cuts_its_series_where_the_rest_is_half_of_the_tolerance():
    for time in (0.1, 1.0, 10.0, 100.0, 300.0):
        for tolerance in (0.1, 1e-4, 1e-9):
            terms = HeatKernelPush(time, tolerance).terms
            sizes = np.exp(
                np.arange(2000) * math.log(time) - time - np.cumsum(np.log(np.maximum(1, np.arange(2000))))
            )
            assert sizes[terms + 1 :].sum() <= tolerance / 2 * (1 + 1e-6)
            assert terms == 0 or sizes[max(1, terms - 2) :].sum() > tolerance / 20


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_flow_solves_its_dual_problem(weighted, labelled):
    graph = connected(60, 150, weighted=weighted, seed=4)
    labels = (np.arange(graph.num_nodes) % 3 == 0).astype(float) if labelled else None
    weights = reference.dense(graph, labels, 0.2 if labelled else 1.0)
    for mass in (20.0, 100.0):
        exact = reference.flow(weights, [3], mass, graph.degree)
        found = scores_of(FlowPush(mass, 1e-10), graph, [3], labels, 0.2 if labelled else None)
        np.testing.assert_allclose(found, exact, rtol=1e-6, atol=1e-7)
        held = mass * reference.start_of(weights, [3]) - weights.sum(axis=1) * exact + weights @ exact
        assert (held <= graph.degree * (1 + 1e-6) + 1e-6).all()
        assert graph.degree[exact > 0].sum() <= mass * (1 + 1e-9)


def test_masses_that_double_go_on_from_one_another():
    graph = connected(400, 1000, seed=5)
    doubled = [
        found.scores.sum()
        for found in FlowPush(None, 1e-8).run(graph, read_label_weights(graph, None, None), np.array([6]))
    ]
    assert len(doubled) > 3
    assert doubled == sorted(doubled)
    mass = FlowPush(None, 1e-8).most_arcs(graph.num_arcs)
    alone = scores_of(FlowPush(mass, 1e-8), graph, [6])
    assert doubled[-1] == pytest.approx(alone.sum(), rel=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_the_sweep_is_the_best_of_all_sets(weighted, method):
    for seed in range(4):
        graph = connected(120, 300, weighted=weighted, seed=20 + seed)
        weights = reference.dense(graph)
        cluster = local_cluster(graph, graph.node_ids[7], method=method)
        if method == "flow":
            ranked = None
        else:
            diffusion = PageRankPush(0.1, 1e-5) if method == "pagerank" else HeatKernelPush(10.0, 1e-4)
            ranked = scores_of(diffusion, graph, [7]) / graph.strength
            members, conductance = reference.best_sweep(weights, ranked)
            assert cluster.rows.tolist() == members.tolist()
            assert cluster.conductance == pytest.approx(conductance, rel=1e-9)
            np.testing.assert_allclose(cluster.scores, ranked[members], rtol=1e-12)
        (*_, (cut, volume, conductance)) = reference.conductances(weights, cluster.rows)
        assert (cluster.cut, cluster.volume) == (pytest.approx(cut), pytest.approx(volume))
        assert cluster.conductance == cluster.swept_conductance == pytest.approx(conductance)
        nx_graph = graph.to_networkx()
        assert cluster.conductance == pytest.approx(
            nx.conductance(nx_graph, list(cluster), weight="weight")
            if not graph.num_self_loops
            else conductance
        )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("labelled", [False, True])
def test_the_bound_holds(method, labelled):
    for seed in range(8):
        graph = connected(150, 330, weighted=seed % 2 == 0, seed=40 + seed)
        labels = (
            (np.random.default_rng(seed).random(graph.num_nodes) < 0.3).astype(float) if labelled else None
        )
        cluster = local_cluster(graph, graph.node_ids[seed], method=method, labels=labels)
        assert 0 <= cluster.swept_conductance <= cluster.bound <= 1
        assert cluster.size == len(cluster.rows) <= cluster.num_swept <= cluster.num_touched


@pytest.mark.usefixtures("pushes_alone")
def test_labels_between_0_and_1_and_dicts_of_them():
    graph = connected(100, 250, seed=2)
    soft = np.random.default_rng(0).random(graph.num_nodes)
    found = scores_of(PageRankPush(0.2, 1e-4), graph, [3], soft, 0.3)
    weights = reference.dense(graph, soft.astype(np.float32), 0.3)
    np.testing.assert_allclose(found, reference.push(weights, [3], 0.2, 1e-4), atol=1e-12)
    hard = dict.fromkeys(graph.node_ids[::3].tolist(), 1)
    as_array = np.isin(graph.node_ids, list(hard)).astype(float)
    for method in METHODS:
        one, other = (
            local_cluster(graph, graph.node_ids[0], method=method, labels=x) for x in (hard, as_array)
        )
        assert one.members == other.members


REAL = ("karate_club", "les_miserables", "cora")


@pytest.mark.parametrize("name", REAL)
def test_the_cluster_of_an_exact_sweep_on_real_graphs(name, request):
    if name == "cora":
        request.getfixturevalue("real_data")
    graph = datasets.load(name).graph.largest_component()
    weights = reference.dense(graph)
    rows = [0, graph.num_nodes // 2]
    for row, exact in zip(rows, reference.pageranks(weights, rows, 0.15)):
        ranked = exact / weights.sum(axis=1)
        order = np.lexsort((np.arange(len(ranked)), -ranked))
        cuts, volumes = sweep_by_sums(weights, order)
        smaller = np.minimum(volumes, weights.sum() - volumes)[:-1]
        best = int((cuts[:-1] / smaller).argmin())
        cluster = local_cluster(graph, graph.node_ids[row], restart=0.15, tolerance=1e-9)
        assert set(cluster.rows.tolist()) == set(order[: best + 1].tolist())
        assert cluster.conductance == pytest.approx(cuts[best] / smaller[best])


def sweep_by_sums(weights, order):
    """Cuts and volumes of all sets of first nodes, by cumulative sums of the permuted matrix."""
    turned = weights[order][:, order]
    volumes = np.cumsum(turned.sum(axis=1))
    return volumes - np.cumsum(np.cumsum(turned, axis=0), axis=1).diagonal(), volumes


def planted(rng, size, num_nodes, degrees, chances):
    """The paper's local random model, and noisy labels: the first `size` nodes are the cluster.

    `degrees` are the mean numbers of edges of a member within the cluster and out of it, and of others among
    themselves; `chances` those that the label of a member, and of another node, is right.
    """
    within, across, others = degrees
    blocks = [(0, size, 0, size, within / 2), (0, size, size, num_nodes, across)]
    blocks.append((size, num_nodes, size, num_nodes, others / 2))
    edges = []
    for first, last, other_first, other_last, mean in blocks:
        count = rng.poisson((last - first) * mean)
        ends = rng.integers(first, last, count), rng.integers(other_first, other_last, count)
        edges.append(np.stack(ends, axis=1))
    graph = Graph.from_edges(np.concatenate(edges), num_nodes=num_nodes, self_loops="drop")
    truth = np.arange(num_nodes) < size
    right = rng.random(num_nodes) < np.where(truth, *chances)
    return graph, truth, np.where(right, truth, ~truth).astype(float)


def f1(members, truth):
    found = np.isin(np.arange(len(truth)), members)
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


@pytest.mark.parametrize("method", METHODS)
def test_noisy_labels_help_as_in_their_paper(method):
    rng = np.random.default_rng(7)
    gains = []
    for _ in range(3):
        graph, truth, labels = planted(rng, 150, 3000, (10, 12, 20), (0.8, 0.85))
        seed = int(np.flatnonzero(labels * truth)[0])
        volume = graph.degree[truth].sum()
        options = {
            "flow": {"mass": 3 * volume},
            "pagerank": {"restart": 0.1, "tolerance": 1e-4},
            "heat-kernel": {"time": 5.0, "tolerance": 1e-3},
        }[method]
        plain = f1(local_cluster(graph, seed, method=method, **options).rows, truth)
        weighted = f1(local_cluster(graph, seed, method=method, labels=labels, **options).rows, truth)
        gains.append((weighted, weighted - plain, weighted - f1(np.flatnonzero(labels), truth)))
    assert np.mean(gains, axis=0).min() > 0.2


def test_seeds_of_two_components_are_warned_of():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (5, 6), (6, 7), (7, 5), (8, 9)])
    with pytest.warns(GraphkitWarning, match="different pieces of the cluster"):
        cluster = local_cluster(graph, [0, 5], tolerance=1e-9)
    assert cluster.num_parts == 2
    assert sorted(local_cluster(graph, [0, 1])) == [0, 1, 2]


def test_a_whole_component_has_no_cut():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), *((i, i + 1) for i in range(10, 40))])
    for method in METHODS:
        cluster = local_cluster(graph, 0, method=method)
        assert (sorted(cluster), cluster.conductance) == ([0, 1, 2], 0)
    with pytest.raises(ParameterError, match=r"mass must be at most 0\.9 times .* the seeds reach, 5 here"):
        local_cluster(graph, 0, method="flow", mass=20)


REFUSED = {
    "a directed graph": (
        lambda g: local_cluster(Graph.from_edges([(0, 1)], directed=True), 0),
        ParameterError,
        "read it as undirected",
    ),
    "no seeds": (lambda g: local_cluster(g, []), ParameterError, "at least one node's id"),
    "an unknown seed": (lambda g: local_cluster(g, 99), UnknownNodeError, "no node has the id 99"),
    "a text for numbers": (lambda g: local_cluster(g, "0"), UnknownNodeError, "no node has the id '0'"),
    "a seed without edges": (lambda g: local_cluster(g, 4), InputError, "the seed 4 has no edges"),
    "seeds of many that are one": (
        lambda g: local_clusters(g, 0),
        InputError,
        r"seeds must be a list or an array of ids, got int; one alone is \[id\]",
    ),
    "one of many seeds without edges": (
        lambda g: local_clusters(g, [0, 4]),
        InputError,
        "the seed 4 has no edges",
    ),
    "threads of many seeds": (
        lambda g: local_clusters(g, [0], num_threads=0),
        ParameterError,
        "num_threads must be",
    ),
    "restart 0": (
        lambda g: local_cluster(g, 0, restart=0.0),
        ParameterError,
        r"restart must lie in \(0, 1\)",
    ),
    "restart without end": (
        lambda g: local_cluster(g, 0, restart=1e-300),
        ParameterError,
        r"restart=1e-300 with tolerance=1e-05 may take .* s on this graph; take a larger restart",
    ),
    "restart near 0 on a small graph": (
        lambda g: local_cluster(g, 0, restart=1e-9),
        ParameterError,
        r"restart=1e-09 with tolerance=1e-05 may take .* s on this graph; take a larger restart",
    ),
    "restart below all numbers": (
        lambda g: local_cluster(g, 0, restart=5e-324, tolerance=1e-300),
        ParameterError,
        "s on this graph",
    ),
    "restart 1": (lambda g: local_cluster(g, 0, restart=1), ParameterError, r"restart must lie in \(0, 1\)"),
    "tolerance 0": (
        lambda g: local_cluster(g, 0, tolerance=0),
        ParameterError,
        r"tolerance must lie in \(0, 1\)",
    ),
    "time 0": (
        lambda g: local_cluster(g, 0, method="heat-kernel", time=0),
        ParameterError,
        "time must be > 0",
    ),
    "time 301": (
        lambda g: local_cluster(g, 0, method="heat-kernel", time=301),
        ParameterError,
        "at most 300",
    ),
    "mass 0": (lambda g: local_cluster(g, 0, method="flow", mass=0), ParameterError, "mass must be > 0"),
    "too much mass": (
        lambda g: local_cluster(g, 0, method="flow", mass=9),
        ParameterError,
        "mass must be at most",
    ),
    "another's parameter": (
        lambda g: local_cluster(g, 0, mass=3),
        ParameterError,
        "mass has no effect with method='pagerank'",
    ),
    "an unknown method": (
        lambda g: local_cluster(g, 0, method="page"),
        ParameterError,
        "unknown method 'page'",
    ),
    "a weight of no labels": (
        lambda g: local_cluster(g, 0, label_weight=0.1),
        ParameterError,
        "no effect without labels",
    ),
    "label weight 0": (
        lambda g: local_cluster(g, 0, labels={0: 1}, label_weight=0),
        ParameterError,
        r"label_weight must lie in \(0, 1\]",
    ),
    "labels of one class": (
        lambda g: local_cluster(g, 0, labels=[1, 1, 1, 1, 1]),
        InputError,
        "all nodes have the same label",
    ),
    "labels that are all 0": (
        lambda g: local_cluster(g, 0, labels=[0] * 5),
        InputError,
        "all nodes have the same label",
    ),
    "a label of 2": (
        lambda g: local_cluster(g, 0, labels={0: 1, 1: 2}),
        InputError,
        r"labels must lie in \[0, 1\], found 2 at node 1",
    ),
    "a label that is no number": (
        lambda g: local_cluster(g, 0, labels=[0, 1, np.nan, 0, 0]),
        InputError,
        "found nan at node 2",
    ),
    "too few labels": (lambda g: local_cluster(g, 0, labels=[0, 1]), InputError, r"labels must be \[5\]"),
    "words as labels": (
        lambda g: local_cluster(g, 0, labels=["a"] * 5),
        InputError,
        "labels must be numbers",
    ),
    "a label of no node": (
        lambda g: local_cluster(g, 0, labels={77: 1}),
        UnknownNodeError,
        "no node has the id 77",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused(case):
    call, error, message = REFUSED[case]
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0)], num_nodes=5)
    with pytest.raises(error, match=message):
        call(graph)


def test_a_damaged_row_is_met_only_where_it_is_read(tmp_path):
    edges = [(i, (i + j) % 4000) for i in range(4000) for j in (1, 2, 3)]
    Graph.from_edges(edges).save(tmp_path / "graph")
    sound = local_cluster(open_graph(tmp_path / "graph"), 2000, tolerance=1e-3)
    assert sound.num_touched < 1000
    indices = np.load(tmp_path / "graph" / "indices.npy", mmap_mode="r+")
    indices[6 * 100] = 10**6
    indices.flush()
    again = local_cluster(open_graph(tmp_path / "graph"), 2000, tolerance=1e-3)
    assert again.members == sound.members
    for method in METHODS:
        with pytest.raises(InputError, match="row 100 is none of a graph"):
            local_cluster(open_graph(tmp_path / "graph"), 100, method=method)


def test_what_is_touched_does_not_grow_with_the_graph():
    found = []
    for size in (10**4, 10**5):
        ring = np.arange(size)
        graph = Graph.from_edges((np.tile(ring, 2), np.concatenate([(ring + 1) % size, (ring + 2) % size])))
        found.append(
            [
                local_cluster(graph, 500, method=method, **options)
                for method, options in (
                    ("pagerank", {"tolerance": 1e-4}),
                    ("heat-kernel", {"tolerance": 1e-4}),
                    ("flow", {"mass": 300}),
                )
            ]
        )
    for small, large in zip(*found):
        assert small.num_touched == large.num_touched < 600
        assert small.arcs_read == large.arcs_read
    limits = PageRankPush(0.1, 1e-4), HeatKernelPush(10.0, 1e-4), FlowPush(300.0, 1e-3)
    for diffusion, cluster in zip(limits[:2], found[1]):
        assert cluster.arcs_read <= diffusion.most_arcs(10**6)
    assert [estimate_local_cluster(each, 10**9, 10**10).bytes < 10**9 for each in limits] == [True] * 3


@pytest.mark.parametrize("method", METHODS)
def test_equal_bits_from_a_file_and_in_memory(method, tmp_path):
    graph = connected(500, 1500, weighted=True, seed=6)
    graph.save(tmp_path / "graph")
    one, other = (
        local_cluster(g, graph.node_ids[3], method=method) for g in (graph, open_graph(tmp_path / "graph"))
    )
    assert one.members == other.members
    assert (one.conductance, one.bound) == (other.conductance, other.bound)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("weighted", [False, True])
def test_many_seeds_have_the_clusters_of_one_each(method, weighted):
    graph = connected(400, 1200, weighted=weighted, seed=6)
    labels = dict.fromkeys(graph.node_ids[:200].tolist(), 1)
    seeds = graph.node_ids[[7, 3, 3, *range(40, 52)]]
    for options in ({}, {"tolerance": 1e-3}, {"labels": labels, "label_weight": 0.3}):
        alone = [local_cluster(graph, seed, method=method, **options) for seed in seeds.tolist()]
        for threads in (1, 3):
            found = local_clusters(graph, seeds, method=method, num_threads=threads, **options)
            for one, other in zip(alone, found, strict=True):
                assert one.members == other.members
                assert [getattr(one, name) for name in NUMBERS] == [getattr(other, name) for name in NUMBERS]
    assert local_clusters(graph, []) == []


def test_a_sweep_without_a_set_says_so():
    with pytest.raises(InputError, match="there is no cluster"):
        local_cluster(Graph.from_edges([(0, 0)]), 0)


def test_a_cluster_is_a_collection_of_ids(tmp_path):
    graph = Graph.from_edges(
        [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "d")]
    )
    cluster = local_cluster(graph, "a")
    assert "a" in cluster
    assert "f" not in cluster
    assert 3 not in cluster
    assert set(cluster) == {"a", "b", "c"}
    assert [node for node, _ in cluster.members] == list(cluster)
    cluster.save(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == "id,score"
    assert cluster.to_arrow().column_names == ["id", "score"]
