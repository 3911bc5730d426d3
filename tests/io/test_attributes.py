"""Attributes of nodes: types, order, missing values, ids, formats, and what is refused."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING
from graphkit.io import read_attributes

TEXT = "id,age,weight,town,code\nc,3,0.5,Rome,007x\na,1,2e3,,x\nb,2,,Oslo,y\n"


def read(tmp_path, text, ids=("a", "b", "c"), name="table.csv"):
    path = tmp_path / name
    path.write_text(text)
    return read_attributes(path, np.array(ids))


def test_columns_have_the_type_of_their_values(tmp_path):
    columns, num_unknown = read(tmp_path, TEXT)
    assert list(columns) == ["age", "weight", "town", "code"]
    assert columns["age"].dtype == np.int64
    assert columns["age"].tolist() == [1, 2, 3]
    assert np.array_equal(columns["weight"], [2000, np.nan, 0.5], equal_nan=True)
    assert columns["town"].dtype == STRING
    assert columns["town"].tolist() == ["", "Oslo", "Rome"]
    assert columns["code"].tolist() == ["x", "y", "007x"]
    assert num_unknown == 0


def test_nodes_without_a_row_have_nothing(tmp_path):
    columns, _ = read(tmp_path, TEXT, ("x", "b"))
    assert np.array_equal(columns["age"], [np.nan, 2], equal_nan=True)
    assert columns["town"].tolist() == ["", "Oslo"]


def test_rows_of_other_nodes_are_counted(tmp_path):
    found = read(tmp_path, TEXT, ("b",))
    assert found.num_unknown == 2
    assert found.columns["age"].tolist() == [2]


def test_whole_ids_and_no_header(tmp_path):
    columns, _ = read(tmp_path, "7\t1.5\tred\n9\t2\tblue\n", (9, 7), "table.tsv")
    assert list(columns) == ["column 2", "column 3"]
    assert columns["column 2"].tolist() == [2, 1.5]
    assert columns["column 3"].tolist() == ["blue", "red"]


def test_columns_of_one_name_are_told_apart(tmp_path):
    columns = read(tmp_path, "id,age,age,id\na,1,4,x\nb,2,5,y\nc,3,6,z\n").columns
    assert list(columns) == ["age", "age (2)", "id"]
    assert [columns[name].tolist() for name in columns] == [[1, 2, 3], [4, 5, 6], ["x", "y", "z"]]


def test_whole_numbers_beyond_64_bits_are_numbers(tmp_path):
    columns, _ = read(tmp_path, f"id,n\na,{10**30}\nb,1\nc,2\n")
    assert columns["n"].tolist() == [1e30, 1, 2]


@pytest.mark.parametrize("write", [parquet.write_table, feather.write_feather])
def test_arrow_files(tmp_path, write):
    table = pa.table(
        {
            "node": ["c", "a", "b"],
            "age": pa.array([3, None, 2]),
            "kind": pa.array(["x", None, "y"]).dictionary_encode(),
            "on": [True, False, None],
        }
    )
    write(table, str(tmp_path / "table.bin"))
    columns, _ = read_attributes(tmp_path / "table.bin", np.array(["a", "b", "c"]))
    assert np.array_equal(columns["age"], [np.nan, 2, 3], equal_nan=True)
    assert columns["kind"].tolist() == ["", "y", "x"]
    assert columns["on"].tolist() == ["False", "", "True"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,age\na,1\nb,2,3\n", "table.csv, line 3: expected 2 columns, found 3"),
        ("id,age\na,1\na,2\n", "table.csv, line 3: the node 'a' has a row already"),
        ("id,age\nx,1\n", "no row is of a known node"),
        ("a\nb\n", "expected a column of node ids and at least one more"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)
