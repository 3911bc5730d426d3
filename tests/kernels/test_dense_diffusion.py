"""Diffusions over all nodes: residuals of the system, and the heat kernel's steps, in dense float64."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.local import dense

from graphkit.kernels.cpu.dense_diffusion import relax_columns, relax_rows, sum_heat
from graphkit.kernels.cpu.eight_columns import COLUMNS

LOW = 0.2


def case_of(weighted, labelled):
    """A graph, labels by node or none, and dense weights."""
    graph, marks = random_graph(130, 500, weighted=weighted, seed=4), np.random.default_rng(1).random(130)
    weights = dense(graph, marks if labelled else None, LOW)
    return graph, marks if labelled else np.empty(0), weights


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("restart", [0.1, 0.6])
def test_no_residual_is_large(weighted, labelled, restart):
    graph, marks, weights = case_of(weighted, labelled)
    start, tolerance = np.zeros(130), 1e-6
    start[[0, 5]] = 0.5
    residual, solution, strengths = start.copy(), np.zeros(130), np.zeros(130)
    arrays = graph.indptr, graph.indices, graph.weights, marks, LOW
    fault, arcs_read = relax_rows(*arrays, (restart, tolerance), residual, solution, strengths)
    assert fault == -1
    assert arcs_read >= graph.degree[strengths > 0].sum()
    met, sums = strengths > 0, weights.sum(axis=1)
    np.testing.assert_allclose(strengths[met], sums[met], rtol=1e-12)
    assert not solution[~met].any()
    wanted = start - (sums / (1 - restart) * solution - weights @ solution)
    np.testing.assert_allclose(residual, wanted, atol=1e-12)
    assert (np.abs(wanted) <= tolerance * graph.degree + 1e-12).all()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_each_column_is_solved_as_if_it_were_alone(weighted, labelled):
    graph, marks, weights = case_of(weighted, labelled)
    law, sums = (0.2, 1e-7), weights.sum(axis=1)
    start = np.zeros((130, COLUMNS))
    # The last column has nothing to push, another less than its tolerance.
    start[np.flatnonzero(graph.degree)[: COLUMNS - 1], np.arange(COLUMNS - 1)] = [
        *[1.0] * (COLUMNS - 2),
        1e-9,
    ]
    residual, (solution, pushed) = start.copy(), np.zeros((2, 130, COLUMNS))
    strengths, arcs_read = np.zeros(130), np.zeros((1, COLUMNS))
    arrays = graph.indptr, graph.indices, graph.weights, marks, LOW
    assert relax_columns(*arrays, law, residual, solution, strengths, pushed, arcs_read) == -1
    wanted = start - (sums[:, None] / (1 - law[0]) * solution - weights @ solution)
    np.testing.assert_allclose(residual, wanted, atol=1e-12)
    assert (np.abs(wanted) <= law[1] * graph.degree[:, None] + 1e-12).all()
    for column in range(COLUMNS):
        left, (values, met) = start[:, column].copy(), np.zeros((2, 130))
        assert relax_rows(*arrays, law, left, values, met) == (-1, arcs_read[0, column])
        assert np.array_equal(left, residual[:, column])
        assert np.array_equal(values, solution[:, column])
        assert np.array_equal(met, strengths * pushed[:, column])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("limit", [0.0, 1e-2])
def test_steps_of_heat_from_the_third_on(weighted, labelled, limit):
    graph, marks, weights = case_of(weighted, labelled)
    limits, time, rng = limit * np.linspace(1, 5, 12), 4.0, np.random.default_rng(2)
    residual, reached = rng.random(130) * (rng.random(130) < 0.2) * (graph.degree > 0), rng.random(130)
    wanted, left, sums = reached.copy(), residual.copy(), weights.sum(axis=1)
    share = np.divide(weights, sums[:, None], out=np.zeros_like(weights), where=sums[:, None] > 0)
    for step in range(3, 12):
        mass = np.where(left >= limits[step] * graph.degree, left, 0)
        wanted += mass
        left = time / (step + 1) * mass @ share
    following, strengths = np.zeros(130), np.zeros(130)
    arrays = graph.indptr, graph.indices, graph.weights, marks, LOW
    fault, _ = sum_heat(*arrays, time, limits, 3, residual, following, reached, strengths)
    assert fault == -1
    np.testing.assert_allclose(reached, wanted, rtol=1e-10)
    assert not residual.any()
    assert not following.any()


def test_a_row_that_is_none_of_a_graph_is_named():
    indptr, indices = np.array([0, 1, 2]), np.array([1, 5], np.int32)
    arrays = indptr, indices, None, np.empty(0), 1.0
    zeros = [np.zeros(2) for _ in range(3)]
    assert relax_rows(*arrays, (0.1, 1e-3), np.array([0.0, 1.0]), *zeros[:2])[0] == 1
    start, (solution, pushed) = np.eye(2, COLUMNS)[::-1].copy(), np.zeros((2, 2, COLUMNS))
    state = start, solution, np.zeros(2), pushed, np.zeros((1, COLUMNS))
    assert relax_columns(*arrays, (0.1, 1e-3), *state) == 1
    assert sum_heat(*arrays, 2.0, np.zeros(3), 0, np.array([0.0, 1.0]), *zeros)[0] == 1
