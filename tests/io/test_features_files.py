"""Features of nodes."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from graphkit.errors import InputError
from graphkit.io import read_features

NAMES = np.array(["b", "a"])
NUMBERS = np.array([20, 10])
EXPECTED = [[1.0, -2.5], [3.0, 4.0]]

FILES = {
    "CSV": ("id,x,y\na,3,4\nb,1,-2.5\n", NAMES),
    "blanks": ("a 3 4\nb 1 -25e-1\n", NAMES),
    "numbers as ids": ("10\t3\t4\n20\t1\t-2.5\n", NUMBERS),
    "unknown header": ("who,x,y\n10,3,4\n20,1,-2.5\n", NUMBERS),
}


@pytest.mark.parametrize("name", FILES)
def test_text(name, write):
    content, node_ids = FILES[name]
    features = read_features(write(content, "a.csv"), node_ids)
    assert features.dtype == np.float32
    assert features.tolist() == EXPECTED


def test_binary_files(tmp_path):
    np.save(tmp_path / "a.npy", np.array(EXPECTED))
    assert read_features(tmp_path / "a.npy", NAMES).tolist() == EXPECTED
    for ids, node_ids in ((["a", "b"], NAMES), ([10, 20], NUMBERS)):
        pyarrow.parquet.write_table(
            pa.table({"id": ids, "x": [3, 1], "y": [4, -2.5]}), tmp_path / "a.parquet"
        )
        assert read_features(tmp_path / "a.parquet", node_ids).tolist() == EXPECTED


WRONG = {
    "no row": ("a,3\n", None, "the node 'b' has no row, expected one"),
    "two rows": ("a,3\nb,1\nb,2\n", None, "the node 'b' has 2 rows, expected one"),
    "unknown node": ("a,3\nb,1\nc,2\n", None, "no node has the id 'c'"),
    "text": ("a,3\nb,x\n", 2, "expected a number in column 2, got 'x'"),
    "a column less": ("a,3,4\nb,1\n", 2, "expected 3 columns, found 2"),
    "only ids": ("a\nb\n", None, "expected a node id and at least one number a row"),
    "not finite": ("a,3\nb,nan\n", None, "row 1, column 0 (counted from 0): nan is no finite float32 number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_text(name, write):
    content, line, text = WRONG[name]
    path = write(content)
    with pytest.raises(InputError) as caught:
        read_features(path, NAMES)
    assert str(caught.value).startswith(f"{path}, line {line}: {text}" if line else f"{path}: {text}")


def test_wrong_arrays(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((3, 2)))
    with pytest.raises(
        InputError, match=r"expected numbers \[2, features\], one row a node of the graph, got float64"
    ):
        read_features(tmp_path / "a.npy", NAMES)
    np.save(tmp_path / "b.npy", np.array([[1.0], [np.inf]]))
    with pytest.raises(
        InputError, match=r"row 1, column 0 \(counted from 0\): inf is no finite float32 number"
    ):
        read_features(tmp_path / "b.npy", NAMES)
