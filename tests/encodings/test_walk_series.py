"""Series of walks against dense powers, exponentials, solutions in float64; estimates by their errors."""

import numpy as np
import pytest
import scipy.stats
from support.graphs import AWKWARD, random_graph
from support.reference import walk_series as reference

from graphkit.encodings import walk_powers
from graphkit.encodings.edge_rows import edge_rows
from graphkit.encodings.walk_estimates import estimated_diagonal, estimated_pairs
from graphkit.encodings.walk_powers import count_reached, diagonal, exact_work, pairs, reached_pairs
from graphkit.encodings.walk_series import heat_series, pagerank_series, step_series
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph

GRAPHS = {
    "undirected": random_graph(40, 90, seed=1),
    "weighted": random_graph(40, 90, weighted=True, seed=2),
    "directed": random_graph(40, 90, directed=True, weighted=True, seed=3),
} | {
    name: Graph.from_edges(**given)
    for name, given in AWKWARD.items()
    if name not in ("large ids", "string ids")
}


def arrays_of(graph):
    source = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    return np.stack([source, graph.indices.astype(np.int64)]), graph.weights


def rows_of(graph):
    return edge_rows(*arrays_of(graph), graph.num_nodes)


@pytest.mark.parametrize("name", GRAPHS)
def test_steps_are_those_of_dense_powers(name):
    graph = GRAPHS[name]
    matrix = reference.dense(*arrays_of(graph), graph.num_nodes)
    wanted = reference.powers(reference.transition(matrix), 9)
    for last in (1, 4, 9):
        found = diagonal(rows_of(graph), step_series(1, last), 1)
        diagonals = np.einsum("kii->ik", wanted)[:, 1 : last + 1]
        np.testing.assert_allclose(found, diagonals, rtol=1e-6, atol=1e-9)
    found = pairs(rows_of(graph), step_series(0, 4), 1)
    is_reached = reference.reached(matrix, 4) if graph.num_nodes else np.zeros((0, 0), bool)
    assert np.array_equal(np.stack([found.first, found.second]), np.stack(np.nonzero(is_reached)))
    values = wanted[:5, found.first, found.second].T
    np.testing.assert_allclose(found.values, values, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", GRAPHS)
def test_heat_and_pagerank_are_those_of_dense_matrices(name):
    graph = GRAPHS[name]
    if not graph.num_nodes:
        return
    matrix = reference.dense(*arrays_of(graph), graph.num_nodes)
    step = reference.transition(matrix, stays=True)
    wanted = np.stack([reference.heat(step, time) for time in (0.1, 3.0, 25.0)], axis=-1)
    rows = rows_of(graph).with_loops_at_ends()
    found = diagonal(rows, heat_series([0.1, 3.0, 25.0]), 1)
    np.testing.assert_allclose(found, np.einsum("iik->ik", wanted), rtol=1e-6, atol=2e-9)
    of_pairs = pairs(rows, heat_series([0.1, 3.0, 25.0]), 1)
    np.testing.assert_allclose(of_pairs.values, wanted[of_pairs.first, of_pairs.second], rtol=1e-5, atol=2e-9)
    wanted = np.stack([reference.pagerank(step, restart) for restart in (0.15, 0.6)], axis=-1)
    found = pairs(rows, pagerank_series([0.15, 0.6]), 1)
    np.testing.assert_allclose(found.values, wanted[found.first, found.second], rtol=1e-5, atol=2e-9)
    # Nothing is where no walk leads.
    assert np.isclose(found.values.sum(), graph.num_nodes * 2, rtol=1e-5)


@pytest.mark.parametrize("series", [heat_series([0.01, 700.0, 10_000.0]), pagerank_series([0.001, 0.9])])
def test_series_leave_out_what_they_say(series):
    assert (1 - series.coefficients.sum(axis=0) <= series.left_out + 1e-12).all()


def test_coefficients_of_heat_are_poissons():
    series = heat_series([2.5])
    wanted = scipy.stats.poisson.pmf(np.arange(series.num_steps + 1), 2.5)
    np.testing.assert_allclose(series.coefficients[:, 0], wanted, rtol=1e-12)


def test_bits_do_not_depend_on_threads(monkeypatch):
    monkeypatch.setattr(walk_powers, "_FEW_ARCS", 0)
    rows = rows_of(random_graph(200, 600, weighted=True, seed=5))
    for series in (step_series(0, 6), pagerank_series([0.3])):
        one = diagonal(rows, series, 1), *pairs(rows, series, 1)
        for threads in (2, 4):
            other = diagonal(rows, series, threads), *pairs(rows, series, threads)
            assert all(np.array_equal(a, b) for a, b in zip(one, other))


def test_work_is_bounded_from_above_and_no_more():
    graph = random_graph(60, 200, seed=4)
    matrix = reference.dense(*arrays_of(graph), 60)
    degrees = matrix.sum(axis=1)
    wanted = sum((reference.reached(matrix, step) @ degrees).sum() for step in range(3))
    assert exact_work(rows_of(graph), 3, 1) > 1
    rows = rows_of(graph)
    assert exact_work(rows, 3, 10**9) == 60 * 3 * len(rows.indices)
    # Each node is looked at.
    walk_powers_sample = walk_powers._SAMPLE
    assert walk_powers_sample >= 60
    assert exact_work(rows, 3, 60 * 3 * len(rows.indices) - 1) == wanted
    counts = np.empty(60, np.int64)
    count_reached(rows.indptr, rows.indices, 3, counts, 0, 60)
    assert counts.tolist() == reference.reached(matrix, 3).sum(axis=1).tolist()
    assert reached_pairs(rows, 3) == counts.sum()


def test_estimates_are_within_their_errors():
    graph, count = random_graph(30, 60, weighted=True, seed=6), 500
    matrix = reference.dense(*arrays_of(graph), 30)
    step = reference.transition(matrix, stays=True)
    rows = rows_of(graph).with_loops_at_ends()
    for series, wanted in (
        (pagerank_series([0.4]), reference.pagerank(step, 0.4)),
        (heat_series([1.5]), reference.heat(step, 1.5)),
    ):
        found = estimated_diagonal(rows.to_graph(), series, count, seed=1, backend="cpu", num_threads=1)
        deviation = np.abs(found.means.numpy()[:, 0] - np.diag(wanted))
        errors = found.errors.numpy()[:, 0]
        assert (deviation <= 4.5 * errors + 1e-6).all()
        assert (errors <= 0.5 / np.sqrt(count) + 1e-6).all()
        # And not far within: the errors are those of these walks.
        assert np.sqrt((deviation**2).mean() / (errors**2).mean()) > 0.5
        of_pairs = estimated_pairs(rows.to_graph(), series, count, seed=1, num_threads=1)
        dense, spread = np.zeros((30, 30)), np.zeros((30, 30))
        dense[of_pairs.pairs.first, of_pairs.pairs.second] = of_pairs.pairs.values[:, 0]
        spread[of_pairs.pairs.first, of_pairs.pairs.second] = of_pairs.errors[:, 0]
        assert (np.abs(dense - wanted) <= 5 * spread + 8 / count).all()
        np.testing.assert_allclose(dense.sum(axis=1), 1, atol=1e-5)


def test_estimated_steps_do_not_depend_on_how_nodes_are_taken_together(monkeypatch):
    graph = random_graph(30, 60, seed=6)
    found = estimated_pairs(graph, step_series(0, 3), 50, seed=1, num_threads=1).pairs
    monkeypatch.setattr("graphkit.encodings.walk_estimates._AT_ONCE", 600)
    parts = estimated_pairs(graph, step_series(0, 3), 50, seed=1, num_threads=1).pairs
    for each in (found, parts):
        keys = each.first * 30 + each.second
        assert (np.diff(keys) > 0).all()
        loops = each.values[each.first == each.second]
        assert (loops[:, 0] == 1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: heat_series([]), "times must be a number or some"),
        (lambda: heat_series([0.0]), "times must be > 0 and <= 10000, got 0"),
        (lambda: heat_series("1"), "times must be a number or some, got '1'"),
        (lambda: pagerank_series([1.0]), r"restarts must lie in \[0.001, 1\), got 1"),
        (lambda: pagerank_series([1e-9]), "near 0 a walk never ends"),
    ],
)
def test_parameters_outside_their_range_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_pairs_beyond_memory_are_refused(monkeypatch):
    monkeypatch.setattr("graphkit.resources.available_memory", lambda: 1000)
    monkeypatch.setattr("graphkit.resources._ALWAYS_FITS", 0)
    with pytest.raises(ParameterError, match=r"pairs of nodes in reach take about .* walks_per_node"):
        pairs(rows_of(GRAPHS["undirected"]), step_series(0, 4), 1)
    with pytest.raises(ParameterError, match="choose fewer walks_per_node"):
        estimated_pairs(GRAPHS["undirected"], step_series(0, 4), 10, seed=0, num_threads=1)
