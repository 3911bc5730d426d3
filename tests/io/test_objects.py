"""Objects of other libraries."""

import subprocess
import sys

import igraph
import networkx
import numpy as np
import pandas
import polars
import pyarrow
import pytest
import scipy.sparse
import torch
from support.edge_files import edges_of
from torch_geometric.data import Data, HeteroData

from graphkit import Graph
from graphkit.errors import InputError, ParameterError
from graphkit.io import as_graph

PAIRS = [(1, 2), (2, 3)]
WEIGHTED = [(1, 2, 0.5), (2, 3, 2.0)]
COLUMNS = {"source": [1, 2], "target": [2, 3]}

UNWEIGHTED = {
    "pairs": PAIRS,
    "array of pairs": np.array(PAIRS),
    "array of two rows": np.array([[1, 2, 2], [2, 3, 3]]),
    "small integers": np.array(PAIRS, np.uint8),
    "tuple of columns": ([1, 2], [2, 3]),
    "tuple of arrays": (np.array([1, 2]), np.array([2, 3])),
    "pandas": pandas.DataFrame(COLUMNS),
    "polars": polars.DataFrame(COLUMNS),
    "pyarrow": pyarrow.table(COLUMNS),
    "pyarrow batch": pyarrow.record_batch(COLUMNS),
    "edge_index": torch.tensor([[1, 2, 2], [2, 3, 3]]),
    "square edge_index": torch.tensor([[1, 2], [2, 3]]),
    "tensor of pairs": torch.tensor([(1, 2), (2, 3), (3, 2)]),
    "networkx": networkx.Graph(PAIRS),
    "igraph": igraph.Graph.TupleList(PAIRS),
}


@pytest.mark.parametrize("name", UNWEIGHTED)
def test_edges_without_weights(name):
    graph = as_graph(UNWEIGHTED[name])
    assert edges_of(graph) == PAIRS
    assert not graph.directed
    assert as_graph(UNWEIGHTED[name], directed=True).directed


def test_a_path_is_read(tmp_path):
    path = tmp_path / "edges.txt"
    path.write_text("1 2 0.5\n2 3 2\n")
    assert edges_of(as_graph(path)) == WEIGHTED
    assert edges_of(as_graph(str(path), weights=None, columns=(1, 2))) == PAIRS


def test_a_graph_is_itself():
    graph = as_graph(PAIRS)
    assert as_graph(graph) is graph
    with pytest.raises(ParameterError, match="directed has no effect on the format Graph"):
        as_graph(graph, directed=True)


@pytest.mark.parametrize("frame", [pandas.DataFrame, polars.DataFrame, pyarrow.table])
def test_tables(frame):
    table = frame(
        {"when": ["x", "y"], "to": ["b", "c"], "from": ["a", "b"], "weight": [0.5, 2.0], "n": [3, 4]}
    )
    assert edges_of(as_graph(table)) == [("a", "b", 0.5), ("b", "c", 2.0)]
    assert edges_of(as_graph(table, weights="n", columns=("when", "to"))) == [
        ("x", "b", 3.0),
        ("y", "c", 4.0),
    ]
    assert edges_of(as_graph(table, weights=None, directed=True)) == [("a", "b"), ("b", "c")]
    with pytest.raises(
        InputError, match=r"no column is called 'x' \(columns\); there are: when, to, from, weight, n"
    ):
        as_graph(table, columns=("from", "x"))
    with pytest.raises(
        InputError, match=r"row 1 \(counted from 0\): a weight must be a finite float32 number > 0"
    ):
        as_graph(frame({"u": [1, 2], "v": [2, 3], "weight": [1.0, 0.0]}))


def test_missing_ids_of_pandas():
    with pytest.raises(InputError, match=r"row 1 \(counted from 0\): the target id is missing"):
        as_graph(pandas.DataFrame({"u": ["a", "b"], "v": ["b", None]}))
    with pytest.raises(InputError, match="the target ids must be whole numbers or strings, found double"):
        as_graph(pandas.DataFrame({"u": [1, 2], "v": [2.5, 3]}))


def test_a_pandas_index_is_no_column():
    frame = pandas.DataFrame({"a": [1, 2], "b": [2, 3]}, index=[7, 8])
    assert edges_of(as_graph(frame)) == PAIRS


def test_weights_in_a_tuple():
    edges = ([1, 2], [2, 3], [0.5, 2])
    assert edges_of(as_graph(edges)) == WEIGHTED
    assert edges_of(as_graph(edges, weights=None)) == PAIRS
    assert edges_of(as_graph(([1, 2], [2, 3], [-0.5, 0]), bad_weights="abs")) == [(1, 2, 0.5)]
    with pytest.raises(InputError, match="weights must be 2 numbers, one an edge; got 1 of type float64"):
        as_graph(([1, 2], [2, 3], [0.5]))
    with pytest.raises(InputError, match="edge 1: a weight must be a finite float32 number > 0, got 0"):
        as_graph(([1, 2], [2, 3], [0.5, 0]))
    with pytest.raises(ParameterError, match="weights must be 'auto' or None for a tuple of columns"):
        as_graph(edges, weights="w")


def test_nodes_keep_their_rows():
    graph = as_graph(PAIRS, nodes=[9, 3, 2, 1])
    assert graph.node_ids.tolist() == [9, 3, 2, 1]
    with pytest.raises(
        InputError, match="edge 1: the edge names the node 3, which is not in the list of nodes"
    ):
        as_graph(PAIRS, nodes=[1, 2])


