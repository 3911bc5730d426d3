"""Visits of walks with restarts, counted as a plain walk by walk; the largest of them by NumPy's sort."""

from collections import Counter

import numpy as np
import pytest
from support.graphs import random_graph
from support.kernel_walks import lists
from support.reference.philox import draw

from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.visits import GROUP, count_visits, visit_top

SEED, STREAM = (1 << 63) | 77, 21
RESTART = 0.25


def plain_visits(neighbors, tables, source, walks_per_node):
    """How often each node is visited by walks that stop with probability RESTART before each step."""
    visits = Counter()
    for walk in range(walks_per_node if neighbors[source] else 0):
        node, step = source, 0
        visits[node] += 1
        while True:
            halt, word, coin, _ = draw(SEED, source * walks_per_node + walk, step, STREAM)
            if halt < RESTART * 2**32:
                break
            if neighbors[node]:
                slot = word * len(neighbors[node]) >> 32
                if tables is not None:
                    threshold, other = tables[node][slot]
                    slot = slot if coin < threshold else other
                node = neighbors[node][slot]
            else:
                node = source
            visits[node] += 1
            step += 1
    return visits


def arrays_of(weighted):
    graph, table = random_graph(30, 80, directed=True, weighted=weighted, seed=2), None
    if weighted:
        table = np.zeros((graph.num_arcs, 2), np.uint32)
        build_row_alias(graph.indptr, graph.weights, table, 0, 30)
    plain = lists(graph, graph.indices), None if table is None else lists(graph, table)
    space = np.zeros(30), np.full(30, -9, np.int32)
    return (graph.indptr, graph.indices, table), plain, space


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("walks_per_node", [1, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP])
def test_visits_are_those_of_plain_walks(weighted, walks_per_node):
    graph, plain, (score, touched) = arrays_of(weighted)
    law, key = (RESTART, np.uint64(RESTART * 2**32), walks_per_node), (np.uint64(SEED), STREAM)
    for source in range(30):
        score[:] = 0
        count = count_visits(graph, law, key, (score, touched), source)
        wanted = plain_visits(*plain, source, walks_per_node)
        if not plain[0][source]:
            wanted = Counter({source: walks_per_node / RESTART})
        assert sorted(touched[:count].tolist()) == sorted(wanted) == np.flatnonzero(score).tolist()
        for node, visits in wanted.items():
            assert score[node] == pytest.approx(RESTART * visits / walks_per_node, rel=1e-12)


def test_the_largest_scores_of_each_source():
    graph, plain, space = arrays_of(weighted=False)
    law, key = (RESTART, np.uint64(RESTART * 2**32), 40), (np.uint64(SEED), STREAM)
    sources = np.array([7, 0, 3, 29])
    found = np.full((4, 5), -9, np.int32), np.full((4, 5), np.nan, np.float32)
    visit_top(graph, law, key, space, sources, found, 1, 4)
    assert not space[0].any()
    assert (found[0][0] == -9).all()
    for place in (1, 2, 3):
        visits = plain_visits(*plain, int(sources[place]), 40) or {int(sources[place]): 40 / RESTART}
        best = sorted(visits.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
        best += [(-1, 0)] * (5 - len(best))
        assert found[0][place].tolist() == [node for node, _ in best]
        np.testing.assert_allclose(found[1][place], [RESTART * visits / 40 for _, visits in best], rtol=1e-6)
