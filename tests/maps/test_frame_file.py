"""Maps in files: Parquet and back, other tools' Parquet, TensorBoard's folder."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from graphkit.errors import InputError
from graphkit.graph.node_ids import STRING
from graphkit.maps import MapFrame, write_projector

NEIGHBORS, DISTANCES = [[1, 2], [0, -1], [1, 0]], [[0.5, 1], [0.5, 0], [1, 2]]
COLUMNS = {"kind": ["a", None, "b"], "size": [1, 2, 3], "share": [0.5, np.nan, 1]}


@pytest.mark.parametrize("ids", [["x", "y", "é"], [5, -1, 2**60]])
@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("nearest", [(), (NEIGHBORS,), (NEIGHBORS, DISTANCES)])
def test_a_map_comes_back_as_it_was(tmp_path, ids, dim, nearest):
    frame = MapFrame(ids, np.random.default_rng(0).normal(size=(3, dim)), COLUMNS, *nearest)
    frame.save(tmp_path / "map.parquet")
    back = MapFrame.load(tmp_path / "map.parquet")
    assert back.node_ids.tolist() == ids
    assert np.array_equal(back.positions, frame.positions)
    assert list(back.columns) == list(COLUMNS)
    for name, values in frame.columns.items():
        assert back.columns[name].dtype == values.dtype
        assert back.columns[name].tolist() == pytest.approx(values.tolist(), nan_ok=True)
    for name in ("neighbors", "distances"):
        wanted, found = getattr(frame, name), getattr(back, name)
        assert np.array_equal(wanted, found) if wanted is not None else found is None


def test_whole_numbers_are_kept_to_the_last_digit(tmp_path):
    table = {
        "beyond": pa.array([2**64 - 1, 2**63, 0], pa.uint64()),
        "within": pa.array([2**63 - 1, 0, 1], pa.uint64()),
        "gaps": pa.array([2**53, None, -1], pa.int64()),
        "long gaps": pa.array([2**53 + 1, None, -1], pa.int64()),
    }
    kinds = {"beyond": np.uint64, "within": np.int64, "gaps": np.float64, "long gaps": STRING}
    parquet.write_table(pa.table({"id": [1, 2, 3], "x": [0.0] * 3, "y": [0.0] * 3, **table}), tmp_path / "1")
    frame = MapFrame.load(tmp_path / "1")
    frame.save(tmp_path / "2")
    for each in (frame, MapFrame.load(tmp_path / "2")):
        assert {name: values.dtype for name, values in each.columns.items()} == kinds
        assert each.columns["beyond"].tolist() == [2**64 - 1, 2**63, 0]
        assert each.columns["within"].tolist() == [2**63 - 1, 0, 1]
        assert each.columns["gaps"].tolist() == pytest.approx([2**53, np.nan, -1], rel=0, nan_ok=True)
        assert each.columns["long gaps"].tolist() == [str(2**53 + 1), "", "-1"]
    given = MapFrame([1, 2], np.zeros((2, 2)), {"n": np.array([2**64 - 1, 7], np.uint64)})
    assert given.columns["n"].tolist() == [2**64 - 1, 7]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_points_far_from_the_origin_are_not_merged(tmp_path, dtype):
    near = np.array([[0, 0], [0.1, 0], [0, 0.1], [3, 1]])
    frame = MapFrame(list("abcd"), (near + 5e6).astype(dtype))
    frame.save(tmp_path / "map.parquet")
    back = MapFrame.load(tmp_path / "map.parquet")
    assert frame.positions.dtype == back.positions.dtype == dtype
    assert np.array_equal(frame.positions, back.positions)
    if dtype == np.float64:
        assert back.in_the_plane() - 5e6 == pytest.approx(near, abs=1e-8)


def test_neighbours_are_rows_as_embedding_atlas_reads_them(tmp_path):
    MapFrame("xyz", np.eye(3, 2), None, NEIGHBORS, DISTANCES).save(tmp_path / "map.parquet")
    column = parquet.read_table(tmp_path / "map.parquet")["neighbors"].to_pylist()
    assert column[0] == {"ids": [1, 2], "distances": [0.5, 1.0]}
    assert column[1] == {"ids": [0], "distances": [0.5]}


def test_a_map_of_another_tool(tmp_path):
    table = pa.table({"x": [0.0, 1.0], "title": ["a", "b"], "id": [7, 8], "y": pa.array([1, 2], pa.int32())})
    parquet.write_table(table, tmp_path / "other.parquet")
    frame = MapFrame.load(tmp_path / "other.parquet")
    assert frame.node_ids.tolist() == [7, 8]
    assert frame.positions.tolist() == [[0, 1], [1, 2]]
    assert frame.columns["title"].tolist() == ["a", "b"]


def test_what_is_refused(tmp_path):
    with pytest.raises(InputError, match="the column 'x' has a name that the file needs itself"):
        MapFrame("ab", np.eye(2), {"x": [1, 2]}).save(tmp_path / "map.parquet")
    parquet.write_table(pa.table({"id": [1]}), tmp_path / "other.parquet")
    with pytest.raises(InputError, match="expected the columns id, x and y, found id"):
        MapFrame.load(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("x")
    with pytest.raises(InputError, match="not a Parquet file that can be read"):
        MapFrame.load(tmp_path / "text.parquet")
    frame = MapFrame("ab", np.eye(2))
    frame.save(tmp_path / "map.parquet")
    with pytest.raises(InputError, match="exists already"):
        frame.save(tmp_path / "map.parquet", overwrite=False)


def test_the_projectors_folder(tmp_path):
    vectors = np.array([[1.5, -2, 1e-8], [0, 1, 3]], np.float32)
    columns = MapFrame(["a\tb", "c"], np.eye(2), {"kind": ["x\ny", "z"], "size": [1, 2]}).columns
    write_projector(tmp_path / "out", np.array(["a\tb", "c"]), vectors, columns)
    lines = (tmp_path / "out/tensors.tsv").read_text().splitlines()
    assert np.array_equal(np.array([line.split("\t") for line in lines], np.float32), vectors)
    assert (tmp_path / "out/metadata.tsv").read_text() == "id\tkind\tsize\na b\tx y\t1\nc\tz\t2\n"
    assert 'tensor_path: "tensors.tsv"' in (tmp_path / "out/projector_config.pbtxt").read_text()
    with pytest.raises(InputError, match="exists already"):
        write_projector(tmp_path / "out", np.array(["a", "c"]), vectors, overwrite=False)
    # With one column alone the projector takes the first line for a point.
    write_projector(tmp_path / "out", np.array(["a", "c"]), vectors)
    assert (tmp_path / "out/metadata.tsv").read_text() == "a\nc\n"
