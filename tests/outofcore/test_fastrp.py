"""FastRP out of core has the bits of FastRP in memory."""

import json

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.errors import InputError, ParameterError
from graphkit.graph import shards
from graphkit.graph.graph import Graph
from graphkit.methods.fastrp import FastRP
from graphkit.outofcore import fastrp

WEIGHTS = (0.5, 0.0, 1.0, 6.67)

OPTIONS = {
    "default": {"weights": (0.0, 0.0, 1.0, 1.0)},
    "wide": {"dim": 150},
    "paper s = 3": {"sparsity": 3.0},
    "very sparse": {"sparsity": 150.0, "dim": 100},
    "gaussian": {"projection": "gaussian", "dim": 50},
    "adjacency": {"matrix": "adjacency"},
    "no row norms": {"normalize": False},
    "adjacency, no row norms": {"matrix": "adjacency", "normalize": False},
    "adjacency, concatenated, no row norms": {"matrix": "adjacency", "normalize": False, "concatenate": True},
    "no standardisation": {"standardize": False},
    "concatenated": {"concatenate": True, "dim": 40},
    "concatenated, as they are": {"concatenate": True, "standardize": False, "normalize": False},
    "one power": {"weights": (1.0,)},
    "negative weight": {"weights": (1.0, -2.0)},
    "one column": {"dim": 1},
    "three powers": {"weights": (1.0, 0.0, 2.0)},
    "five powers, the first without": {"weights": (0.0, 1.0, 1.0, 0.0, 2.0)},
    "no weight at the end": {"weights": (0.0, 1.0, 0.0, 0.5, 0.0)},
}


@pytest.fixture
def small_shards(monkeypatch):
    """Shards of a few hundred arcs."""
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 2000)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 16)


@pytest.fixture
def narrow(small_shards, monkeypatch):
    """And slices of 16 columns."""
    monkeypatch.setattr(fastrp, "SLICE_BYTES", 1)


@pytest.fixture(params=[1 << 30, 1], ids=["one slice", "slices"])
def sliced(request, small_shards, monkeypatch):
    """All columns in one slice, whose powers are added up on the way, or in several."""
    monkeypatch.setattr(fastrp, "SLICE_BYTES", request.param)
    return request.param == 1


def bits(vectors):
    return np.ascontiguousarray(vectors).view(np.uint32)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize(
    "kind", [{}, {"directed": True, "weighted": True}], ids=["plain", "directed, weighted"]
)
def test_bits_are_those_in_memory(make_engine, narrow, tmp_path, options, kind):
    graph = random_graph(300, 2500, seed=3, **kind)
    graph.save(tmp_path / "g")
    method = FastRP(**{"weights": WEIGHTS, "seed": 5, **options})
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine())
    assert np.array_equal(bits(found.vectors), bits(method.fit_transform(graph)))
    assert found.node_ids.tolist() == graph.node_ids.tolist()


ON_THE_WAY = (
    "default",
    "adjacency",
    "adjacency, no row norms",
    "no row norms",
    "no standardisation",
    "one power",
    "three powers",
    "five powers, the first without",
    "no weight at the end",
)


@pytest.mark.parametrize("name", ON_THE_WAY)
def test_bits_where_one_slice_has_all_columns(make_engine, small_shards, tmp_path, name):
    graph = random_graph(300, 2500, seed=3, directed=True, weighted=True)
    graph.save(tmp_path / "g")
    method = FastRP(**{"weights": WEIGHTS, "dim": 24, "seed": 5, **OPTIONS[name]})
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine())
    assert np.array_equal(bits(found.vectors), bits(method.fit_transform(graph)))


def test_on_pages_and_with_a_sparse_start(make_engine, tmp_path, monkeypatch):
    """Shards that begin on pages are mapped side by side; so many nodes have a sparse projection."""
    monkeypatch.setattr(fastrp, "SLICE_BYTES", 1)
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 30_000)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 1024)
    rng = np.random.default_rng(1)
    graph = Graph.from_edges(rng.integers(0, 20_000, (60_000, 2)), num_nodes=20_000)
    graph.save(tmp_path / "g")
    method = FastRP(dim=40, seed=2)
    assert method.random_projection(20_000, 40).is_sparse
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine())
    assert np.array_equal(bits(found.vectors), bits(method.fit_transform(graph)))


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(make_engine, tmp_path, arguments):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    method = FastRP(dim=8, weights=WEIGHTS)
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine())
    assert np.array_equal(bits(found.vectors), bits(method.fit_transform(graph)))


