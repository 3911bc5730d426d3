"""JSON of networkx, D3 and Cytoscape; GEXF, GML and Pajek: against the graphs that networkx wrote."""

import gzip
import json
import sys

import networkx as nx
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, MissingDependencyError, ParameterError
from graphkit.io import as_graph, estimate_memory, load_graph, read_graph


def same(graph, expected):
    """Whether both have the same nodes in the same order and the same edges."""
    taken = as_graph(expected)
    assert graph.node_ids.tolist() == taken.node_ids.tolist()
    assert graph.directed == taken.directed
    assert edges_of(graph) == edges_of(taken)


def written_graphs():
    weighted = nx.DiGraph(nx.karate_club_graph())
    texts = nx.relabel_nodes(nx.les_miserables_graph(), {"Valjean": "Jean Valjean"})
    isolated = nx.Graph([("b", "a")])
    isolated.add_node("é z")
    multi = nx.MultiGraph([(1, 2), (1, 2), (2, 3)])
    return {"numbers": weighted, "texts": texts, "isolated": isolated, "multi": multi}


GRAPHS = written_graphs()


@pytest.mark.parametrize("edges", ["links", "edges"])
@pytest.mark.parametrize("name", GRAPHS)
def test_node_link_of_networkx(name, edges, write):
    content = json.dumps(nx.node_link_data(GRAPHS[name], edges=edges))
    same(read_graph(write(content, "graph.json")), GRAPHS[name])
    same(read_graph(write(content, "graph.txt")), GRAPHS[name])
    same(read_graph(write(gzip.compress(content.encode()), "graph.json.gz")), GRAPHS[name])


@pytest.mark.parametrize("name", ["numbers", "texts", "isolated"])
def test_cytoscape_of_networkx(name, write):
    content = json.dumps(nx.cytoscape_data(GRAPHS[name]))
    loaded = load_graph(write(content, "graph.cyjs"))
    same(loaded.graph, GRAPHS[name])
    assert loaded.report.format == "JSON, Cytoscape"


TRIANGLE = [("a", "b", 0.5), ("b", "c", 2.0)]
NODES = [{"id": "a"}, {"id": "b"}, {"id": "c"}]
LINKS = [{"source": "a", "target": "b", "value": 0.5}, {"source": "b", "target": "c", "value": 2}]

FORMS = {
    "D3": {"nodes": NODES, "links": LINKS},
    "D3, links by place": {
        "nodes": NODES,
        "links": [{"source": 0, "target": 1, "value": 0.5}, {"source": 1, "target": 2, "value": 2}],
    },
    "D3, after a simulation": {
        "nodes": NODES,
        "links": [{**link, "source": {"id": link["source"], "x": 0.1}} for link in LINKS],
    },
    "Cytoscape": {"elements": {"nodes": [{"data": n} for n in NODES], "edges": [{"data": e} for e in LINKS]}},
    "Cytoscape, a list": {"elements": [{"data": record} for record in (*NODES, *LINKS)]},
    "JSON Graph Format": {"graph": {"directed": False, "nodes": {key: {} for key in "abc"}, "edges": LINKS}},
}


@pytest.mark.parametrize("name", FORMS)
def test_other_json(name, write):
    loaded = load_graph(write(json.dumps(FORMS[name], indent=1), "graph.json"))
    assert edges_of(loaded.graph) == TRIANGLE
    assert loaded.graph.node_ids.tolist() == ["a", "b", "c"]
    assert "weight: edge attribute 'value'" in str(loaded.report)
    assert not read_graph(write(json.dumps(FORMS[name]), "graph.json"), weights=None).is_weighted


def test_nodes_without_ids_are_their_places(write):
    content = {"nodes": [{"name": "x"}, {"name": "y"}], "links": [{"source": 0, "target": 1}]}
    expected = nx.node_link_graph(content, edges="links")
    same(read_graph(write(json.dumps(content), "graph.json")), expected)


