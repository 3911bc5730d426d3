"""Adjacency lists."""

import networkx
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import load_graph, read_graph

FILES = {
    "numbers": ("# c\n3 1 2\n1 2\n9\n2\n", {}, [1, 2, 3, 9], [(1, 2), (1, 3), (2, 3)]),
    "strings": ("# c\nc a b\n\na b\nz\nb\n", {}, ["c", "a", "b", "z"], [("a", "b"), ("c", "a"), ("c", "b")]),
    "numbers as text": (
        "3 1 2\n1 2\n",
        {"id_type": "string"},
        ["3", "1", "2"],
        [("1", "2"), ("3", "1"), ("3", "2")],
    ),
    "names with blanks": (
        "new york\tparis\tnice\n",
        {"delimiter": "\t"},
        ["new york", "paris", "nice"],
        [("new york", "nice"), ("new york", "paris")],
    ),
    "carriage returns": ("1 2\r\n2\r\n", {}, [1, 2], [(1, 2)]),
    "both directions": ("1 2\n2 1\n", {}, [1, 2], [(1, 2)]),
    "comments of another kind": ("! c\n1 2\n", {"comments": "!"}, [1, 2], [(1, 2)]),
    "one line": ("5", {}, [5], []),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name, write):
    content, options, ids, edges = FILES[name]
    graph = read_graph(write(content, "a.adjlist"), **options)
    assert graph.node_ids.tolist() == ids
    assert edges_of(graph) == edges


def test_directed(write):
    assert edges_of(read_graph(write("1 2\n2 1 3\n", "a.adjlist"), directed=True)) == [(1, 2), (2, 1), (2, 3)]


def test_what_networkx_writes(tmp_path):
    graph = networkx.karate_club_graph()
    networkx.write_adjlist(graph, tmp_path / "a.adjlist")
    assert edges_of(read_graph(tmp_path / "a.adjlist")) == sorted(tuple(sorted(edge)) for edge in graph.edges)


@pytest.mark.parametrize("ids", ["1 2\n# c\n\n2 3\n% d\n", "a b\n# c\n\nb c\n% d"])
def test_comments_amid_lines_are_counted(ids, write):
    report = str(load_graph(write("# head\n\n# of two lines\n" + ids, "a.adjlist")).report)
    assert "comment lines amid the rows passed over: 2;" in report


WRONG = {
    "text": ("1 2\n# c\n2 x\n", {}, 3, "expected whole numbers, got '2 x'"),
    "decimal": (
        "1.5 2\n",
        {},
        1,
        "ids look like decimal numbers (1.5); write them as whole numbers, or pass "
        "id_type='string' to take them as text",
    ),
    "Windows-1252": (
        "a b\ncaf\xe9 b\n".encode("cp1252"),
        {},
        2,
        "the byte 0xE9 is not UTF-8 text; convert the file, for instance with: iconv -f "
        "WINDOWS-1252 -t UTF-8 FILE > NEW",
    ),
    "only comments": (
        "# c\n",
        {},
        None,
        "holds no edges, only comments or blank lines; "
        "pass comments='' if lines that begin with '#%' are edges",
    ),
    "numbers between commas": (
        "1,2\n",
        {"delimiter": ","},
        None,
        "whole numbers in an adjacency list must be separated by blanks",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, options, line, text = WRONG[name]
    path = write(content, "a.adjlist")
    with pytest.raises(InputError) as caught:
        read_graph(path, **options)
    assert str(caught.value) == (f"{path}, line {line}: {text}" if line else f"{path}: {text}")


def test_an_adjacency_list_has_no_weights(write):
    with pytest.raises(ParameterError, match="weights must be 'auto' or None for the format adjlist"):
        read_graph(write("1 2\n", "a.adjlist"), weights="w")
