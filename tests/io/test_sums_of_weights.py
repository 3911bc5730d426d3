"""Weights of one edge that add up beyond float32 are refused where they stand."""

import pytest

from graphkit.errors import InputError
from graphkit.graph.graph import Graph
from graphkit.io import as_graph, load_graph, read_graph

LINES = "5 6 1\n1 1 1\n1 2 0\n1 2 3e38\n2 1 1e38\n1 2 1\n"


@pytest.mark.parametrize("directed", [False, True])
def test_the_line_is_named(write, directed):
    lines = LINES.replace("2 1 1e38", "1 2 1e38") if directed else LINES
    with pytest.raises(
        InputError, match=r"edges\.txt, line 5: .* between 1 and 2 add up to more than float32"
    ):
        read_graph(write(lines), bad_weights="drop", self_loops="drop", directed=directed)


def test_other_rules_take_them(write):
    graph = load_graph(write(LINES), bad_weights="drop", duplicates="max").graph
    assert graph.weights.max() == pytest.approx(3e38)


def test_edges_in_memory():
    with pytest.raises(InputError, match="between 'a' and 'b' add up"):
        Graph.from_edges([("a", "b"), ("a", "b")], [3e38, 3e38])
    with pytest.raises(InputError, match="edge 2: the weights given for the edge between 1 and 2"):
        as_graph(([1, 1, 1], [2, 3, 2], [3e38, 1, 3e38]))


def test_both_directions_of_a_large_weight_are_one_edge():
    assert Graph.from_edges([(0, 1), (1, 0)], [3e38, 3e38]).weights.tolist() == pytest.approx([3e38, 3e38])
