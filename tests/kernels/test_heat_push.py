"""Heat-kernel PageRank by push against the paper's rule, step by step in dense float64."""

import math

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.local import dense, heat

from graphkit.kernels.cpu.heat_push import REACHED, push_heat
from graphkit.kernels.cpu.local_push import DONE, NUM_COUNTS, PUSHED, USED
from graphkit.kernels.cpu.touched_nodes import make_space


def pushed_heat(graph, labels, time, limits, rows, start):
    """y of each node, and how many were pushed; from a space so small that it must grow."""
    counts = np.zeros(NUM_COUNTS, np.int64)
    arrays = graph.indptr, graph.indices, graph.weights
    space, ended = push_heat(*arrays, labels, time, limits, 2**62, make_space(2), counts, rows, start)
    assert ended == DONE
    found, used = np.zeros(graph.num_nodes), counts[USED]
    found[space[1][:used]] = space[2][:used, REACHED]
    return found, counts[PUSHED]


def by_steps(weights, arcs, time, limits, start):
    """The same with all residuals of a step at once."""
    strength, residual, reached = weights.sum(axis=1), start.copy(), np.zeros(len(start))
    step_of = np.divide(weights, strength[:, None], out=np.zeros_like(weights), where=strength[:, None] > 0)
    for step, limit in enumerate(limits):
        mass = np.where(residual >= limit * np.maximum(1, arcs), residual, 0)
        reached += mass
        residual = time / (step + 1) * mass @ step_of
    return reached


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
@pytest.mark.parametrize("limit", [0.0, 1e-2])
def test_what_is_reached_is_the_papers(weighted, labelled, limit):
    graph, time, low = random_graph(60, 240, weighted=weighted, seed=4), 4.0, 0.2
    rng = np.random.default_rng(1)
    marks = (rng.random(60) * (rng.random(60) < 0.5)).astype(np.float32)
    marked = np.flatnonzero(marks) if labelled else np.empty(0, np.int64)
    limits = limit * np.linspace(1, 5, 21)
    rows, start = np.array([0, 5, 7]), np.array([0.5, 0.25, 0.25])
    found, pushed = pushed_heat(graph, (marked, marks[marked], low), time, limits, rows, start)
    weights, whole = dense(graph, marks if labelled else None, low), np.zeros(60)
    whole[rows] = start
    np.testing.assert_allclose(
        found, by_steps(weights, np.diff(graph.indptr), time, limits, whole), rtol=1e-10
    )
    assert pushed == np.count_nonzero(found)
    assert pushed < 50 or limit == 0


def test_without_limits_it_is_the_heat_kernel():
    graph = random_graph(60, 240, weighted=True, seed=4)
    no_labels = np.empty(0, np.int64), np.empty(0, np.float32), 1.0
    found, _ = pushed_heat(graph, no_labels, 2.0, np.zeros(40), np.array([3, 9]), np.full(2, 0.5))
    np.testing.assert_allclose(math.exp(-2) * found, heat(dense(graph), [3, 9], 2.0), atol=1e-12)
