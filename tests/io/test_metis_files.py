"""METIS files."""

import numpy as np
import pytest
from support.edge_files import edges_of
from support.graphs import random_edges

from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph
from graphkit.io import load_graph, read_graph

EDGES = [(1, 2), (1, 3), (3, 4)]
WEIGHTED = [(1, 2, 5.0), (1, 3, 7.0), (3, 4, 1.0)]

FILES = {
    "plain": ("5 3\n2 3\n1\n1 4\n3\n\n", EDGES),
    "comments": ("% c\n5 3\n% d\n2 3\n1\n% e\n1 4\n3\n\n", EDGES),
    "no newline at the end": ("4 3\n2 3\n1\n1 4\n3", EDGES),
    "blank lines at the end": ("4 3\n2 3\n1\n1 4\n3\n\n\n", EDGES),
    "an isolated node in between": ("5 2\n2\n1\n\n5\n4\n", [(1, 2), (4, 5)]),
    "format 0": ("4 3 0\n2 3\n1\n1 4\n3\n", EDGES),
    "edge weights": ("4 3 1\n2 5 3 7\n1 5\n1 7 4 1\n3 1\n", WEIGHTED),
    "edge weights, three digits": ("4 3 001\n2 5 3 7\n1 5\n1 7 4 1\n3 1\n", WEIGHTED),
    "node weights": ("4 3 10\n9 2 3\n9 1\n9 1 4\n9 3\n", EDGES),
    "two node weights": ("4 3 010 2\n9 8 2 3\n9 8 1\n9 8 1 4\n9 8 3\n", EDGES),
    "node sizes, node weights, edge weights": (
        "4 3 111 2\n6 9 8 2 5 3 7\n6 9 8 1 5\n6 9 8 1 7 4 1\n6 9 8 3 1\n",
        WEIGHTED,
    ),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("suffix", ["a.graph", "a.metis"])
def test_files(name, suffix, write):
    content, edges = FILES[name]
    graph = read_graph(write(content, suffix))
    assert edges_of(graph) == edges
    assert graph.node_ids.tolist() == list(range(1, graph.num_nodes + 1))


def test_report(write):
    assert str(load_graph(write(FILES["two node weights"][0], "a.graph")).report).split("\n  ")[1:] == [
        "ids are the lines of the nodes, from 1",
        "weights of nodes passed over",
        "rows: 6",
        "each edge listed in both directions, taken once",
        "graph: 4 nodes (ids 1 to 4), 3 edges, undirected, unweighted",
    ]


def test_options(write):
    path = write(FILES["edge weights"][0], "a.graph")
    assert edges_of(read_graph(path, weights=None, duplicates="error")) == EDGES
    assert read_graph(path, directed=True).num_edges == 6
    with pytest.raises(ParameterError, match="weights must be 'auto' or None for the format metis, got 'w'"):
        read_graph(path, weights="w")


def test_a_larger_graph_comes_back(write):
    edges, _ = random_edges(300, 2000, seed=4)
    graph = Graph.from_edges(edges, num_nodes=300, self_loops="drop")
    rows = np.split(graph.indices + 1, graph.indptr[1:-1])
    text = "\n".join([f"300 {graph.num_edges}", *(" ".join(map(str, row.tolist())) for row in rows)])
    read = read_graph(write(text + "\n", "a.graph"))
    assert np.array_equal(read.indptr, graph.indptr)
    assert np.array_equal(read.indices, graph.indices)


WRONG = {
    "header": ("5\n", 1, "expected a first line 'nodes edges [format [weights per node]]'"),
    "format": ("2 1 2\n2\n1\n", 1, "the format must be of digits 0 and 1, such as 011, got 2"),
    "too few lines": ("3 1\n2\n1", None, "holds 2 lines of nodes, its first line says 3"),
    "too many lines": ("2 1\n2\n1\n2\n", None, "holds 3 lines of nodes, its first line says 2"),
    "text": ("% c\n2 1\n2\nx\n", 4, "expected whole numbers, got 'x'"),
    "neighbour 0": ("2 1\n% c\n2\n0\n", 4, "the neighbour 0 is not in 1 to 2"),
    "neighbour too large": ("2 1\n3\n1\n", 2, "the neighbour 3 is not in 1 to 2"),
    "one direction only": (
        "2 1\n2\n\n",
        None,
        "lists 1 neighbours, expected 2 for 1 edges; each edge must stand in the lines of both its nodes",
    ),
    "missing weights": (
        "2 1 1\n2 5\n1\n",
        3,
        "the number of numbers does not fit the format in the first line",
    ),
    "missing node weights": (
        "2 1 10\n5 2\n\n",
        3,
        "the number of numbers does not fit the format in the first line",
    ),
    "negative weight": (
        "2 1 1\n2 5\n1 -5\n",
        3,
        "a weight must be a finite float32 number > 0, got -5; pass bad_weights='drop' to leave "
        "such edges out, 'abs' to "
        "take absolute values (zero: no edge)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, line, text = WRONG[name]
    path = write(content, "a.graph")
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert str(caught.value) == (f"{path}, line {line}: {text}" if line else f"{path}: {text}")
