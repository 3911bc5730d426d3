"""The report on what was found, in full."""

from graphkit.graph.graph import Graph
from graphkit.io import load_graph


def report_of(path, **options):
    """The report without the path."""
    return str(load_graph(path, **options).report).replace(str(path), "FILE").split("\n  ")


def test_a_plain_file(write):
    assert report_of(write("1 2\n2 3\n")) == [
        "FILE: text, columns separated by blanks",
        "no header",
        "rows: 2",
        "graph: 3 nodes (ids 1 to 3), 2 edges, undirected, unweighted",
    ]


def test_a_table_with_everything(write):
    content = "from,to,when,weight\n1,2,x,0.5\n2,1,y,1\n3,3,z,4\n5,6,z,2\n7,7,z,0\n"
    assert report_of(write(content), bad_weights="drop", nodes=[1, 2, 3, 5, 6, 7, 8]) == [
        "FILE: text, columns separated by commas",
        "header: from, to, when, weight",
        "weight: column 'weight'",
        "columns not used: 'when'",
        "rows: 5",
        "rows left out for their weight (missing, zero, negative or not finite): 1",
        "repeated edges merged, in either direction: 1",
        "self-loops: 1 kept",
        "graph: 7 nodes (ids 1 to 8), 3 edges, undirected, weights 1.5 to 4",
        "isolated nodes: 2",
    ]


def test_both_directions(write):
    assert report_of(write("a\tb\t2\nb\ta\t2\n")) == [
        "FILE: text, columns separated by tabs",
        "no header",
        "weight: column 3",
        "rows: 2",
        "each edge listed in both directions, taken once",
        "graph: 2 nodes (string ids), 1 edges, undirected, weights 2 to 2",
    ]


def test_directed(write):
    assert report_of(write("1 2\n1 2\n2 1\n9 9\n"), directed=True) == [
        "FILE: text, columns separated by blanks",
        "no header",
        "rows: 4",
        "repeated edges merged: 1",
        "self-loops: 1 kept",
        "graph: 3 nodes (ids 1 to 9), 3 edges, directed, unweighted",
    ]


def test_components_are_found_when_they_are_asked_for(write, monkeypatch):
    report = load_graph(write("1 2\n2 3\n9 9\n"), nodes=[1, 2, 3, 8, 9]).report
    with monkeypatch.context() as patched:
        patched.delattr(Graph, "connected_components")
        assert "components:" not in str(report)
    assert report.component_line() == "components: 3, the largest of 3 nodes"
    assert load_graph(write("1 2\n")).report.component_line() == "components: 1"
