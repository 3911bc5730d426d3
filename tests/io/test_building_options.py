"""Duplicates, self-loops, bad weights, lists of nodes: what becomes of the rows of a file."""

import numpy as np
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import load_graph, read_graph

REPEATED = "1 2 1\n2 1 2\n1 2 4\n2 3 1\n"


@pytest.mark.parametrize(("rule", "weight"), [(None, 7.0), ("sum", 7.0), ("max", 4.0), ("first", 1.0)])
def test_repeated_edges_with_weights(rule, weight, write):
    assert edges_of(read_graph(write(REPEATED), duplicates=rule)) == [(1, 2, weight), (2, 3, 1.0)]


def test_repeated_edges_without_weights(write):
    path = write("1 2\n2 1\n2 3\n")
    assert edges_of(read_graph(path)) == [(1, 2), (2, 3)]
    assert edges_of(read_graph(path, duplicates="sum")) == [(1, 2, 2.0), (2, 3, 1.0)]
    with pytest.raises(InputError, match="the edge between 1 and 2 is given more than once"):
        read_graph(path, duplicates="error")


def test_self_loops(write):
    path = write("1 1\n1 2\n")
    assert edges_of(read_graph(path)) == [(1, 1), (1, 2)]
    dropped = load_graph(path, self_loops="drop")
    assert edges_of(dropped.graph) == [(1, 2)]
    assert "self-loops: 1 dropped" in str(dropped.report)


BAD = "1 2 0.5\n2 3 0\n3 4 -2\n4 5 nan\n5 6 inf\n"


def test_edges_of_bad_weights_are_dropped_and_their_nodes_kept(write):
    loaded = load_graph(write(BAD), bad_weights="drop")
    assert loaded.graph.node_ids.tolist() == [1, 2, 3, 4, 5, 6]
    assert edges_of(loaded.graph) == [(1, 2, 0.5)]
    assert "rows: 5" in str(loaded.report)
    assert "rows left out for their weight (missing, zero, negative or not finite): 4" in str(loaded.report)


def test_absolute_weights(write):
    loaded = load_graph(write("\n".join(BAD.split("\n")[:3])), bad_weights="abs")
    assert edges_of(loaded.graph) == [(1, 2, 0.5), (3, 4, 2.0)]
    assert "negative weights made positive: 1" in str(loaded.report)


def test_listed_nodes_keep_their_order_and_their_rows(write):
    path = write("1 2\n")
    for nodes in (
        [3, 2, 1],
        np.array([3, 2, 1]),
        write("3\n2\n1\n", "nodes.txt"),
        str(write("3\n2\n1\n", "n.txt")),
    ):
        graph = read_graph(path, nodes=nodes)
        assert graph.node_ids.tolist() == [3, 2, 1]
        assert graph.degree.tolist() == [0, 1, 1]


def test_listed_strings(write):
    graph = read_graph(write("a b\n"), nodes=["c", "b", "a"])
    assert graph.node_ids.tolist() == ["c", "b", "a"]


@pytest.mark.parametrize("name", ["edges.txt", "edges.txt.gz"])
def test_an_edge_of_an_unlisted_node_names_its_line(name, write):
    import gzip

    text = b"# c\n\n1 2\n# d\n2 9\n"
    path = write(gzip.compress(text) if name.endswith("gz") else text, name)
    with pytest.raises(InputError) as caught:
        read_graph(path, nodes=[1, 2])
    assert (
        str(caught.value) == f"{path}, line 5: the edge names the node 9, which is not in the list of nodes"
    )


def test_an_unlisted_node_behind_counts_or_a_header_or_quotes(write):
    with pytest.raises(InputError, match="line 3: the edge names the node 3,"):
        read_graph(write("3 2\n1 2\n2 3\n"), nodes=[1, 2])
    with pytest.raises(InputError, match="line 3: the edge names the node 9,"):
        read_graph(write("source,target\n1,2\n2,9\n"), nodes=[1, 2])
    with pytest.raises(InputError, match="line 4: the edge names the node 'z',"):
        read_graph(write('"a\nb",c\n\n"z",c\n'), nodes=["a\nb", "c"])


def test_lists_of_nodes_of_another_kind(write):
    with pytest.raises(
        InputError, match="edges name nodes by whole numbers, but the list of nodes holds strings"
    ):
        read_graph(write("1 2\n"), nodes=["1", "2"])
    with pytest.raises(
        InputError, match="edges name nodes by strings, but the list of nodes holds whole numbers"
    ):
        read_graph(write("a b\n"), nodes=[1, 2])


def test_nodes_have_no_effect_on_a_format_that_lists_them(write):
    path = write("%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n", "a.mtx")
    with pytest.raises(ParameterError, match="nodes has no effect on the format mtx; leave it out"):
        read_graph(path, nodes=[1, 2])


def test_a_saved_graph_is_opened(write, tmp_path):
    graph = read_graph(write("b a 2\n"), directed=True)
    graph.save(tmp_path / "saved")
    loaded = load_graph(tmp_path / "saved")
    assert edges_of(loaded.graph) == [("b", "a", 2.0)]
    assert loaded.graph.directed
    assert str(loaded.report).split("\n")[0] == f"{tmp_path / 'saved'}: saved graph"
    assert edges_of(read_graph(tmp_path / "saved", format="graphkit", directed=True)) == [("b", "a", 2.0)]
    with pytest.raises(
        ParameterError, match="the saved graph is directed and cannot be opened as undirected"
    ):
        read_graph(tmp_path / "saved", directed=False)
    with pytest.raises(ParameterError, match="self_loops has no effect on the format graphkit"):
        read_graph(tmp_path / "saved", self_loops="drop")
