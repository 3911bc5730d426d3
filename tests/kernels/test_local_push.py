"""Push for a sparse system, against its residuals in dense float64."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.local import dense

from graphkit.kernels.cpu import local_push as kernel
from graphkit.kernels.cpu.touched_nodes import make_space

NO_LABELS = np.empty(0, np.int64), np.empty(0, np.float32), 1.0
MOST, LAST = 1e9, 2**62


def push(graph, labels, law, rows, amounts, *, space=None, counts=None):
    """The space, the counts and how it ended, from a space so small that it must grow."""
    counts = np.zeros(kernel.NUM_COUNTS, np.int64) if counts is None else counts
    space = make_space(2) if space is None else space
    arrays = graph.indptr, graph.indices, graph.weights
    space, ended = kernel.push(
        *arrays, labels, law, space, counts, np.array(rows, np.int64), np.array(amounts, np.float64)
    )
    return space, counts, ended


def by_node(graph, space, counts, number):
    found, used = np.zeros(graph.num_nodes), counts[kernel.USED]
    found[space[1][:used]] = space[2][:used, number]
    return found


LAWS = {
    "pagerank": (0.0, 1 / 0.85, 0.0, 1e-4, 0.0, LAST),
    "flow": (0.0, 1.0, 1.0, 1e-3, 0.0, LAST),
    "graph kernel": (2.0, 1.0, 0.0, 1e-5, 0.0, LAST),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_no_residual_is_large(name, weighted, labelled):
    graph = random_graph(60, 240, weighted=weighted, seed=4)
    law, (shift, scale, sink, tolerance, *_) = LAWS[name], LAWS[name]
    rng = np.random.default_rng(1)
    marks, low = (rng.random(60) * (rng.random(60) < 0.5)).astype(np.float32), 0.2
    marked = np.flatnonzero(marks)
    labels = (marked, marks[marked], low) if labelled else NO_LABELS
    rows, amounts = [0, 5], [0.25 * graph.num_arcs, 0.15 * graph.num_arcs]
    space, counts, ended = push(graph, labels, law, rows, amounts)
    # A second call goes on from the first.
    space, counts, ended = push(graph, labels, law, [7], amounts[:1], space=space, counts=counts)
    assert ended == kernel.DONE

    weights = dense(graph, marks if labelled else None, low)
    arcs, diagonal = np.diff(graph.indptr), shift + scale * weights.sum(axis=1)
    source = np.zeros(60)
    source[[*rows, 7]] = [*amounts, amounts[0]]
    solution = by_node(graph, space, counts, kernel.SOLUTION)
    assert (solution >= 0).all()
    residual = source - sink * arcs - (diagonal * solution - weights @ solution)
    assert (residual <= tolerance * arcs + 1e-9).all()
    pushed = by_node(graph, space, counts, kernel.DIAGONAL) > 0
    assert (pushed == (solution > 0)).all()
    assert (residual[pushed] >= -1e-9).all()
    assert counts[kernel.PUSHED] == pushed.sum() > 10
    np.testing.assert_allclose(
        by_node(graph, space, counts, kernel.DIAGONAL)[pushed], diagonal[pushed], rtol=1e-12
    )
    gap = by_node(graph, space, counts, kernel.GAP)
    np.testing.assert_allclose((gap + tolerance * arcs)[pushed], residual[pushed], atol=1e-9)


def test_mass_without_sinks_ends():
    graph = random_graph(20, 60, seed=2)
    law = (0.0, 1.0, 1.0, 1e-3, MOST, LAST)
    assert push(graph, NO_LABELS, law, [0], [2.0 * graph.num_arcs])[2] == kernel.FULL


def test_a_row_that_is_none_of_a_graph_is_named():
    graph = random_graph(20, 60, seed=2)
    faulty = int(graph.indices[graph.indptr[0]])
    graph.indices.setflags(write=True)
    graph.indices[graph.indptr[faulty]] = 77
    _, counts, ended = push(graph, NO_LABELS, LAWS["pagerank"], [0], [1.0])
    assert ended == kernel.FAULT
    assert graph.indices[graph.indptr[counts[kernel.USED]]] == 77
