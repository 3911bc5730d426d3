"""GraphML files."""

import networkx
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError
from graphkit.io import load_graph, read_graph

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
KEY = '<key id="d0" for="edge" attr.name="weight" attr.type="double"><default>3</default></key>\n'
NODES = '<node id="b"/><node id="a"/><node id="é z"/>\n'


def graphml(body, kind="undirected", keys=""):
    return f'{HEAD}{keys}<graph edgedefault="{kind}">\n{NODES}{body}</graph>\n</graphml>\n'


def test_nodes_keep_their_order_and_isolated_ones_their_row(write):
    graph = read_graph(write(graphml('<edge source="a" target="b"/>'), "a.graphml"))
    assert graph.node_ids.tolist() == ["b", "a", "é z"]
    assert edges_of(graph) == [("b", "a")]
    assert not graph.directed


def test_weights_and_their_default(write):
    body = '<edge source="a" target="b"><data key="d0">0.5</data></edge><edge source="a" target="é z"/>'
    loaded = load_graph(write(graphml(body, "directed", KEY), "a.xml"))
    assert loaded.graph.directed
    assert edges_of(loaded.graph) == [("a", "b", 0.5), ("a", "é z", 3.0)]
    assert "weight: edge attribute 'weight'" in str(loaded.report)


@pytest.mark.parametrize("kind", [networkx.Graph, networkx.DiGraph])
def test_what_networkx_writes(kind, tmp_path):
    graph = kind()
    graph.add_nodes_from([3, 1, 2, 7])
    graph.add_edge(3, 1, weight=0.5, cost=7, colour="red")
    graph.add_edge(2, 3, weight=2.0, cost=8, colour="blue")
    networkx.write_graphml(graph, tmp_path / "a.graphml")
    read = read_graph(tmp_path / "a.graphml")
    assert (read.node_ids.tolist(), read.directed) == ([3, 1, 2, 7], graph.is_directed())
    ends = [(3, 1, 0.5), (3, 2, 2.0)] if not graph.is_directed() else [(2, 3, 2.0), (3, 1, 0.5)]
    assert edges_of(read) == ends
    assert edges_of(read_graph(tmp_path / "a.graphml", weights="cost"))[0][2] in (7.0, 8.0)
    assert not read_graph(tmp_path / "a.graphml", weights=None).is_weighted
    assert read_graph(tmp_path / "a.graphml", id_type="string").node_ids.tolist() == ["3", "1", "2", "7"]


WRONG = {
    "not XML": ("<graphml><graph>", {}, "is no well-formed XML: no element found: line 1, column 16"),
    "an encoding that nobody knows": (
        '<?xml version="1.0" encoding="utf-9"?><graphml/>',
        {},
        "is no well-formed XML: unknown encoding: utf-9",
    ),
    "no graph": (f"{HEAD}</graphml>", {}, "holds no graph with nodes"),
    "two graphs": (graphml("</graph><graph>"), {}, "holds more than one graph, or a graph within a graph"),
    "unknown node": (
        graphml('<edge source="a" target="q"/>'),
        {},
        "the edge a to q: the edge names the node 'q', which is not in the list of nodes",
    ),
    "a node twice": (graphml('<node id="a"/>'), {}, "node id 'a' appears more than once"),
    "a node without an id": (graphml("<node/>"), {}, "a node has no id"),
    "an edge without an end": (graphml('<edge source="a"/>'), {}, "edge 0 lacks its source or target"),
    "mixed directions": (
        graphml('<edge source="a" target="b" directed="true"/>'),
        {},
        "the edge a to b: is directed otherwise than the graph; a graph must be all of one kind",
    ),
    "text as a weight": (
        graphml('<edge source="a" target="b"><data key="d0">x</data></edge>', keys=KEY),
        {},
        "the edge a to b: expected a number as weight (column 'weight'), got 'x'; pass weights=None "
        "to leave weights out",
    ),
    "no such attribute": (
        graphml("", keys=KEY),
        {"weights": "cost"},
        "no edge attribute is called 'cost' (weights); there are: weight",
    ),
    "numbers asked for": (
        graphml(""),
        {"id_type": "int"},
        "expected a whole number as node id, as in the first rows, got 'b'; pass id_type='string' "
        "to take ids as text",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, options, text = WRONG[name]
    path = write(content, "a.graphml")
    with pytest.raises(InputError) as caught:
        read_graph(path, **options)
    assert str(caught.value) == f"{path}: {text}"