def test_worker_processes(narrow, tmp_path):
    graph = random_graph(300, 2500)
    graph.save(tmp_path / "g")
    with Engine(work=tmp_path / "work", workers=2) as engine:
        found = outofcore.embed(tmp_path / "g", "fastrp", engine=engine, dim=40, seed=1)
    assert np.array_equal(bits(found.vectors), bits(FastRP(dim=40, seed=1).fit_transform(graph)))


def test_what_is_spent_is_discarded_and_a_second_call_does_nothing(make_engine, sliced, tmp_path):
    random_graph(300, 2500).save(tmp_path / "g")
    outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40).vectors.max()
    work = tmp_path / "work"
    left = {path.parent.name for path in work.rglob("*") if path.is_file()} - {"work"}
    assert left == {"statistics", "vectors"} | (set() if sliced else {"sums"})
    lines = (work / "manifest.jsonl").read_bytes()
    with pytest.raises(InputError, match="works in this folder"):
        make_engine()
    again(make_engine, tmp_path)
    assert (work / "manifest.jsonl").read_bytes() == lines


def again(make_engine, tmp_path):
    """The same run in a second engine, when the first has let go."""
    make_engine.release()
    return outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40)


@pytest.mark.parametrize("kept", [1, 5, 20, 50])
def test_a_run_cut_off_anywhere_goes_on(make_engine, sliced, tmp_path, kept):
    """The manifest cut to its first lines, all files as they were then or later."""
    graph = random_graph(300, 2500)
    graph.save(tmp_path / "g")
    outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40)
    manifest = tmp_path / "work" / "manifest.jsonl"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[:kept]))
    found = again(make_engine, tmp_path)
    assert np.array_equal(bits(found.vectors), bits(FastRP(dim=40).fit_transform(graph)))


def test_a_damaged_shard_is_refused(make_engine, narrow, tmp_path):
    random_graph(300, 2500).save(tmp_path / "g")
    with (tmp_path / "g" / "indices.npy").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\1\0\0\0")
    with pytest.raises(InputError, match=r"indices.npy: the content of shard \d+ .* is not what was saved"):
        outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40)


@pytest.mark.parametrize("kind", ["directed", "weighted"])
def test_nothing_is_kept_that_was_made_of_a_damaged_shard(make_engine, narrow, tmp_path, kind):
    graph = random_graph(300, 2500, **{kind: True})
    graph.save(tmp_path / "g")
    file = tmp_path / "g" / {"directed": "indices.npy", "weighted": "weights.npy"}[kind]
    whole = file.read_bytes()
    file.write_bytes(whole[:-4] + np.array([5], np.int32 if kind == "directed" else np.float32).tobytes())
    with pytest.raises(InputError, match="is not what was saved"):
        outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40)
    file.write_bytes(whole)
    found = again(make_engine, tmp_path)
    assert np.array_equal(bits(found.vectors), bits(FastRP(dim=40).fit_transform(graph)))


def test_another_graph_in_its_place_is_refused(make_engine, narrow, tmp_path):
    random_graph(300, 2500).save(tmp_path / "g")
    outofcore.embed(tmp_path / "g", engine=make_engine(), dim=40)
    random_graph(300, 2500, seed=9).save(tmp_path / "g", overwrite=True)
    with pytest.raises(InputError, match=r"g: has changed since the run in .* began"):
        again(make_engine, tmp_path)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"method": "line"}, "out of core these methods run: fastrp"),
        ({"backend": "gpu"}, "backend='gpu' has no effect out of core"),
        ({"dim": 0}, "dim must be a whole number >= 1"),
        ({"dims": 3}, "unknown fastrp parameter"),
    ],
)
def test_what_is_refused(make_engine, tmp_path, params, message):
    random_graph(30, 100).save(tmp_path / "g")
    with pytest.raises(ParameterError, match=message):
        outofcore.embed(tmp_path / "g", engine=make_engine(), **params)


def test_what_was_run_is_recorded(make_engine, tmp_path):
    random_graph(30, 100).save(tmp_path / "g")
    outofcore.embed(tmp_path / "g", engine=make_engine(), dim=8, seed=3)
    record = json.loads((tmp_path / "work" / "run.json").read_text())
    assert record["command"] == "embed fastrp"
    assert record["parameters"]["dim"] == 8
    assert "num_threads" not in record["parameters"]
