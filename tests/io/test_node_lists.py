"""Lists of nodes."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from graphkit.errors import InputError
from graphkit.io import read_node_list

FILES = {
    "numbers": ("3\n1\n-2\n", {}, [3, 1, -2]),
    "comments, blank lines, carriage returns": ("# c\r\n3\r\n\r\n% d\r\n1", {}, [3, 1]),
    "strings": ("b\na b\nc\n", {"delimiter": "\t"}, ["b", "a b", "c"]),
    "header": ("id\n3\n1\n", {}, [3, 1]),
    "unknown header": ("town\n3\n1\n", {}, [3, 1]),
    "CSV": ("id,name\n3,x\n1,y\n", {}, [3, 1]),
    "a chosen column": ("id,name\n3,x\n1,y\n", {"column": "name"}, ["x", "y"]),
    "a chosen number": ("3 x\n1 y\n", {"column": 2}, ["x", "y"]),
    "quoted": ('"a, b",1\nc,2\n', {}, ["a, b", "c"]),
    "zeros in front": ("007\n7\n", {}, ["007", "7"]),
    "compressed": (gzip.compress(b"3\n1\n"), {}, [3, 1]),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name, write):
    content, options, ids = FILES[name]
    assert read_node_list(write(content, "nodes.txt"), **options).tolist() == ids


@pytest.mark.parametrize("ids", [[3, 1, 2], ["b", "a", "é"]])
def test_binary_files(ids, tmp_path):
    np.save(tmp_path / "a.npy", np.array(ids))
    assert read_node_list(tmp_path / "a.npy").tolist() == ids
    pyarrow.parquet.write_table(pa.table({"x": [9, 9, 9], "id": ids}), tmp_path / "a.parquet")
    assert read_node_list(tmp_path / "a.parquet", column="id").tolist() == ids
    assert read_node_list(tmp_path / "a.parquet", column=2).tolist() == ids


WRONG = {
    "twice": ("3\n1\n3\n", {}, None, "node id 3 appears more than once"),
    "text after numbers": (
        "3\n1\nx\n",
        {},
        3,
        "expected a whole number as node id, as in the first rows, got 'x'; pass id_type='string' "
        "to take ids as "
        "text",
    ),
    "a short row": ("3,x\n4,\n", {"column": 2}, 2, "the node id is missing"),
    "nothing": ("# c\n", {}, None, "holds no node ids"),
    "only a header": ("id\n", {}, None, "holds no node ids"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, options, line, text = WRONG[name]
    path = write(content)
    with pytest.raises(InputError) as caught:
        read_node_list(path, **options)
    assert str(caught.value) == (f"{path}, line {line}: {text}" if line else f"{path}: {text}")


def test_pickles_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array(["a", 1], dtype=object))
    with pytest.raises(InputError, match="holds Python objects, which only unsafe pickles can carry"):
        read_node_list(tmp_path / "a.npy")
