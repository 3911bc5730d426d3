"""Sums and thresholds of the weights of rows, against NumPy's in float64."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.kernel_walks import lists

from graphkit.kernels.cpu.row_statistics import row_sums, row_thresholds


@pytest.mark.parametrize("gamma", [-5.0, 0.0, 0.7])
def test_row_statistics(gamma):
    graph = random_graph(60, 200, weighted=True, seed=2)
    sums, thresholds = np.full(60, np.nan), np.full(60, np.nan, np.float32)
    row_sums(graph.indptr, graph.weights, sums, 0, 60)
    row_thresholds(graph.indptr, graph.weights, gamma, thresholds, 0, 60)
    rows = [np.array(row, np.float64) for row in lists(graph, graph.weights)]
    np.testing.assert_allclose(sums, [row.sum() for row in rows])
    wanted = [max(0, row.mean() + gamma * row.std()) if len(row) else 0 for row in rows]
    np.testing.assert_allclose(thresholds, wanted, rtol=1e-6)


def test_equal_weights_are_their_own_threshold():
    thresholds = np.empty(1, np.float32)
    weights = np.full(1001, 0.3, np.float32)
    row_thresholds(np.array([0, 1001]), weights, 3.0, thresholds, 0, 1)
    assert thresholds[0] == weights[0]
