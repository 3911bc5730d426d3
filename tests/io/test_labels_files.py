"""Labels of nodes."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.io
import scipy.sparse

from graphkit.errors import InputError, ParameterError
from graphkit.graph.node_ids import STRING
from graphkit.io import read_labels

NUMBERS = np.array([30, 10, 20])
NAMES = np.array(["bob", "ann", "new york"], dtype=STRING)


def by_node(path, node_ids, **options):
    """{node: its labels}, and the names of all labels."""
    labels, names = read_labels(path, node_ids, **options)
    assert labels.dtype == np.bool_
    assert labels.shape == (len(node_ids), len(names))
    dense = labels.toarray()
    found = {node: [names[c] for c in np.flatnonzero(dense[r])] for r, node in enumerate(node_ids.tolist())}
    return {node: labels for node, labels in found.items() if labels}, names


EXPECTED = {10: ["1"], 20: ["2", "10"], 30: ["1"]}

FILES = {
    "one row a label": ("10 1\n20 2\n20 10\n30 1\n", {}),
    "several columns": ("10 1\n20 2 10\n30 1\n", {}),
    "a list in a field": ("10\t1\n20\t2,10\n30\t1\n", {}),
    "a list in a field between blanks": ("10 1\n20 10,2\n30 1\n", {}),
    "another separator": ("10 1\n20 2|10\n30 1\n", {"separator": "|"}),
    "CSV, several columns": ("10,1\n20,2,10\n30,1,\n", {}),
    "CSV with a header": ("id,target\n10,1\n20,2\n20,10\n30,1\n", {}),
    "CSV with an unknown header": ("who,what\n10,1\n20,2\n20,10\n30,1\n", {}),
    "CSV with a column of labels": ("id,name,label\n10,x,1\n20,y,2\n20,y,10\n30,z,1\n", {}),
    "a chosen column": ("id,name,kind\n10,x,1\n20,y,2\n20,y,10\n30,z,1\n", {"column": "kind"}),
    "a chosen number": ("10 x 1\n20 y 2,10\n30 z 1\n", {"column": 3}),
    "comments and carriage returns": ("# c\r\n10 1\r\n\r\n% d\r\n20 2 10\r\n30 1\r\n", {}),
    "the same label twice": ("10 1\n10 1\n20 2 10\n30 1\n", {}),
    "a mark of byte order": (b"\xef\xbb\xbf10 1\n20 2 10\n30 1\n", {}),
}


@pytest.mark.parametrize("name", FILES)
def test_labels_of_numbers(name, write):
    content, options = FILES[name]
    assert by_node(write(content, "labels.txt"), NUMBERS, **options) == (EXPECTED, ["1", "2", "10"])


def test_labels_of_names(write):
    expected = {"ann": ["red"], "new york": ["blue", "red"]}, ["blue", "red"]
    assert by_node(write("ann\tred\nnew york\tblue,red\n"), NAMES) == expected
    assert by_node(write("node,label\nann,red\nnew york,blue\nnew york,red\n", "a.csv"), NAMES) == expected
    assert by_node(write('ann,red\n"new york",blue\nnew york,red\n', "b.csv"), NAMES) == expected
    assert (
        by_node(write(gzip.compress(b"ann;red\nnew york;blue,red\n"), "c.csv.gz"), NAMES, delimiter=";")
        == expected
    )


def test_a_label_in_a_csv_file_may_hold_a_comma(write):
    path = write('ann,"theory, neural"\n', "a.csv")
    assert by_node(path, NAMES) == ({"ann": ["theory, neural"]}, ["theory, neural"])


def test_plain_arrays_of_strings_are_node_ids(write):
    labels, names = read_labels(write("b x\n"), np.array(["a", "b"]))
    assert (labels.toarray().tolist(), names) == ([[False], [True]], ["x"])


def test_unknown_nodes(write):
    path = write("# c\n10 1\n99 1\n\n98 2\n")
    with pytest.raises(InputError) as caught:
        read_labels(path, NUMBERS)
    assert str(caught.value) == (
        f"{path}, line 3: no node has the id 99 (nor 1 more); pass unknown='ignore' to leave such rows out"
    )
    assert by_node(path, NUMBERS, unknown="ignore") == ({10: ["1"]}, ["1"])
    with pytest.raises(InputError, match="line 1: no node has the id 'anne'; did you mean 'ann'"):
        read_labels(write("anne red\n"), NAMES)
    with pytest.raises(ParameterError, match="unknown unknown 'drop'; possible: error, ignore"):
        read_labels(path, NUMBERS, unknown="drop")


WRONG = {
    "text as an id": ("10 1\nx 2\n", {}, 2, "expected a whole number as node id, as in the graph, got 'x'"),
    "one column": ("10\n20\n", {}, 1, "expected a node id and a label, found one column: '10'"),
    "which column": (
        "id,a,b\n10,1,2\n",
        {},
        None,
        "which column holds the labels? There are: id, a, b; pass column=NAME",
    ),
    "no such column": (
        "id,a\n10,1\n",
        {"column": "b"},
        None,
        "no column is called 'b' (column); there are: id, a",
    ),
    "a short row": ("10 x 1\n20\n", {"column": 3}, 2, "expected at least 3 columns, found 1"),
    "nothing": ("# c\n\n", {}, None, "holds nothing but comments or blank lines"),
    "Windows-1252": (
        "10 a\n20 caf\xe9\n".encode("cp1252"),
        {},
        2,
        "the byte 0xE9 is not UTF-8 text; convert the file, for instance with: iconv -f "
        "WINDOWS-1252 -t UTF-8 FILE > "
        "NEW",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, options, line, text = WRONG[name]
    path = write(content)
    with pytest.raises(InputError) as caught:
        read_labels(path, NUMBERS, **options)
    assert str(caught.value) == (f"{path}, line {line}: {text}" if line else f"{path}: {text}")


def test_tables(tmp_path):
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pa.table({"id": [20, 10], "x": [0, 0], "label": ["b", None]}), path)
    assert by_node(path, NUMBERS) == ({20: ["b"]}, ["b"])
    pyarrow.parquet.write_table(pa.table({"id": ["ann", "bob"], "what": [[1, 2], []]}), path)
    assert by_node(path, NAMES) == ({"ann": ["1", "2"]}, ["1", "2"])
    pyarrow.parquet.write_table(pa.table({"id": [20, 99], "label": ["b", "c"]}), path)
    with pytest.raises(InputError, match=r"row 1 \(counted from 0\): no node has the id 99"):
        read_labels(path, NUMBERS)


def test_matlab_groups(tmp_path):
    path = tmp_path / "a.mat"
    groups = scipy.sparse.csc_array(np.array([[1, 0], [0, 0], [1, 1]]))
    scipy.io.savemat(path, {"group": groups, "other": groups[:2]})
    assert by_node(path, np.array([2, 0, 1])) == ({2: ["0", "1"], 0: ["0"]}, ["0", "1"])
    with pytest.raises(InputError, match="row 2: no node has the id 2; pass unknown='ignore'"):
        read_labels(path, np.arange(2))
    labels, _ = read_labels(path, np.arange(2), unknown="ignore")
    assert labels.nnz == 1
    labels, _ = read_labels(path, np.arange(2), mat_group="other")
    assert labels.shape == (2, 2)
    with pytest.raises(
        InputError, match=r"no variable is called 'groups' \(mat_group\); there are: group, other"
    ):
        read_labels(path, np.arange(3), mat_group="groups")