WRONG_JSON = {
    "a list": ([[1, 2]], {}, "holds no graph in a form that is known; expected nodes with links or edges"),
    "other keys": ({"a": 1, "b": 2}, {}, "holds a, b; expected nodes"),
    "an adjacency": (
        nx.adjacency_data(nx.Graph([(1, 2)])),
        {},
        "holds directed, multigraph, graph, nodes, adj",
    ),
    "a node that is not listed": (
        {"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]},
        {},
        r"edge 0 \(counted from 0\) names the node 2, which is not listed",
    ),
    "a truth for an id": (
        {"nodes": NODES, "links": [{"source": True, "target": "a"}]},
        {},
        "names the node True",
    ),
    "an edge without ends": ({"nodes": [{"id": 1}], "links": [{}]}, {}, "names the node None"),
    "a node without an id": ({"nodes": [{"id": 1}, {}], "links": []}, {}, "node 1 .* has no id"),
    "a node twice": ({"nodes": [{"id": 1}, {"id": 1}], "links": []}, {}, "node id 1 appears more than once"),
    "mixed ids": ({"nodes": [{"id": 1}, {"id": "a"}], "links": []}, {}, "pass id_type='string'"),
    "a weight of text": (
        {"nodes": NODES, "links": [{"source": "a", "target": "b", "weight": "x"}]},
        {},
        r"edge \('a', 'b'\) has 'x' as 'weight'",
    ),
    "a negative weight": (
        {"nodes": NODES, "links": [{"source": "a", "target": "b", "weight": -1}]},
        {},
        r"edge \('a', 'b'\): a weight must be",
    ),
    "no such weight": (
        {"nodes": NODES, "links": LINKS},
        {"weights": "cost"},
        "there are: source, target, value",
    ),
    "elements without data": ({"elements": [{"x": 1}]}, {}, "has no data"),
}


@pytest.mark.parametrize("name", WRONG_JSON)
def test_json_that_is_refused(name, write):
    content, options, message = WRONG_JSON[name]
    path = write(json.dumps(content), "graph.json")
    with pytest.raises(InputError, match=message) as caught:
        read_graph(path, **options)
    assert caught.value.path == str(path)


def test_json_lines_and_broken_json_are_refused(write):
    for content in ('{"source": 1, "target": 2}\n{"source": 2, "target": 3}\n', '{"nodes": [', "[1, 2"):
        with pytest.raises(InputError, match="is no JSON that can be read as a whole"):
            read_graph(write(content, "graph.json"))


def test_ids_of_json_are_as_asked_for(write):
    path = write(json.dumps({"nodes": [{"id": "7"}, {"id": "8"}], "links": []}), "graph.json")
    assert read_graph(path).node_ids.tolist() == ["7", "8"]
    assert read_graph(path, id_type="int").node_ids.tolist() == [7, 8]
    path = write(json.dumps({"nodes": [{"id": 7}, {"id": "8"}], "links": []}), "graph.json")
    assert read_graph(path, id_type="string").node_ids.tolist() == ["7", "8"]
    assert estimate_memory(path).fits
    with pytest.raises(ParameterError, match="delimiter has no effect on the format json"):
        read_graph(path, delimiter=",")


WRITERS = {"gexf": nx.write_gexf, "gml": nx.write_gml, "net": nx.write_pajek}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
def test_what_networkx_writes(kind, is_named, suffix, tmp_path, write):
    expected = kind()
    expected.add_nodes_from([3, 1, 2, 7])
    expected.add_edge(3, 1, weight=0.5)
    expected.add_edge(2, 3, weight=2.0)
    if is_named:
        expected = nx.relabel_nodes(expected, {3: "c", 1: "a b", 2: "b", 7: "z"})
    path = tmp_path / f"graph.{suffix}"
    WRITERS[suffix](expected, path)
    same(read_graph(path), expected)
    same(read_graph(write(path.read_bytes(), "graph.txt")), expected)
    same(read_graph(write(gzip.compress(path.read_bytes()), f"graph.{suffix}.gz")), expected)
    assert not read_graph(path, weights=None).is_weighted
    if not is_named:
        assert read_graph(path, id_type="string").node_ids.tolist() == ["3", "1", "2", "7"]


def test_gml_without_labels_has_ids(write):
    content = "graph [ node [ id 5 ] node [ id 3 ] edge [ source 5 target 3 ] ]"
    assert edges_of(read_graph(write(content, "graph.gml"))) == [(5, 3)]


PAJEK = "*Vertices 3\n1 a\n2 b\n3 c\n"


def test_pajek_of_other_writers(write):
    with_empty = "% by hand\n*Network x\n" + PAJEK + "*Arcs\n*Edges\n1 2 0.5\n% half way\n2 3 2\n"
    graph = read_graph(write(with_empty, "graph.net"))
    assert (edges_of(graph), graph.directed) == (TRIANGLE, False)
    graph = read_graph(write(PAJEK + "*Arcs\n2 1\n*Edges\n", "graph.net"))
    assert (edges_of(graph), graph.directed) == ([("b", "a")], True)
    graph = read_graph(write(PAJEK + "*Edges\n", "graph.net"))
    assert (graph.num_nodes, graph.num_edges, graph.directed) == (3, 0, False)
    assert edges_of(read_graph(write(PAJEK + "*Matrix\n0 1 0\n0 0 2\n0 0 0\n", "graph.net"))) == [
        ("a", "b", 1.0),
        ("b", "c", 2.0),
    ]


WRONG = {
    "arcs and edges": (
        "graph.net",
        PAJEK + "*Arcs\n1 2\n*Edges\n2 3\n",
        "several sections of arcs and edges",
    ),
    "a list of arcs": ("graph.net", PAJEK + "*Arcslist\n1 2 3\n", r"has a section \*arcslist"),
    "two modes": ("graph.net", "*Vertices 3 1\n1 a\n2 b\n3 c\n*Edges\n1 2\n", "is a network of two modes"),
    "a label twice": ("graph.net", "*Vertices 2\n1 a\n2 a\n*Edges\n1 2\n", "two vertices have the label 'a'"),
    "no vertices": ("graph.net", "*Edges\n1 2\n", r"has no section \*Vertices"),
    "a damaged GML": ("graph.gml", "graph [ node [", "is no GML file that networkx can read"),
    "a label of GML twice": (
        "graph.gml",
        'graph [ node [ id 1 label "a" ] node [ id 2 label "a" ] ]',
        "is no GML file that networkx can read: .*duplicated",
    ),
    "a damaged GEXF": ("graph.gexf", "<gexf><graph>", "is no GEXF file that networkx can read"),
    "some weights only": (
        "graph.net",
        PAJEK + "*Edges\n1 2 0.5\n2 3\n",
        r"edge \('b', 'c'\): a weight must be .*, got none or NaN; pass bad_weights='drop'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused(name, write):
    file, content, message = WRONG[name]
    path = write(content, file)
    with pytest.raises(InputError, match=message) as caught:
        read_graph(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize("suffix", WRITERS)
def test_without_networkx_it_is_asked_for(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"graph.{suffix}"
    WRITERS[suffix](nx.path_graph(3), path)
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingDependencyError, match="which is not installed: pip install networkx"):
        read_graph(path)
