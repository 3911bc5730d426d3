"""Personalised PageRank against the linear system that defines it."""

import math
import re

import networkx as nx
import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.graphs import AWKWARD, random_graph
from support.reference.pagerank import exact, push

from graphkit import Graph, PersonalizedPageRank
from graphkit.errors import ParameterError, UnknownNodeError

SHAPES = [(directed, weighted) for directed in (False, True) for weighted in (False, True)]


@pytest.mark.parametrize(("directed", "weighted"), SHAPES)
@pytest.mark.parametrize("restart", [0.15, 0.6])
def test_push_tends_to_the_exact_vector(directed, weighted, restart):
    graph = random_graph(40, 90, directed=directed, weighted=weighted, seed=4)
    ranker = PersonalizedPageRank(restart=restart, tolerance=1e-12)
    for source in range(0, 40, 7):
        np.testing.assert_allclose(
            ranker.vector(graph, source), exact(graph, source, restart), rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize(("directed", "weighted"), SHAPES)
@pytest.mark.parametrize(
    ("num_nodes", "tolerance"), [(30, 0.0123), (30, 4.56e-4), (900, 0.0123), (900, 1e-6)]
)
def test_push_is_the_papers_loop(directed, weighted, num_nodes, tolerance):
    # On 30 nodes there are sweeps from the start; on 900 a queue before and behind them, or a queue alone.
    graph = random_graph(num_nodes, 2 * num_nodes + 10, directed=directed, weighted=weighted, seed=5)
    # A source without arcs has all of its own at once.
    for source in np.flatnonzero(graph.degree)[:: num_nodes // 7]:
        scores, residual = push(graph, source, 0.2, tolerance)
        ranker = PersonalizedPageRank(restart=0.2, tolerance=tolerance)
        np.testing.assert_allclose(ranker.vector(graph, source), scores, atol=1e-12)
        missing = ranker.top(graph, k=3, sources=[source]).missing[0]
        assert missing == pytest.approx(0.8 * residual, abs=1e-12)


def solved(graph, source, restart):
    """The vector by SciPy's sparse solver; with the arcs from a node without any to the source."""
    weights = np.ones(graph.num_arcs) if graph.weights is None else graph.weights.astype(np.float64)
    step = scipy.sparse.csr_array((weights, graph.indices, graph.indptr), shape=(graph.num_nodes,) * 2)
    total = step.sum(axis=1)
    step = scipy.sparse.diags_array(1 / np.where(total > 0, total, 1)) @ step
    ends = scipy.sparse.coo_array(
        (np.ones((total == 0).sum()), (np.flatnonzero(total == 0), np.full((total == 0).sum(), source))),
        shape=step.shape,
    )
    system = scipy.sparse.eye_array(graph.num_nodes) - (1 - restart) * (step + ends).T
    start = np.zeros(graph.num_nodes)
    start[source] = restart
    return scipy.sparse.linalg.spsolve(system.tocsc(), start)


@pytest.mark.parametrize(("directed", "weighted"), SHAPES)
@pytest.mark.parametrize("restart", [0.01, 0.15, 0.6])
def test_exact_scores_have_the_error_that_they_state(directed, weighted, restart):
    graph = random_graph(3000, 9000, directed=directed, weighted=weighted, seed=9)
    tolerance = 1e-8 / graph.num_arcs
    ranker = PersonalizedPageRank(restart=restart, tolerance=tolerance)
    assert (graph.degree == 0).sum() > 200
    for source in np.flatnonzero(graph.degree)[::400]:
        gaps = solved(graph, source, restart) - ranker.vector(graph, source)
        missing = ranker.top(graph, k=1, sources=[source]).missing[0]
        assert gaps.min() > -1e-14
        assert 1e-11 < missing < (1 - restart) * tolerance * np.maximum(1, graph.degree).sum()
        assert np.abs(gaps).sum() == pytest.approx(missing, abs=2e-12)


def test_many_small_restarts_lose_nothing_to_rounding():
    # All but a billionth of the mass comes to the end, and back, before it stops.
    path = Graph.from_edges([(0, 1), (1, 2)], directed=True)
    found = PersonalizedPageRank(restart=1e-7, tolerance=1e-9).vector(path, 0)
    np.testing.assert_allclose(found, exact(path, 0, 1e-7), rtol=1e-8)
    assert found.sum() == pytest.approx(1, abs=1e-14)


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    num_nodes=st.integers(1, 25),
    num_edges=st.integers(0, 60),
    directed=st.booleans(),
    weighted=st.booleans(),
    restart=st.floats(0.05, 0.95),
    digits=st.floats(0.3, 14),
)
def test_bounds_of_push(seed, num_nodes, num_edges, directed, weighted, restart, digits):
    tolerance = 10**-digits
    graph = random_graph(num_nodes, num_edges, directed=directed, weighted=weighted, seed=seed)
    ranker = PersonalizedPageRank(restart=restart, tolerance=tolerance)
    source = seed % num_nodes
    wanted = exact(graph, source, restart)
    gaps = wanted - ranker.vector(graph, source)
    missing = ranker.top(graph, k=1, sources=[source]).missing[0]
    assert gaps.min() >= -1e-12
    assert gaps.sum() == pytest.approx(missing, abs=1e-9)
    if not directed:
        strength = np.maximum(graph.strength, 1e-300)
        spread = np.where(graph.degree > 0, graph.degree / strength, 0).max()
        assert (gaps <= tolerance * np.maximum(graph.strength * spread, 1) + 1e-12).all()


def covariance_test(graph, source, restart, *, walks_per_node=40, num_runs=1500):
    """P-value of the mean of independent runs, by their own covariance (Hotelling)."""
    rankers = (
        PersonalizedPageRank(method="walks", restart=restart, walks_per_node=walks_per_node, seed=seed)
        for seed in range(num_runs)
    )
    scores = np.array([ranker.vector(graph, source) for ranker in rankers])
    wanted = exact(graph, source, restart)
    assert not scores[:, wanted == 0].any()
    scores, wanted = scores[:, wanted > 0], wanted[wanted > 0]
    difference = scores.mean(axis=0) - wanted
    spread = np.atleast_2d(np.cov(scores.T)) / num_runs
    return stats.chi2.sf(difference @ np.linalg.solve(spread, difference), len(wanted))


@pytest.mark.parametrize(("directed", "weighted"), SHAPES)
@pytest.mark.parametrize("restart", [0.15, 0.6])
def test_walks_are_without_bias(directed, weighted, restart):
    graph = random_graph(9, 30, directed=directed, weighted=weighted, seed=11)
    source = int(np.argmax(graph.degree))
    assert covariance_test(graph, source, restart) > 1e-3


def test_the_test_of_bias_finds_another_restart():
    graph = random_graph(9, 30, seed=11)
    scores = [
        PersonalizedPageRank(method="walks", restart=0.2, walks_per_node=4000, seed=seed).vector(graph, 0)
        for seed in range(30)
    ]
    assert np.abs(np.mean(scores, axis=0) - exact(graph, 0, 0.25)).max() > 0.01


@pytest.mark.parametrize("options", [{"method": "push"}, {"tolerance": 1e-12}, {"method": "walks"}])
@pytest.mark.parametrize(("directed", "weighted"), SHAPES)
def test_top_is_the_vectors_largest(options, directed, weighted):
    graph = random_graph(60, 150, directed=directed, weighted=weighted, seed=2)
    ranker = PersonalizedPageRank(**options)
    top = ranker.top(graph, k=7)
    for source in range(60):
        scores = ranker.vector(graph, source).astype(np.float32)
        order = np.lexsort((np.arange(60), -scores))[:7]
        order = order[scores[order] > 0]
        listed = top.rows[source] >= 0
        assert top.rows[source][listed].tolist() == order.tolist()
        assert top.scores[source][listed].tolist() == scores[order].tolist()
        assert not top.scores[source][~listed].any()


@pytest.mark.parametrize("options", [{"method": "push"}, {"tolerance": 1e-11}, {"method": "walks"}])
def test_threads_and_company_change_nothing(options):
    graph = random_graph(800, 2400, weighted=True, seed=3)
    results = [PersonalizedPageRank(**options, num_threads=threads).top(graph, k=9) for threads in (1, 2, 4)]
    for other in results[1:]:
        assert (other.rows == results[0].rows).all()
        assert (other.scores == results[0].scores).all()
        assert options.get("method") == "walks" or (other.missing == results[0].missing).all()
    some = PersonalizedPageRank(**options).top(graph, k=9, sources=[17, 3])
    assert (some.rows == results[0].rows[[17, 3]]).all()
    assert (some.scores == results[0].scores[[17, 3]]).all()


def test_certain_nodes_are_the_true_first_ones():
    graph = random_graph(50, 120, seed=8)
    found = 0
    for tolerance in (1e-2, 1e-3, 1e-5):
        top = PersonalizedPageRank(tolerance=tolerance).top(graph, k=12)
        for source, sure in enumerate(top.certain()):
            first = np.sort(np.argsort(-exact(graph, source, 0.15), kind="stable")[:sure])
            assert np.sort(top.rows[source][:sure]).tolist() == first.tolist()
            found += sure
    assert found > 100


def test_networkx_agrees():
    graph = random_graph(40, 100, directed=True, weighted=True, seed=6)
    theirs = nx.DiGraph()
    theirs.add_nodes_from(range(40))
    source, target, weights = graph.edge_rows()
    theirs.add_weighted_edges_from(zip(source.tolist(), target.tolist(), weights.tolist()))
    wanted = nx.pagerank(theirs, alpha=0.85, personalization={3: 1}, tol=1e-12, max_iter=1000)
    found = PersonalizedPageRank(tolerance=1e-11).vector(graph, 3)
    np.testing.assert_allclose(found, [wanted[node] for node in range(40)], atol=1e-8)


@pytest.mark.parametrize("method", ["push", "walks"])
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs(name, method):
    graph = Graph.from_edges(**AWKWARD[name])
    top = PersonalizedPageRank(method=method).top(graph, k=5)
    assert len(top) == graph.num_nodes
    for source in range(graph.num_nodes):
        wanted = exact(graph, source, 0.15)
        pairs = top[graph.node_ids[source]]
        assert pairs[0][1] > 0
        for node_id, score in pairs:
            assert score == pytest.approx(wanted[graph.index.row(node_id)], abs=0.05)
    assert top.to_scipy().shape == (graph.num_nodes, graph.num_nodes)


@pytest.mark.parametrize("method", ["push", "walks"])
def test_a_node_without_edges_has_all_of_its_own(method):
    graph = Graph.from_edges([], num_nodes=3)
    assert PersonalizedPageRank(method=method).top(graph, k=2)[1] == [(1, 1.0)]


def test_bad_parameters():
    for wrong, said in (
        ({"restart": 0.0}, "restart must lie in (0, 1), got 0.0"),
        (
            {"restart": 1e-9, "method": "walks", "walks_per_node": 1},
            "restart must be >= 1e-06 with method='walks', got 1e-09: a walk takes 1 / restart "
            "steps, and its end is drawn by words of 32 bits",
        ),
        ({"restart": 1.0}, "restart must lie in (0, 1), got 1.0"),
        ({"restart": float("nan")}, "restart must lie in (0, 1), got nan"),
        ({"tolerance": 0.0}, "tolerance must lie in (0, 1), got 0.0"),
        (
            {"method": "walks", "walks_per_node": 0},
            "walks_per_node must be a whole number from 1 to 2147483648, got 0",
        ),
        ({"method": "walks", "tolerance": 1e-3}, "tolerance has no effect with method='walks'"),
        ({"walks_per_node": 5}, "walks_per_node has no effect with method='push'"),
        ({"seed": 5}, "seed has no effect with method='push', which draws nothing"),
    ):
        with pytest.raises(ParameterError) as caught:
            PersonalizedPageRank(**wrong)
        assert str(caught.value) == said
    with pytest.raises(ParameterError, match="unknown method 'pull'"):
        PersonalizedPageRank(method="pull")
    graph = Graph.from_edges([("a", "b")])
    with pytest.raises(ParameterError, match="k must be a whole number >= 1, got 0"):
        PersonalizedPageRank().top(graph, k=0)
    with pytest.raises(UnknownNodeError, match="'c'"):
        PersonalizedPageRank().top(graph, sources=["c"])
    with pytest.raises(ParameterError, match="certain is for push"):
        PersonalizedPageRank(method="walks").top(graph, k=1).certain()


@pytest.mark.parametrize(
    ("options", "hours", "advice"),
    [
        # 1 / restart sweeps for each factor e of what may be left, 2 arcs of 8 ns each.
        ({"restart": 1e-12}, math.log(1e5 / 2) * 1e12 * 2 * 8e-9 / 3600, "a larger tolerance"),
        (
            {"restart": 1e-6, "method": "walks", "walks_per_node": 10**9},
            1e9 * 1e6 * 1.6e-8 / 3600,
            "fewer walks_per_node",
        ),
    ],
)
def test_what_does_not_end_is_refused_with_its_time(options, hours, advice):
    ranker = PersonalizedPageRank(**options)
    pair = Graph.from_edges([(0, 1)])
    for refused in (lambda: ranker.top(pair), lambda: ranker.vector(pair, 0)):
        with pytest.raises(ParameterError, match=advice) as error:
            refused()
        told = float(re.search(r"about (\S+) hours", str(error.value))[1].replace(",", ""))
        assert told == pytest.approx(hours, rel=0.01)
    # A tolerance that the first residual does not reach costs nothing.
    path = Graph.from_edges([(0, 1), (0, 2)])
    assert PersonalizedPageRank(restart=1e-9, tolerance=0.6).vector(path, 0).sum() <= 1