@pytest.mark.parametrize(
    "kind", [networkx.Graph, networkx.DiGraph, networkx.MultiGraph, networkx.MultiDiGraph]
)
def test_networkx_of_every_kind(kind):
    graph = kind()
    graph.add_nodes_from(["z", "a"])
    graph.add_edge("a", "b", weight=0.5)
    graph.add_edge("a", "b", weight=0.5)
    graph.add_edge("b", "b", weight=2, cost=9)
    taken = as_graph(graph)
    assert taken.node_ids.tolist() == ["z", "a", "b"]
    assert taken.directed == graph.is_directed()
    assert edges_of(taken) == [("a", "b", 1.0 if graph.is_multigraph() else 0.5), ("b", "b", 2.0)]
    assert not as_graph(graph, weights=None).is_weighted
    with pytest.raises(InputError, match=r"edge \('a', 'b'\): a weight must be .*, got none or NaN"):
        as_graph(graph, weights="cost")
    with pytest.raises(
        InputError, match=r"no edge attribute is called 'x' \(weights\); there are: cost, weight"
    ):
        as_graph(graph, weights="x")


def test_networkx_round_trip_and_wrong_ids():
    graph = networkx.karate_club_graph()
    taken = as_graph(graph)
    assert networkx.utils.graphs_equal(
        networkx.Graph(networkx.to_numpy_array(graph)), networkx.Graph(taken.to_scipy().toarray())
    )
    with pytest.raises(InputError, match="node ids must be strings or whole numbers of 64 bits, got tuple"):
        as_graph(networkx.grid_graph([2, 2]))
    with pytest.raises(InputError, match=r"edge \(0, 1\) has 'x' as 'weight'"):
        as_graph(networkx.Graph([(0, 1, {"weight": "x"})]))
    assert as_graph(networkx.Graph()).num_nodes == 0


def test_igraph():
    graph = igraph.Graph(n=4, edges=[(0, 1), (2, 1)], directed=True)
    taken = as_graph(graph)
    assert (taken.node_ids.tolist(), edges_of(taken), taken.directed) == (
        [0, 1, 2, 3],
        [(0, 1), (2, 1)],
        True,
    )
    graph.vs["name"] = ["a", "b", "c", "d"]
    graph.es["weight"] = [0.5, 2.0]
    graph.es["cost"] = [3, 4]
    assert edges_of(as_graph(graph)) == [("a", "b", 0.5), ("c", "b", 2.0)]
    assert edges_of(as_graph(graph, weights="cost")) == [("a", "b", 3.0), ("c", "b", 4.0)]
    assert as_graph(igraph.Graph()).num_nodes == 0


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok"])
@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csr_matrix])
def test_scipy(form, kind):
    matrix = kind(np.array([[0, 2, 0], [2, 0, 3], [0, 3, 0]], float)).asformat(form)
    assert edges_of(as_graph(matrix)) == [(0, 1, 2.0), (1, 2, 3.0)]
    assert edges_of(as_graph(matrix, weights=None)) == [(0, 1), (1, 2)]
    assert as_graph(matrix, directed=True).num_edges == 4


def test_pytorch_geometric():
    both = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    taken = as_graph(Data(edge_index=both, num_nodes=4))
    assert (taken.num_nodes, taken.directed, edges_of(taken)) == (4, False, [(0, 1), (1, 2)])
    weight = torch.tensor([0.5, 0.5, 2.0, 2.0])
    assert edges_of(as_graph(Data(edge_index=both, edge_weight=weight))) == [(0, 1, 0.5), (1, 2, 2.0)]
    one_way = Data(edge_index=both[:, ::2], num_nodes=3)
    assert as_graph(one_way).directed
    assert not as_graph(one_way, directed=False).directed
    graph = Graph.from_edges([(0, 1), (1, 3)], [0.5, 2.0], num_nodes=5)
    assert edges_of(as_graph(graph.to_pyg())) == edges_of(graph)
    with pytest.raises(InputError, match="2 edges but 1 in edge_weight"):
        as_graph(Data(edge_index=both[:, ::2], edge_weight=weight[:1], num_nodes=3))
    with pytest.raises(InputError, match="this HeteroData has no edge_index"):
        as_graph(HeteroData())


WRONG = [
    (5, "cannot make a graph of int; give a path, pairs of ids,"),
    (object(), "cannot make a graph of object; give"),
    (
        torch.zeros(3, 3),
        r"expected an edge_index of whole numbers \[2, num_edges\], got torch.float32 \[3, 3\]",
    ),
    (np.zeros((4, 4), int), r"edges must have the shape \[num_edges, 2\], got \[4, 4\]"),
    (np.zeros((4, 2)), "node ids must be strings or whole numbers of 64 bits, got float64"),
    ([(1, 2, 3)], "edge 0: expected a pair of node ids"),
    (scipy.sparse.csr_array(np.ones((2, 3))), "an adjacency matrix must be square, got 2 x 3"),
]


@pytest.mark.parametrize(("x", "text"), WRONG)
def test_wrong_objects(x, text):
    with pytest.raises(InputError, match=text):
        as_graph(x)


@pytest.mark.parametrize(
    ("x", "options"),
    [(PAIRS, {"columns": (1, 2)}), (PAIRS, {"weights": None}), (networkx.Graph(), {"columns": (1, 2)})],
)
def test_options_without_effect(x, options):
    with pytest.raises(ParameterError, match="has no effect on the format"):
        as_graph(x, **options)


def test_no_foreign_library_is_imported():
    script = (
        "import sys; from graphkit import as_graph; as_graph([(0, 1)]); "
        "print([m for m in ('torch', 'pandas', 'polars', 'networkx', 'igraph', 'pyarrow') if m in "
        "sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
