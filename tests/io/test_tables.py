"""Parquet and Arrow IPC files, and the columns chosen from them."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import load_graph, read_graph

EDGES = {"source": [1, 2], "target": [2, 3]}


def write_parquet(table, path):
    pyarrow.parquet.write_table(table, path)


def write_feather(table, path):
    pyarrow.feather.write_feather(table, path)


def write_ipc(table, path):
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)


WRITERS = {
    "edges.parquet": write_parquet,
    "edges.feather": write_feather,
    "edges.arrow": write_ipc,
    "edges": write_ipc,
}


@pytest.fixture(params=WRITERS)
def save(request, tmp_path):
    """Write columns to a file of each format; returns its path."""

    def save_columns(columns):
        path = tmp_path / request.param
        WRITERS[request.param](pa.table(columns), path)
        return path

    return save_columns


TABLES = [
    (EDGES, {}, [(1, 2), (2, 3)]),
    ({"x": [1, 2], "y": [2, 3]}, {}, [(1, 2), (2, 3)]),
    ({"x": [1, 2], "y": [2, 3], "z": [0.5, 2]}, {}, [(1, 2, 0.5), (2, 3, 2.0)]),
    ({"x": [1, 2], "y": [2, 3], "type": [5, 6]}, {}, [(1, 2), (2, 3)]),
    ({"x": [1, 2], "y": [2, 3], "z": ["a", "b"]}, {}, [(1, 2), (2, 3)]),
    ({"Weight": [0.5, 2.0], "DST": [2, 3], "Src": [1, 2]}, {}, [(1, 2, 0.5), (2, 3, 2.0)]),
    ({**EDGES, "weight": [0.5, 2.0]}, {"weights": None}, [(1, 2), (2, 3)]),
    ({**EDGES, "n": [1, 2], "w": [3, 4]}, {"weights": "n"}, [(1, 2, 1.0), (2, 3, 2.0)]),
    ({**EDGES, "a": [7, 7], "b": [8, 9]}, {"columns": ("a", "b")}, [(7, 8), (7, 9)]),
    ({**EDGES, "a": [7, 7], "b": [8, 9]}, {"columns": (3, 4), "weights": 1}, [(7, 8, 1.0), (7, 9, 2.0)]),
    ({"source": ["a", "b"], "target": ["b", "ö x"]}, {}, [("a", "b"), ("b", "ö x")]),
    ({"u": pa.array([1, 2], pa.uint8()), "v": pa.array([2, 3], pa.int16())}, {}, [(1, 2), (2, 3)]),
    (
        {"u": pa.array(["a", "b"]).dictionary_encode(), "v": pa.array(["b", "c"], pa.large_string())},
        {},
        [("a", "b"), ("b", "c")],
    ),
]


@pytest.mark.parametrize(("columns", "options", "edges"), TABLES)
def test_columns(columns, options, edges, save):
    assert edges_of(read_graph(save(columns), **options)) == edges


def test_report(save):
    path = save({**EDGES, "weight": [0.5, 2.0], "colour": ["a", "b"]})
    kind = "Parquet" if path.suffix == ".parquet" else "Arrow IPC"
    assert str(load_graph(path).report).split("\n  ")[:4] == [
        f"{path}: {kind}",
        "columns: 'source' to 'target'",
        "weight: column 'weight'",
        "columns not used: 'colour'",
    ]


WRONG = [
    (
        {**EDGES, "w": [1, 2]},
        {"columns": ("source", "goal")},
        "no column is called 'goal' (columns); there are: source, target, w",
    ),
    (EDGES, {"weights": "cost"}, "no column is called 'cost' (weights); there are: source, target"),
    ({"x": [1]}, {}, "an edge needs two columns, found 1"),
    (
        {"source": [1, None], "target": [2, 3]},
        {},
        "row 1 (counted from 0): the source id is missing; leave such rows out",
    ),
    (
        {"source": ["a", "b"], "target": ["b", None]},
        {},
        "row 1 (counted from 0): the target id is missing; leave such rows out",
    ),
    (
        {"source": [1.0, 2.0], "target": [2, 3]},
        {},
        "the source ids must be whole numbers or strings, found double; cast them, for instance by "
        ".astype('int64'), where rows without an id are left out",
    ),
    (
        {**EDGES, "weight": [1.0, None]},
        {},
        "row 1 (counted from 0): a weight must be a finite float32 number > 0, got none or NaN; pass "
        "bad_weights='drop' to leave such edges out, 'abs' to take absolute values (zero: no edge)",
    ),
    ({**EDGES, "cost": ["a", "b"]}, {"weights": "cost"}, "weights must be numbers, found string"),
    (
        {**EDGES, "weight": [1.0, -2.0]},
        {},
        "row 1 (counted from 0): a weight must be a finite float32 number > 0, got -2; pass "
        "bad_weights='drop' to leave "
        "such edges out, 'abs' to take absolute values (zero: no edge)",
    ),
    (
        EDGES,
        {"nodes": [1, 2]},
        "row 1 (counted from 0): the edge names the node 3, which is not in the list of nodes",
    ),
]


@pytest.mark.parametrize(("columns", "options", "text"), WRONG)
def test_wrong_tables(columns, options, text, save):
    path = save(columns)
    with pytest.raises(InputError) as caught:
        read_graph(path, **options)
    assert str(caught.value) == f"{path}: {text}"


def test_numbers_beyond_64_bits(save):
    path = save({"source": pa.array([2**63], pa.uint64()), "target": [2]})
    with pytest.raises(InputError, match="the source ids must fit into 64 bits"):
        read_graph(path)


def test_ids_of_two_kinds(save):
    with pytest.raises(InputError, match="source ids and target ids must be of one kind"):
        read_graph(save({"source": ["a"], "target": [2]}))


def test_two_columns_of_one_name(tmp_path):
    path = tmp_path / "a.arrow"
    write_ipc(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]), path)
    with pytest.raises(InputError, match="two columns have the same name; there are: x, x"):
        read_graph(path)


def test_bad_weights(save):
    path = save({"source": [1, 2, 3], "target": [2, 3, 4], "weight": [1.0, -2.0, 0.0]})
    assert edges_of(read_graph(path, bad_weights="drop")) == [(1, 2, 1.0)]
    assert edges_of(read_graph(path, bad_weights="abs")) == [(1, 2, 1.0), (2, 3, 2.0)]


@pytest.mark.parametrize("name", ["edges.parquet", "edges.feather"])
def test_a_table_that_was_cut_is_refused(name, tmp_path):
    path = tmp_path / name
    WRITERS[name](pa.table({"source": np.arange(1000), "target": np.arange(1000)}), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="cannot be read: "):
        read_graph(path)


def test_a_compressed_table(tmp_path, save):
    path = tmp_path / "packed.gz"
    path.write_bytes(gzip.compress(save(EDGES).read_bytes()))
    assert edges_of(read_graph(path)) == [(1, 2), (2, 3)]


@pytest.mark.parametrize(
    "options", [{"delimiter": ","}, {"comments": ""}, {"id_type": "int"}, {"mat_network": "x"}]
)
def test_options_without_effect(options, save):
    with pytest.raises(ParameterError, match=f"{next(iter(options))} has no effect on the format"):
        read_graph(save(EDGES), **options)
