"""Saved graphs: round trips, and every kind of damage."""

import json

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit.errors import InputError
from graphkit.graph import Graph


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_round_trip(arguments, tmp_path):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    again = Graph.open(tmp_path / "g", verify=True)
    assert again.node_ids.tolist() == graph.node_ids.tolist()
    assert again.node_ids.dtype == graph.node_ids.dtype
    assert np.array_equal(again.indptr, graph.indptr)
    assert np.array_equal(again.indices, graph.indices)
    assert again.directed == graph.directed
    assert again.is_weighted == graph.is_weighted
    assert not graph.is_weighted or np.array_equal(again.weights, graph.weights)


def test_arrays_are_memory_mapped(tmp_path):
    random_graph(100, 500, weighted=True).save(tmp_path / "g")
    graph = Graph.open(tmp_path / "g")
    for array in (graph.indptr, graph.indices, graph.weights, graph.node_ids):
        assert isinstance(array, np.memmap)


def test_same_graph_same_bytes(tmp_path):
    for name in ("a", "b"):
        random_graph(100, 500, weighted=True).save(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.fixture
def saved(tmp_path):
    random_graph(20, 50, weighted=True).save(tmp_path / "g")
    return tmp_path / "g"


def test_an_existing_folder_is_kept(saved):
    with pytest.raises(InputError, match="exists already"):
        random_graph(5, 5).save(saved)
    random_graph(5, 5).save(saved, overwrite=True)
    assert Graph.open(saved).num_nodes == 5
    assert [path.name for path in saved.parent.iterdir()] == ["g"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(InputError, match="holds no graph and is not replaced"):
        random_graph(5, 5).save(tmp_path / "photos", overwrite=True)
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"cat"


def edit(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))


def flip(file):
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "holds no saved graph"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "holds no saved graph"),
        (lambda folder: edit(folder, format="other"), "holds no saved graph"),
        (lambda folder: edit(folder, version=99), "format version 99, but this is read: 1; upgrade graphkit"),
        (lambda folder: edit(folder, num_arcs=3), "not those of the manifest"),
        (lambda folder: edit(folder, files={}), "names no indices.npy, indptr.npy"),
        (lambda folder: (folder / "indices.npy").unlink(), "indices.npy: missing"),
        (lambda folder: (folder / "indices.npy").write_bytes(b"short"), "holds 5 bytes, the manifest says"),
        (lambda folder: flip(folder / "weights.npy"), "the digest differs"),
    ],
)
def test_damage_is_named(saved, damage, message):
    damage(saved)
    with pytest.raises(InputError, match=message):
        Graph.open(saved, verify=True)


def test_no_such_folder(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        Graph.open(tmp_path / "nothing")
