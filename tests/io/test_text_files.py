"""Text edge lists as they are found: every trap has a file here."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.edge_files import edges_of

from graphkit.io import load_graph, read_graph
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.text import read_text

PATH = [(1, 2), (2, 3)]
WEIGHTED = [(1, 2, 0.5), (2, 3, 2.0)]

PLAIN = {
    "blanks": "1 2\n2 3\n",
    "tabs": "1\t2\n2\t3\n",
    "commas": "1,2\n2,3\n",
    "semicolons": "1;2\n2;3\n",
    "bars": "1|2\n2|3\n",
    "several blanks": "1    2\n2  3\n",
    "tabs and blanks mixed": "1 \t2\n2\t\t 3\n",
    "blanks after commas": "1, 2\n2 ,3\n",
    "leading and trailing blanks": "  1 2  \n\t2 3\t\n",
    "carriage returns": "1 2\r\n2 3\r\n",
    "blanks before carriage returns": "1,2 \r\n2,3\t\r\n",
    "no newline at the end": "1 2\n2 3",
    "blank lines": "\n1 2\n\n  \n2 3\n\n",
    "SNAP comments": "# Directed graph\n# FromNodeId\tToNodeId\n1\t2\n2\t3\n",
    "KONECT comments": "% sym unweighted\n% 2 3 3\n1 2\n2 3\n",
    "comments in between": "1 2\n# half way\n  % and on\n2 3\n# end",
    "mark of byte order": b"\xef\xbb\xbf1 2\n2 3\n",
    "header": "source,target\n1,2\n2,3\n",
    "header with other names": "FromNodeId ToNodeId\n1 2\n2 3\n",
    "unknown header": "alpha\tbeta\n1\t2\n2\t3\n",
    "Windows-1252 in a comment": b"# caf\xe9\n1 2\n2 3\n",
    "a column of text": "1 2 friend\n2 3 foe\n",
    "a column of text with blanks": "1,2,good friend\n2,3,foe\n",
    "a column of nothing": "1,2,\n2,3,\n",
    "quotes in a column beside": '1\t2\t"x\n2\t3\ty"z\n',
    "empty dictionaries of networkx": "1 2 {}\n2 3 {}\n",
    "counts n m": "3 2\n1 2\n2 3\n",
    "counts n n m": "3 3 2\n1 2\n2 3\n",
    "counts n m below comments": "% mesh\n3 2\n1 2\n2 3\n",
    "both directions": "1 2\n2 1\n2 3\n3 2\n",
    "the same edge twice": "1 2\n1 2\n2 3\n",
    "quoted": '"1","2"\n"2","3"\n',
    "quoted with header": '"source","target"\n1,2\n2,3\n',
    "quoted between blanks": '"1" "2"\n"2" "3"\n',
    "comments among quoted rows": '"1","2"\n# c\n  \n2,3\n# d, e, f\n',
    "quoted between tabs": '"1"\t"2"\r\n"2"\t"3"\r\n',
    "ids at the end": "time,source,target\n2020,1,2\n2021,2,3\n",
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN)
def test_edges_without_weights(content, write):
    graph = read_graph(write(content))
    assert not graph.is_weighted
    assert edges_of(graph) == PATH


THREE = {
    "blanks": "1 2 0.5\n2 3 2\n",
    "tabs and exponents": "1\t2\t5e-1\n2\t3\t0.2E+1\n",
    "commas": "1,2,.5\n2,3,2.\n",
    "plus signs, which only float() takes": "1 2 +0.5\n2 3 +2\n",
    "long decimals": "1 2 0.500000000000000000000000001\n2 3 1.99999999999999999999999999\n",
    "header": "source,target,weight\n1,2,0.5\n2,3,2\n",
    "header in another order": "weight,target,source\n0.5,2,1\n2,3,2\n",
    "header without known names": "a,b,strength of tie\n1,2,0.5\n2,3,2\n",
    "four columns with header": "source,target,year,weight\n1,2,1999,0.5\n2,3,2000,2\n",
    "four columns without header": "1 2 0.5 1082040961\n2 3 2 1082155839\n",
    "counts n n m": "3 3 2\n1 2 0.5\n2 3 2\n",
    "counts n m": "3 2\n1 2 0.5\n2 3 2\n",
    "both directions": "1 2 0.5\n2 1 0.5\n2 3 2\n3 2 2\n",
    "quoted": '1,2,"0.5"\n2,3,"2"\n',
    "quoted ids between blanks": '"1" "2" 0.5\n"2" "3" 2\n',
    "quoted plus signs": '1,2,"+0.5"\n2,3,"+2"\n',
}


@pytest.mark.parametrize("content", THREE.values(), ids=THREE)
def test_edges_with_weights(content, write):
    graph = read_graph(write(content))
    assert edges_of(graph) == WEIGHTED


STRINGS = {
    "blanks": ("ann bob\nbob eve\n", {}),
    "names with blanks between tabs": ("New York\tLos Angeles\nLos Angeles\tSão Paulo\n", {}),
    "names with blanks between commas": ("New York,Los Angeles\r\nLos Angeles , São Paulo\r\n", {}),
    "quoted names with commas": ('"York, New","Angeles, Los"\n"Angeles, Los","x"\n', {}),
    "doubled quotes": ('"5"" disk",b\nb,c\n', {}),
    "a newline within quotes": ('"a\nb",c\nc,d\n', {}),
    "quotes that come late": ("a,b\n" * 300 + '"x, y",b\n', {}),
    "quotes between tabs are characters": ('"Weird" Al\tb"\nb"\tc\n', {}),
    "numbers with zeros in front": ("007 008\n008 7\n", {}),
    "numbers beyond 64 bits": ("99999999999999999999 1\n1 2\n", {}),
    "numbers taken as text": ("1 2\n2 3\n", {"id_type": "string"}),
    "decimal numbers taken as text": ("1.0 2.0\n2.0 3.0\n", {"id_type": "string"}),
    "an odd number of quotes": ('a,"b"\n5" disk,c\n', {}),
    "header": ("source\ttarget\na\tb\nb\tc\n", {}),
    "header over weights": ("x,y,w\na,b,1\nb,c,2\n", {}),
    "comments": ("# x y\na b\n% no\nb c\n", {}),
    "comments that are ids": ("#a #b\n#b %c\n", {"comments": ""}),
}

EXPECTED = {
    "blanks": ["ann", "bob", "eve"],
    "names with blanks between tabs": ["New York", "Los Angeles", "São Paulo"],
    "names with blanks between commas": ["New York", "Los Angeles", "São Paulo"],
    "quoted names with commas": ["York, New", "Angeles, Los", "x"],
    "doubled quotes": ['5" disk', "b", "c"],
    "a newline within quotes": ["a\nb", "c", "d"],
    "quotes that come late": ["a", "b", "x, y"],
    "quotes between tabs are characters": ['"Weird" Al', 'b"', "c"],
    "numbers with zeros in front": ["007", "008", "7"],
    "numbers beyond 64 bits": ["99999999999999999999", "1", "2"],
    "numbers taken as text": ["1", "2", "3"],
    "decimal numbers taken as text": ["1.0", "2.0", "3.0"],
    "an odd number of quotes": ["a", "b", '5" disk', "c"],
    "header": ["a", "b", "c"],
    "header over weights": ["a", "b", "c"],
    "comments": ["a", "b", "c"],
    "comments that are ids": ["#a", "#b", "%c"],
}


@pytest.mark.parametrize("name", STRINGS)
def test_string_ids_by_first_appearance(name, write):
    content, options = STRINGS[name]
    assert read_graph(write(content), **options).node_ids.tolist() == EXPECTED[name]


def test_newlines_within_quotes_at_any_place_of_a_large_file(write):
    rows = [f'"{number}\n{number}",b\n' for number in range(150_000)]
    assert read_graph(write("".join(rows))).num_nodes == 150_001


@pytest.mark.parametrize(
    "ids", [[-5, 3, 100], [-(2**63), 0, 2**63 - 1], [0, 2**40, 2**41], [10**17, 10**18, 9 * 10**18]]
)
def test_any_int64_is_an_id(ids, write):
    a, b, c = ids
    graph = read_graph(write(f"{c} {a}\n{a} {b}\n"))
    assert graph.node_ids.dtype == np.int64
    assert graph.node_ids.tolist() == ids


def test_numbers_with_zeros_in_front_may_be_asked_for(write):
    assert read_graph(write("007 +8\n8 9\n"), id_type="int").node_ids.tolist() == [7, 8, 9]
    assert read_graph(write('"007","+8"\n8,9\n'), id_type="int").node_ids.tolist() == [7, 8, 9]


CHOSEN = [
    ("a b 1 2\nc d 3 4\n", {"columns": (3, 4)}, [(1, 2), (3, 4)]),
    ("s,x,y,t\n1,9,9,2\n3,9,9,4\n", {"columns": ("s", "t")}, [(1, 2), (3, 4)]),
    ("s,x,y,t\n1,9,7,2\n3,9,9,4\n", {"columns": ("s", "t"), "weights": "y"}, [(1, 2, 7.0), (3, 4, 9.0)]),
    ("1 2 9 7\n3 4 9 9\n", {"weights": 4}, [(1, 2, 7.0), (3, 4, 9.0)]),
    ("1 2 9 7\n3 4 9 9\n", {"weights": "4"}, [(1, 2, 7.0), (3, 4, 9.0)]),
    ("1 2 9\n3 4 9\n", {"weights": None}, [(1, 2), (3, 4)]),
    ("1 2 1082040961\n3 4 1082155839\n", {"weights": None}, [(1, 2), (3, 4)]),
    ("1,2;3,4\n5,6;7,8\n", {"delimiter": ";", "id_type": "string"}, [("1,2", "3,4"), ("5,6", "7,8")]),
    ("1:2\n3:4\n", {"delimiter": ":"}, [(1, 2), (3, 4)]),
    ("a b,c\n", {"delimiter": " "}, [("a", "b,c")]),
    ("! x\n1 2\n! y\n3 4\n", {"comments": "!"}, [(1, 2), (3, 4)]),
]


@pytest.mark.parametrize(("content", "options", "edges"), CHOSEN)
def test_what_the_caller_chooses(content, options, edges, write):
    assert edges_of(read_graph(write(content), **options)) == edges


def test_directed_edges_keep_their_direction(write):
    graph = read_graph(write("2 1\n2 3\n3 2\n"), directed=True)
    assert graph.directed
    assert edges_of(graph) == [(2, 1), (2, 3), (3, 2)]


@pytest.mark.parametrize(
    ("content", "edges"),
    [
        ("2 3\n0 1\n1 2\n", [(0, 1), (1, 2), (2, 3)]),
        ("4 2\n0 1\n1 4\n", [(0, 1), (1, 4), (2, 4)]),
        ("3 2 2\n1 2 1\n2 3 1\n", [(1, 2, 1.0), (2, 3, 3.0)]),
        ("5 2\n0 5\n0 1\n", [(0, 1), (0, 5), (2, 5)]),
    ],
    ids=["m is wrong", "n is an id of 0-based ids", "n n m with two different n", "n is too small"],
)
def test_a_first_row_is_an_edge_unless_it_counts(content, edges, write):
    assert edges_of(read_graph(write(content))) == edges


def test_counts_may_speak_of_isolated_nodes(write):
    loaded = load_graph(write("9 2\n1 2\n2 3\n"))
    assert edges_of(loaded.graph) == PATH
    assert "first line '9 2' read as counts of nodes and edges, not as an edge" in str(loaded.report)


ROWS = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 999)), min_size=3, max_size=30
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(ROWS, st.sampled_from(["\t", ",", ";", "  "]), st.sampled_from(["\n", "\r\n", " \n\n"]), st.booleans())
def test_written_rows_come_back(tmp_path_factory, rows, delimiter, newline, weighted):
    path = tmp_path_factory.mktemp("rows") / "edges.txt"
    lines = [delimiter.join(map(str, row if weighted else row[:2])) for row in rows]
    path.write_bytes((newline.join(lines) + newline).encode())
    table = read_text(Source(path), ReadOptions())
    assert table.source.tolist() == [row[0] for row in rows]
    assert table.target.tolist() == [row[1] for row in rows]
    assert (table.weights is None) != weighted
    if weighted:
        assert table.weights.tolist() == [row[2] for row in rows]


@pytest.mark.parametrize("num_threads", ["1", "2", "5"])
@pytest.mark.parametrize("as_text", [False, True])
def test_a_file_of_several_ranges_with_gaps_reads_as_one(num_threads, as_text, write, monkeypatch):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", num_threads)
    rng = np.random.default_rng(1)
    edges = rng.integers(0, 10**9, (60_000, 2))
    lines = [
        f"{'x' * as_text}{a} {'x' * as_text}{b}" + "\n# gap\n\n" * (a % 17 == 0) for a, b in edges.tolist()
    ]
    table = read_text(Source(write("\n".join(lines))), ReadOptions())
    expected = [[f"{'x' * as_text}{a}" for a in column] for column in edges.T.tolist()]
    read = [
        column.to_pylist() if as_text else list(map(str, column)) for column in (table.source, table.target)
    ]
    assert read == expected
