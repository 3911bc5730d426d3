"""Sweeps keep pi = p + sum of r(u) pi_u, pi by linear systems, and end where few residuals are large."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.pagerank import transition

from graphkit.kernels.cpu.push_sweeps import sweep_rows


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("restart", "tolerance", "few"), [(0.15, 1e-3, 0), (0.15, 1e-9, 0), (0.5, 1e-4, 3)])
def test_what_was_pushed_and_what_is_left_are_pagerank(directed, weighted, restart, tolerance, few):
    graph = random_graph(130, 500, directed=directed, weighted=weighted, seed=3)
    source = int(graph.degree.argmax())
    size = graph.num_nodes
    residual, score = np.zeros(size), np.zeros(size)
    residual[source] = 1
    own, span = np.full((2, size), -9, np.int32)
    strength = graph.strength if weighted else None
    sweep_rows(
        *(graph.indptr, graph.indices, graph.weights, strength, (restart, tolerance)),
        *(residual, score, own, span, few),
    )
    degree = np.diff(graph.indptr)
    assert (degree == 0).any()
    assert span.tolist() == np.maximum(1, degree).tolist()
    assert (residual >= tolerance * span * (1 + 1e-9)).sum() <= few
    # Row u is PageRank of a walk that begins at u, and goes back to the source from a dead end.
    from_each = restart * np.linalg.inv(np.eye(size) - (1 - restart) * transition(graph, source))
    np.testing.assert_allclose(restart * score + residual @ from_each, from_each[source], atol=1e-12)
