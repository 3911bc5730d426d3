"""Which format a file has."""

import pickle

import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError, ParameterError
from graphkit.io import read_graph


def test_a_format_may_be_named(write):
    assert edges_of(read_graph(write("1 2 3\n", "a.txt"), format="adjlist")) == [(1, 2), (1, 3)]
    assert edges_of(read_graph(write("1 2\n", "a.mtx"), format="text")) == [(1, 2)]


def test_an_unknown_format(write):
    with pytest.raises(ParameterError) as caught:
        read_graph(write("1 2\n"), format="csv")
    assert str(caught.value) == (
        "unknown format 'csv'; possible: auto, text, matrix, parquet, feather, mtx, npz, mat, metis, "
        "graphml, json, gexf, gml, pajek, adjlist, graphkit"
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"PK\x03\x04 x", "is a zip archive; unpack it first"),
        (pickle.dumps([1]), "is a Python pickle, which is unsafe to read; save the graph in another format"),
        (b"SQLite format 3\0", "is an SQLite database; export a table as CSV or Parquet"),
        (b"\x89HDF\r\n", "is an HDF5 file; export the edges as CSV or Parquet"),
    ],
)
def test_files_of_other_kinds(content, text, write):
    path = write(content)
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert str(caught.value) == f"{path}: {text}"
