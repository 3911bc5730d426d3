"""Delimiters, headers, comments and lists of all readers of tables: the traps of files that people have."""

import csv
import io

import numpy as np
import pytest

from graphkit.embedding import Embedding
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.graph.node_ids import STRING
from graphkit.io import load_graph, read_attributes, read_features, read_graph, read_labels, read_node_list

PEOPLE = np.array(["ann", "bob", "eve"], dtype=STRING)
CITIES = np.array(["Los Angeles", "New York"], dtype=STRING)
HASHTAGS = np.array(["#python", "#data", "julia"], dtype=STRING)


def labels_of(path, node_ids, **options):
    """{node: its labels}."""
    labels, names = read_labels(path, node_ids, **options)
    return {
        node: [names[column] for column in np.flatnonzero(row)]
        for node, row in zip(node_ids.tolist(), labels.toarray(), strict=True)
        if row.any()
    }


DELIMITED = {
    "a comma within tabs": (
        "ann\tParis, France\nbob\tRome, Italy\n",
        {"ann": ["Paris, France"], "bob": ["Rome, Italy"]},
    ),
    "a comma within bars": ("ann|Paris, France\nbob|Rome\n", {"ann": ["Paris, France"], "bob": ["Rome"]}),
    "a semicolon within commas": ("ann,a;b\nbob,c;d\n", {"ann": ["a;b"], "bob": ["c;d"]}),
    "a comma within semicolons": ("ann;red,blue\nbob;red\n", {"ann": ["blue", "red"], "bob": ["red"]}),
    "a blank after commas": ("ann, red\nbob, blue\n", {"ann": ["red"], "bob": ["blue"]}),
    "a node without a label": ("ann\tParis, France\nbob\n", {"ann": ["Paris, France"]}),
    "one label a cell": ("ann\tred,blue\n", {"ann": ["red,blue"]}, ""),
    "a separator": ("ann\tGO:1;GO:2\nbob\tGO:2\n", {"ann": ["GO:1", "GO:2"], "bob": ["GO:2"]}, ";"),
    "a comma asked for": ("ann\tred, blue\n", {"ann": ["blue", "red"]}, ","),
}


@pytest.mark.parametrize("name", DELIMITED)
def test_one_delimiter_holds_for_a_file_of_labels(name, write):
    content, expected, *separator = DELIMITED[name]
    options = {"separator": separator[0]} if separator else {}
    assert labels_of(write(content, "labels.txt"), PEOPLE, **options) == expected


def test_names_with_blanks_are_found_by_the_nodes(write):
    expected = {"Los Angeles": ["west"], "New York": ["east"]}
    for content in ("Los Angeles,west\nNew York,east\n", "Los Angeles;west\nNew York;east\n"):
        assert labels_of(write(content, "labels.txt"), CITIES) == expected
    columns, _ = read_attributes(write("Los Angeles,3\nNew York,8\n", "a.txt"), CITIES)
    assert columns["column 2"].tolist() == [3, 8]
    assert read_features(write("New York;8\nLos Angeles;3\n", "f.txt"), CITIES).tolist() == [[3], [8]]


def test_commas_that_may_be_both_are_asked_for(write):
    path = write("ann\tParis, France\nbob\tred,blue\n")
    with pytest.raises(
        InputError, match=r"line 1: .*'Paris, France'.*'red,blue'.*separator=',' if .* separator=''"
    ):
        read_labels(path, PEOPLE)


def test_a_separator_takes_cells_of_tables_apart(tmp_path):
    import polars as pl

    pl.DataFrame({"id": ["ann"], "label": ["GO:1;GO:2"]}).write_parquet(tmp_path / "a.parquet")
    assert labels_of(tmp_path / "a.parquet", PEOPLE) == {"ann": ["GO:1;GO:2"]}
    assert labels_of(tmp_path / "a.parquet", PEOPLE, separator=";") == {"ann": ["GO:1", "GO:2"]}
    with pytest.raises(ParameterError, match=r"separator must be one character, '' or None, got '; '"):
        read_labels(tmp_path / "a.parquet", PEOPLE, separator="; ")


