"""transition_test: passes right walks, finds the faults of known wrong ones, says what is impossible."""

import math

import numpy as np
import pytest
from scipy import stats
from support import wrong_walks
from support.graphs import AWKWARD, random_graph
from support.wrong_walks import walks_by

from graphkit import InputError, ParameterError, random_walks
from graphkit.evaluation import transition_contexts as contexts
from graphkit.evaluation import transition_test
from graphkit.graph.graph import Graph

GRAPH = random_graph(14, 50, seed=3)
WEIGHTED = random_graph(14, 50, weighted=True, seed=3)
DIRECTED = random_graph(14, 60, directed=True, weighted=True, seed=4)
SIZE = {"walk_length": 30, "walks_per_node": 60, "seed": 1}

WRONG = {
    "uniform for 0.25, 0.25": (GRAPH, wrong_walks.first_order, 0.25, 0.25),
    "torch-cluster's for 0.25, 0.25": (GRAPH, wrong_walks.falls_through(0.25, 0.25), 0.25, 0.25),
    "torch-cluster's for 4, 1": (GRAPH, wrong_walks.falls_through(4, 1), 4, 1),
    "p and q exchanged": (WEIGHTED, wrong_walks.right(0.5, 2), 2, 0.5),
    "q for 1/q": (GRAPH, wrong_walks.right(1, 2), 1, 0.5),
    "node2vec's for no bias": (WEIGHTED, wrong_walks.right(0.5, 0.5), 1, 1),
    "weights left out": (WEIGHTED, lambda rng, w, t, v: rng.choice(np.flatnonzero(w[v])), 1, 1),
    "one place off": (GRAPH, wrong_walks.one_place_off, 1, 1),
    "never back": (GRAPH, wrong_walks.never_back, 1, 1),
    "arcs asked the other way": (DIRECTED, wrong_walks.other_direction(1, 0.1), 1, 0.1),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_walks_are_found(name):
    graph, choose, p, q = WRONG[name]
    result = transition_test(graph, walks_by(choose, graph, **SIZE), p=p, q=q)
    assert result.p_value < 1e-6
    assert (result.impossible > 0) == (name == "one place off")


def test_a_first_step_without_weights_is_found():
    walks = walks_by(
        wrong_walks.unweighted_first_step(1, 1), WEIGHTED, walk_length=3, walks_per_node=1500, seed=2
    )
    assert transition_test(WEIGHTED, walks).p_value < 1e-6


@pytest.mark.parametrize(("p", "q"), [(1, 1), (0.25, 0.25), (4, 0.5), (0.05, 10)])
@pytest.mark.parametrize("graph", [GRAPH, WEIGHTED, DIRECTED], ids=["plain", "weighted", "directed"])
def test_right_walks_pass(graph, p, q):
    result = transition_test(graph, walks_by(wrong_walks.right(p, q), graph, **SIZE), p=p, q=q)
    assert result.p_value > 1e-3
    assert result.degrees_of_freedom > 10
    assert result.kinds_degrees_of_freedom == 2
    walks = random_walks(graph, walks_per_node=200, p=p, q=q, seed=3)
    assert transition_test(graph, walks, p=p, q=q).p_value > 1e-3


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_node2vec_plus(gamma):
    walks = random_walks(WEIGHTED, walks_per_node=200, p=0.5, q=4, extend=True, gamma=gamma, seed=3)
    law = {"p": 0.5, "q": 4, "extend": True}
    assert transition_test(WEIGHTED, walks, gamma=gamma, **law).p_value > 1e-3
    assert transition_test(WEIGHTED, walks, gamma=gamma + 1, **law).p_value < 1e-6
    assert transition_test(WEIGHTED, walks, p=0.5, q=4).p_value < 1e-6


def test_p_values_of_right_walks_are_even():
    found = [
        transition_test(
            WEIGHTED, random_walks(WEIGHTED, walks_per_node=40, p=0.3, q=2, seed=seed), p=0.3, q=2
        ).p_value
        for seed in range(60)
    ]
    # Twice the smaller of two: never too small, and about even below a half.
    below = sum(value < 0.5 for value in found)
    assert stats.binomtest(below, 60, 0.5).pvalue > 1e-3
    assert min(found) > 1e-4


def test_few_walks_on_a_large_graph_tell_p_and_q():
    graph = random_graph(3000, 30_000, seed=5)
    walks = random_walks(graph, walks_per_node=1, walk_length=20, p=0.5, q=2, seed=2)
    assert transition_test(graph, walks, p=0.5, q=2).p_value > 1e-3
    assert transition_test(graph, walks, p=0.5, q=1.5).p_value < 1e-6


def test_contexts_are_left_out_to_bound_the_work(monkeypatch):
    walks = random_walks(GRAPH, walks_per_node=500, p=0.5, q=2, seed=2)
    whole = transition_test(GRAPH, walks, p=0.5, q=2)
    monkeypatch.setattr(contexts, "MOST_WORK", 500)
    part = transition_test(GRAPH, walks, p=0.5, q=2)
    assert 0 < part.degrees_of_freedom < whole.degrees_of_freedom / 2
    assert part.p_value > 1e-3
    assert transition_test(GRAPH, walks, p=2, q=0.5).p_value < 1e-6


def test_walks_are_taken_in_any_form():
    graph = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")], directed=True)
    walks = random_walks(graph, walks_per_node=50, walk_length=9, seed=1)
    expected = transition_test(graph, walks)
    assert expected.impossible == 0
    lists = [walk[walk >= 0].tolist() for walk in walks]
    named = [[graph.node_ids[row] for row in walk] for walk in lists]
    assert transition_test(graph, lists) == expected
    assert transition_test(graph, named, ids=True) == expected
    numbers = Graph(graph.indptr, graph.indices, None, np.array([10, 20, 30, 40]), directed=True)
    array = np.where(walks >= 0, numbers.node_ids[walks], -1)
    assert transition_test(numbers, array, ids=True).statistic == expected.statistic


def test_threads_do_not_matter():
    walks = random_walks(WEIGHTED, walks_per_node=50, p=0.5, q=2, seed=1)
    one, four = (transition_test(WEIGHTED, walks, p=0.5, q=2, num_threads=threads) for threads in (1, 4))
    assert one == four


@pytest.mark.parametrize(
    ("walk", "fault"),
    [
        ([0, 1, 3, -1], "walks that end too early"),
        ([0, 2, 3, 0], "steps that are no arcs"),
        ([0, 1, 7, 2], "entries that are no nodes"),
        ([0, -5, 1, 3], "entries that are no nodes"),
        ([4, -1, 0, 1], "entries behind the end of a walk"),
        ([-1, -1, -1, -1], "entries that are no nodes"),
    ],
)
def test_what_is_impossible_is_counted(walk, fault):
    graph = Graph.from_edges([(0, 1), (1, 3), (3, 2), (2, 0)], num_nodes=5)
    result = transition_test(graph, np.array([walk]))
    assert result.p_value == 0
    assert result.faults[fault] == 1
    assert f"1 {fault}" in str(result)


def test_unknown_ids_are_impossible():
    graph = Graph.from_edges([("a", "b")])
    result = transition_test(graph, [["a", "b", "z"]], ids=True)
    assert result.faults["entries that are no nodes"] == 1


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_graphs(name):
    graph = Graph.from_edges(**AWKWARD[name])
    result = transition_test(graph, random_walks(graph, p=0.5, q=2, seed=1), p=0.5, q=2)
    assert result.impossible == 0
    assert math.isnan(result.p_value) or result.p_value > 1e-3
    assert str(result)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (3, 1), (3, 2)])
