"""Forward push against the papers' loop, one node at a time; the largest scores by NumPy's sort."""

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference import pagerank as reference

from graphkit.kernels.cpu.forward_push import FRONTIER, push, push_top


def arrays_of(num_nodes, *, weighted):
    """A graph with dead ends, its arrays, and the space of a push."""
    graph = random_graph(num_nodes, 4 * num_nodes, directed=True, weighted=weighted, seed=5)
    arrays = graph.indptr, graph.indices, graph.weights, graph.strength if weighted else None
    queue, touched = np.full((2, num_nodes), -9, np.int32)
    return graph, arrays, (np.full(num_nodes, np.nan), np.zeros(num_nodes), queue, touched)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    # Sweeps throughout; the queue alone; first the one, then the other.
    ("num_nodes", "tolerance"),
    [(40, 1e-4), (2 * FRONTIER, 0.05), (2 * FRONTIER, 1e-3)],
)
def test_scores_are_those_of_the_papers_loop(weighted, num_nodes, tolerance):
    graph, arrays, space = arrays_of(num_nodes, weighted=weighted)
    gap, score, _, touched = space
    source = int(np.flatnonzero(np.diff(graph.indptr) == 3)[0])
    count, missing = push(*arrays, (0.2, tolerance), space, source)
    wanted, left = reference.push(graph, source, 0.2, tolerance)
    np.testing.assert_allclose(score, wanted, rtol=1e-9, atol=1e-15)
    assert missing == pytest.approx(0.8 * left, rel=1e-9)
    assert sorted(touched[:count].tolist()) == np.flatnonzero(~np.isnan(gap)).tolist()
    assert set(np.flatnonzero(score)) <= set(touched[:count].tolist())


def test_a_node_without_arcs_has_all_of_its_own():
    graph, arrays, space = arrays_of(40, weighted=False)
    source = int(np.flatnonzero(np.diff(graph.indptr) == 0)[0])
    assert push(*arrays, (0.2, 1e-4), space, source) == (1, 0.0)
    assert np.flatnonzero(space[1]).tolist() == [source]
    assert space[1][source] == 1


def test_the_largest_scores_of_each_source():
    _, arrays, space = arrays_of(40, weighted=True)
    sources, scores, missing = np.array([3, 0, 17]), [], []
    for source in sources:
        _, _, alone = arrays_of(40, weighted=True)
        missing.append(push(*arrays, (0.2, 1e-3), alone, source)[1])
        scores.append(alone[1].astype(np.float32))
    found = np.full((3, 5), -9, np.int32), np.full((3, 5), np.nan, np.float32), np.full(3, np.nan)
    push_top(*arrays, (0.2, 1e-3), space, sources, found, 1, 3)
    assert (found[0][0] == -9).all()
    for place in (1, 2):
        order = np.lexsort((np.arange(40), -scores[place]))[:5]
        order = order[scores[place][order] > 0]
        behind = [-1] * (5 - len(order))
        assert found[0][place].tolist() == [*order.tolist(), *behind]
        assert found[1][place][: len(order)].tolist() == scores[place][order].tolist()
        assert found[2][place] == missing[place]
    assert np.isnan(space[0]).all()
    assert not space[1].any()
