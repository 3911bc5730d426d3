"""Adjacency matrices as text, against those of networkx and pandas."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError
from graphkit.io import as_graph, load_graph, read_graph

NAMED = {
    "commas": ",A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n",
    "a corner": "name,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n",
    "tabs": "\tA\tB\tC\nA\t0\t1\t0\nB\t1\t0\t2\nC\t0\t2\t0\n",
    "blanks, as R writes it": "A B C\nA 0 1 0\nB 1 0 2\nC 0 2 0\n",
    "quoted": '"","A","B","C"\n"A",0,1,0\n"B",1,0,2\n"C",0,2,0\n',
    "rows in another order": ",A,B,C\nC,0,2,0\nA,0,1,0\nB,1,0,2\n",
    "comments": "# of R\n,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n",
    "semicolons and decimal commas": ";A;B;C\nA;0;1,0;0\nB;1,0;0;2,0\nC;0;2,0;0\n",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_matrix_with_names(name, write):
    loaded = load_graph(write(NAMED[name], "matrix.csv"))
    assert loaded.graph.node_ids.tolist() == ["A", "B", "C"]
    assert edges_of(loaded.graph) == [("A", "B", 1.0), ("B", "C", 2.0)]
    assert loaded.report.format.startswith("adjacency matrix as text, columns separated by ")


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
@pytest.mark.parametrize("size", [12, 260])
def test_what_pandas_writes(kind, size, tmp_path):
    expected = nx.gnp_random_graph(size, 4 / size, seed=1, directed=kind is nx.DiGraph)
    expected = nx.relabel_nodes(expected, {node: f"n{node}" for node in expected})
    nx.to_pandas_adjacency(expected, dtype=int).to_csv(tmp_path / "a.csv")
    graph = read_graph(tmp_path / "a.csv", directed=expected.is_directed())
    assert not graph.is_weighted
    assert graph.node_ids.tolist() == list(expected)
    assert edges_of(graph) == edges_of(as_graph(expected))


def test_numbers_as_names_and_weights(tmp_path):
    frame = pd.DataFrame([[0, 0.5, 0], [0.5, 0, 1.25], [0, 1.25, 0]])
    frame.to_csv(tmp_path / "a.csv")
    graph = read_graph(tmp_path / "a.csv")
    assert graph.node_ids.dtype == np.int64
    assert edges_of(graph) == [(0, 1, 0.5), (1, 2, 1.25)]
    assert not read_graph(tmp_path / "a.csv", weights=None).is_weighted


PLAIN = "0 1 0 0 0 1\n1 0 1 0 0 0\n0 1 0 1 0 0\n0 0 1 0 1 0\n0 0 0 1 0 1\n1 0 0 0 1 0\n"


def test_a_matrix_without_names_is_asked_for(write):
    path = write(PLAIN)
    with pytest.raises(
        InputError, match=r"may be an adjacency matrix, .* pass format='matrix' or format='text'"
    ):
        read_graph(path)
    assert edges_of(read_graph(path, format="matrix")) == edges_of(as_graph(nx.cycle_graph(6)))
    assert read_graph(path, format="text", weights=None).num_nodes == 2
    assert read_graph(path, columns=(1, 2), weights=None).num_nodes == 2
    with pytest.raises(InputError, match=r"pass format='matrix'"):
        read_graph(write("0 1 1\n1 0 1\n1 1 0\n"))
    with pytest.raises(InputError, match=r"pass format='matrix'"):
        read_graph(write("\n".join(["1 " * 300] * 300)))


def test_edges_are_no_matrix(write):
    for content in ("1 2 0.5\n2 3 2\n3 1 1\n", "3 2\n1 2 0.5\n2 3 2\n", ",source,target\n0,1,2\n1,2,3\n"):
        assert read_graph(write(content)).num_nodes == 3


WRONG = {
    "rows of other names": (",x,y,z\na,1,2,3\nb,1,2,3\n", {}, "rows are not named as its columns"),
    "not square": ("0 1 1\n1 0 1\n1 1 0\n1 1 1\n", {"format": "matrix"}, "must be square, got 4 x 3"),
    "a name twice": (",A,A,B\nA,0,1,0\nA,1,0,2\nB,0,2,0\n", {}, "node id 'A' appears more than once"),
    "text": (",A,B,C\nA,0,1,x\nB,1,0,2\nC,0,2,0\n", {"format": "matrix"}, "holds no matrix"),
    "a decimal comma": (";A;B;C\nA;0;0,5;0\nB;1;0;2\nC;0;2;0\n", {"decimal": "."}, "pass decimal=','"),
    "a negative entry": (",A,B\nA,0,-1\nB,-1,0\n", {}, r"entry \(0, 1\): a weight must be .* got -1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused(name, write):
    content, options, message = WRONG[name]
    with pytest.raises(InputError, match=message):
        read_graph(write(content), **options)
