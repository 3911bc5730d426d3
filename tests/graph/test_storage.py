"""Saved graphs: round trips, and every kind of damage."""

import json

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit.errors import InputError
from graphkit.graph import shards
from graphkit.graph.graph import Graph
from graphkit.graph.shards import cut_shards
from graphkit.graph.storage import GraphFolder
from graphkit.graph.stored_ids import save_node_ids
from graphkit.io import read_graph


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
        (lambda folder: edit(folder, version=99), "format version 99, but these are read: 1 and 2"),
        (lambda folder: edit(folder, num_arcs=3), "must hold int32"),
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


def test_reading_a_damaged_graph_is_refused(saved):
    flip(saved / "indices.npy")
    with pytest.raises(InputError, match=r"indices.npy: the content of shard 0 .* \(the digest differs\)"):
        read_graph(saved)


def test_shards_cover_the_rows_at_equal_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 500)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 4)
    random_graph(300, 3000, weighted=True).save(tmp_path / "g")
    opened = GraphFolder(tmp_path / "g")
    cut = opened.shards
    assert len(cut) > 5
    assert [cut[0].first_row, *(shard.end_row for shard in cut)] == [
        *(shard.first_row for shard in cut),
        300,
    ]
    for shard in cut:
        assert shard.first_row % 4 == 0
        assert opened.indptr[shard.first_row] == shard.first_arc
        assert opened.indptr[shard.end_row] == shard.end_arc
        one_step = opened.indptr[min(300, shard.first_row + 4)] - shard.first_arc
        assert shard.end_arc - shard.first_arc + shard.num_rows < 1100 + one_step
    again = cut_shards(opened.indptr)
    assert [(s.first_row, s.end_row) for s in again] == [(s.first_row, s.end_row) for s in cut]


def test_a_damaged_shard_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 500)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 4)
    random_graph(300, 3000, weighted=True).save(tmp_path / "g")
    flip(tmp_path / "g" / "weights.npy")
    opened = GraphFolder(tmp_path / "g")
    last = len(opened.shards) - 1
    opened.verify_shard(0)
    with pytest.raises(InputError, match=rf"weights.npy: the content of shard {last} \(rows"):
        opened.verify_shard(last)


@pytest.mark.parametrize("ids", [[3, 1, 2], ["c", "", "ö x"]])
def test_version_1_is_read(tmp_path, ids):
    graph = Graph.from_edges([(ids[0], ids[1]), (ids[1], ids[2])], node_ids=ids)
    folder = tmp_path / "g"
    graph.save(folder)
    for file in folder.glob("node_ids*"):
        file.unlink()
    save_node_ids(graph.node_ids, folder)
    files = {file.name: {"bytes": file.stat().st_size} for file in folder.iterdir() if file.suffix != ".json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["shards"]
    (folder / "manifest.json").write_text(json.dumps(manifest | {"version": 1, "files": files}))
    assert Graph.open(folder, verify=True).node_ids.tolist() == ids
    assert len(GraphFolder(folder).shards) == 1


def test_no_such_folder(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        Graph.open(tmp_path / "nothing")