def test_next_to_nothing_to_test(shape):
    result = transition_test(Graph.from_edges([(0, 1)]), np.arange(shape[0] * shape[1]).reshape(shape) % 2)
    assert math.isnan(result.p_value)
    assert result.degrees_of_freedom == 0


def test_report_and_worst_cells():
    walks = walks_by(wrong_walks.never_back, GRAPH, **SIZE)
    result = transition_test(GRAPH, walks)
    text = str(result)
    assert text.startswith("p-value: 0\nimpossible: nothing\nkinds of steps: chi-square ")
    worst = result.worst[0]
    assert worst.keys() == {"previous", "node", "next", "observed", "expected"}
    assert result.kinds[0]["next"] == "the node before"
    assert result.kinds[0]["observed"] < result.kinds[0]["expected"]
    assert sum(kind["observed"] for kind in result.kinds) == result.num_steps
    assert result.num_tested <= result.num_steps == (walks[:, 1:] >= 0).sum()


def test_what_is_refused():
    walks = np.zeros((1, 2), np.int32)
    with pytest.raises(ParameterError, match="p must be > 0 and finite, got 0"):
        transition_test(GRAPH, walks, p=0)
    with pytest.raises(ParameterError, match="extend is for undirected graphs"):
        transition_test(DIRECTED, walks, extend=True)
    with pytest.raises(InputError, match=r"walks must be \[num_walks, walk_length\], got \[3\]"):
        transition_test(GRAPH, np.zeros(3, np.int32))
    with pytest.raises(InputError, match="walks must hold rows"):
        transition_test(GRAPH, np.zeros((1, 2)))