def test_labels_nearly_as_many_as_nodes_are_warned_of(write):
    nodes = np.arange(40)
    own = write("".join(f"{node}\tGO:{node};GO:1\n" for node in nodes))
    with pytest.warns(
        GraphkitWarning, match=r"40 different labels of 40 nodes; pass separator=';' if .*'GO:0;GO:1'"
    ):
        read_labels(own, nodes)
    labels, _ = read_labels(write("".join(f"{node}\t{node % 20}\n" for node in nodes)), nodes)
    assert labels.shape == (40, 20)
    with pytest.warns(GraphkitWarning, match="pass column=NAME"):
        read_labels(write("".join(f"{node}\tx{node}\n" for node in nodes)), nodes)


HEADERS = {
    "an unknown name": ("protein\tgo_term\nann\tred\nbob\tred\n", True),
    "a usual name": ("id\tkind\nann\tred\n", True),
    "none": ("ann\tred\nbob\tblue\n", False),
    "a node with a usual name": ("name\tred\nann\tblue\n", False),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_first_row_that_is_no_node_is_a_header(name, write):
    nodes = np.array(["ann", "bob", "name"], dtype=STRING)
    content, is_header = HEADERS[name]
    expected = {}
    for node, label in list(csv.reader(io.StringIO(content), delimiter="\t"))[is_header:]:
        expected[node] = [label]
    assert labels_of(write(content), nodes) == expected
    columns, num_unknown = read_attributes(write(content), nodes)
    assert list(columns) == [content.split("\n")[0].split("\t")[1] if is_header else "column 2"]
    assert num_unknown == 0


def test_a_first_row_whose_cells_come_again_is_a_row_of_an_unknown_node(write):
    path = write("anne\tred\nbob\tred\n")
    with pytest.raises(InputError, match="line 1: no node has the id 'anne'; did you mean 'ann'"):
        read_labels(path, PEOPLE)
    with pytest.raises(InputError, match="line 1: no node has the id 99"):
        read_labels(write("99\tred\n1\tblue\n"), np.arange(3))


def test_a_header_of_features_and_of_sources(write):
    assert read_features(write("gene,x\nann,1\nbob,2\neve,3\n"), PEOPLE).tolist() == [[1], [2], [3]]
    path = write("gene\nann\nbob\n")
    assert read_node_list(path, known=PEOPLE).tolist() == ["ann", "bob"]
    assert read_node_list(path).tolist() == ["gene", "ann", "bob"]


def test_a_list_of_known_nodes_has_their_kind(write):
    path = write("1\n2\n")
    assert read_node_list(path, known=np.array(["1", "2"], dtype=STRING)).tolist() == ["1", "2"]
    assert read_node_list(path, known=np.arange(3)).tolist() == [1, 2]


def test_fields_beyond_what_csv_takes_are_refused(write):
    with pytest.raises(InputError, match="cannot be read as CSV: field larger than field limit"):
        read_labels(write(f'ann,"{"x" * 140_000}"\n'), PEOPLE)


def test_rows_that_begin_as_comments_are_rows_of_nodes(write):
    content = "# by hand\n#python\tlanguage\n#no node\n#data\tfield\njulia\tlanguage\n% end\n"
    notes = []
    expected = {"#python": ["language"], "#data": ["field"], "julia": ["language"]}
    assert labels_of(write(content), HASHTAGS, note=notes.append) == expected
    assert any("comment lines amid the rows passed over: 2" in note for note in notes)
    columns, _ = read_attributes(write(content.replace("#no node\n", "")), HASHTAGS)
    assert columns["column 2"].tolist() == ["language", "field", "language"]
    assert read_features(write("#python 1\n#data 2\njulia 3\n"), HASHTAGS).tolist() == [[1], [2], [3]]
    assert read_node_list(write("#python\njulia\n#data\n"), known=HASHTAGS).tolist() == [
        "#python",
        "julia",
        "#data",
    ]


def test_comments_in_a_list_of_nodes_are_counted_or_not_looked_for(write):
    notes = []
    path = write("# head\njulia\n#python\n")
    assert read_node_list(path, note=notes.append).tolist() == ["julia"]
    assert f"{path}: comment lines amid the rows passed over: 1" in notes
    assert read_node_list(write("julia\n#python\n"), comments="").tolist() == ["julia", "#python"]
    notes.clear()
    assert read_node_list(write("# head\n7\n# amid\n5\n"), note=notes.append).tolist() == [7, 5]
    assert notes == [f"{path}: comment lines passed over: 2"]
    graph = read_graph(write("#a #b\n"), comments="", nodes=write("#b\n#a\n", "nodes.txt"))
    assert graph.node_ids.tolist() == ["#b", "#a"]


LISTS = {
    "blanks": ("Los Angeles\nNew York\nRome\n", ["Los Angeles", "New York", "Rome"]),
    "blanks in each": ("Los Angeles\nNew York\n", ["Los Angeles", "New York"]),
    "numbers and words": ("12 Angry Men\n101 Dalmatians\n", ["12 Angry Men", "101 Dalmatians"]),
    "commas": ("Paris, France\nRome, Italy\n", ["Paris, France", "Rome, Italy"]),
    "some commas": ("Paris, France\nRome\n", ["Paris, France", "Rome"]),
    "quotes": ('"Los Angeles"\n"say ""hi"""\n', ["Los Angeles", 'say "hi"']),
    "tabs": ("Los Angeles\tUSA\nRome\tItaly\n", ["Los Angeles", "Rome"]),
    "columns with a header": ("id, land\nLos Angeles, USA\n", ["Los Angeles"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_one_a_line_is_one_a_line(name, write):
    content, ids = LISTS[name]
    assert read_node_list(write(content, "nodes.txt")).tolist() == ids


def test_how_a_list_was_read_is_in_the_summary(write):
    nodes = write("New York\nLos Angeles\n", "nodes.txt")
    report = str(load_graph(write("New York\tLos Angeles\n"), nodes=nodes).report)
    assert f"{nodes}: one a line, no header" in report
    assert read_node_list(write("a,b\nc,d\n"), delimiter="").tolist() == ["a,b", "c,d"]


def test_decimal_commas_beside_nodes(write):
    columns, _ = read_attributes(write("ann;0,5;1,234\nbob;2;5,678\neve;;9\n"), PEOPLE)
    assert np.array_equal(columns["column 2"], [0.5, 2, np.nan], equal_nan=True)
    # One thousand and more, or one and a bit: text, which loses nothing.
    assert columns["column 3"].tolist() == ["1,234", "5,678", "9"]
    assert read_features(write("ann;0,5\nbob;2\neve;-1,25\n"), PEOPLE).tolist() == [[0.5], [2], [-1.25]]
    with pytest.raises(InputError, match="line 1: expected a number in column 2, got '1,234'"):
        read_features(write("ann;1,234\nbob;2\neve;1\n"), PEOPLE)


VECTORS = {
    "no header": ("ann,0.5,1\nbob,2,-3e-1\n", "emb.csv"),
    "header": ("id,v0,v1\nann,0.5,1\nbob,2,-3e-1\n", "emb.csv"),
    "header of pandas": (",0,1\nann,0.5,1\nbob,2,-3e-1\n", "emb.csv"),
    "header of pandas with a name": ("id,0,1\nann,0.5,1\nbob,2,-3e-1\n", "emb.csv"),
    "unknown header": ("gene,x,y\nann,0.5,1\nbob,2,-3e-1\n", "emb.csv"),
    "tabs, no header": ("ann\t0.5\t1\nbob\t2\t-3e-1\n", "emb.tsv"),
    "semicolons and decimal commas": ("id;x;y\nann;0,5;1\nbob;2;-0,3\n", "emb.csv"),
    "semicolons, no header": ("ann;0.5;1\nbob;2;-0.3\n", "emb.csv"),
    "mark of byte order": ("\ufeffann,0.5,1\nbob,2,-0.3\n", "emb.csv"),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_lose_no_row_to_a_header_that_is_none(name, write):
    content, file = VECTORS[name]
    read = Embedding.load(write(content, file))
    assert read.node_ids.tolist() == ["ann", "bob"]
    assert read.vectors.tolist() == np.float32([[0.5, 1], [2, -0.3]]).tolist()


def test_vectors_of_whole_numbers_without_a_header(write):
    read = Embedding.load(write("7,0,1\n9,2,3\n", "emb.csv"))
    assert (read.node_ids.tolist(), read.vectors.tolist()) == ([7, 9], [[0, 1], [2, 3]])
    with pytest.raises(InputError, match=r"emb\.csv, line 1: expected a number, found 'x'"):
        Embedding.load(write("ann,x\n", "emb.csv"))
