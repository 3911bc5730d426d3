"""A run that was stopped goes on from its checkpoint and ends with the bits of an unbroken one."""

import errno
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from graphkit import Graph
from graphkit.errors import GraphkitWarning, InputError, ParameterError, RunError
from graphkit.files.digests import array_digest
from graphkit.graph.digest import graph_digest
from graphkit.methods.registry import make_method
from graphkit.sgns.checkpoints import Checkpoint

RUNS = {
    "node2vec": ("node2vec", {"dim": 8, "walks_per_node": 4, "walk_length": 12, "p": 0.5, "q": 2.0}),
    "node2vec, extended": ("node2vec", {"dim": 8, "walks_per_node": 4, "walk_length": 12, "extend": True}),
    "deepwalk, two epochs": ("deepwalk", {"dim": 5, "walks_per_node": 2, "walk_length": 12, "epochs": 2}),
    "line, first": ("line", {"dim": 8, "order": "first", "samples": 10_000}),
    "line, second": ("line", {"dim": 8, "order": "second", "samples": 10_000}),
    "line, both": ("line", {"dim": 7, "samples": 9_999}),
    "line, thickened": ("line", {"dim": 6, "samples": 5_000, "threshold": 9}),
}


class Stopped(Exception):
    """Raised in the midst of a run."""


def graph_of(seed=0, num_nodes=120):
    generator = np.random.default_rng(seed)
    edges = generator.integers(0, num_nodes, (5 * num_nodes, 2))
    return Graph.from_edges(edges, weights=generator.random(len(edges)) + 0.1)


@pytest.fixture
def frequent(monkeypatch):
    """Chunks of little work, and a checkpoint behind each."""
    monkeypatch.setattr("graphkit.sgns.checkpoints.SECONDS", 0.0)
    monkeypatch.setattr("graphkit.sgns.trainer.CHUNK_TILES", 8)


def stopping_after(calls):
    reports = iter(range(calls))

    def progress(stage, done, total):
        if next(reports, None) is None:
            raise Stopped

    return progress


def assert_same(one, other):
    np.testing.assert_array_equal(one.embedding_, other.embedding_)
    np.testing.assert_array_equal(one.context_embedding_, other.context_embedding_)
    assert (one.pairs_, one.loss_) == (other.pairs_, other.loss_)


def num_reports(name, params, graph):
    reports = []
    make_method(name, **params).fit(graph, progress=lambda *report: reports.append(report))
    return len(reports)


@pytest.mark.parametrize("run", RUNS)
def test_a_run_stopped_anywhere_ends_with_the_same_bits(tmp_path, frequent, run):
    name, params = RUNS[run]
    graph = graph_of()
    whole = make_method(name, **params, num_threads=1).fit(graph)
    total = num_reports(name, params, graph)
    assert total > 3
    # In the first chunk, in the midst of the first and of the second order, before the last chunk.
    for number, calls in enumerate({0, total // 3, 2 * total // 3, total - 1}):
        kept = {"checkpoint": tmp_path / str(number), "resume": True}
        with pytest.raises(Stopped):
            make_method(name, **params, num_threads=2).fit(graph, **kept, progress=stopping_after(calls))
        resumed = make_method(name, **params, num_threads=3)
        first = []
        resumed.fit(graph, **kept, progress=lambda _, done, total, first=first: first.append(done))
        # It did go on, and did not begin anew.
        assert len(first) == total - calls - 1
        assert_same(resumed, whole)


@pytest.mark.parametrize("run", ["node2vec", "line, both"])
def test_a_run_stopped_again_and_again_comes_to_its_end(tmp_path, frequent, run):
    name, params = RUNS[run]
    graph, kept = graph_of(), {"checkpoint": tmp_path / "kept", "resume": True}
    for _ in range(100):
        try:
            resumed = make_method(name, **params).fit(graph, **kept, progress=stopping_after(1))
            break
        except Stopped:
            pass
    assert_same(resumed, make_method(name, **params).fit(graph))


def test_own_initial_vectors_too(tmp_path, frequent):
    name, params = RUNS["line, both"]
    graph = graph_of()
    init = np.random.default_rng(1).random((graph.num_nodes, 7), np.float32)
    kept = {"checkpoint": tmp_path, "resume": True}
    with pytest.raises(Stopped):
        make_method(name, **params).fit(graph, init, **kept, progress=stopping_after(3))
    assert_same(
        make_method(name, **params).fit(graph, init, **kept), make_method(name, **params).fit(graph, init)
    )


KILLED = """
import os, signal, sys, threading, time
import numpy as np
import graphkit.sgns.checkpoints, graphkit.methods.walk_skipgram
sys.path.insert(0, sys.argv[3])
from test_checkpoints import RUNS, graph_of
from graphkit.methods.registry import make_method

graphkit.sgns.checkpoints.SECONDS = 0.0
graphkit.sgns.trainer.CHUNK_TILES = 8
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
moment, count = sys.argv[1].split()
calls, savez = [], np.savez

def dying(file, **arrays):
    calls.append(file)
    if len(calls) < int(count):
        savez(file, **arrays)
    elif moment == "written":
        savez(file, **arrays); die()
    else:
        open(file, "wb").write(b"half"); die()

def progress(stage, done, total):
    print(done, flush=True)
    if moment == "timed" and done == int(count):
        threading.Timer(0.004, die).start()

if moment != "timed":
    np.savez = dying
name, params = RUNS["node2vec"]
make_method(name, **params).fit(graph_of(), checkpoint=sys.argv[2], resume=True, progress=progress)
time.sleep(10)
"""


@pytest.mark.parametrize("moment", ["half 1", "half 4", "written 3", "timed 96"])
def test_a_killed_run_goes_on(tmp_path, frequent, moment):
    folder = tmp_path / "kept"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment, folder, Path(__file__).parent],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    name, params = RUNS["node2vec"]
    resumed = make_method(name, **params).fit(graph_of(), checkpoint=folder, resume=True)
    assert_same(resumed, make_method(name, **params).fit(graph_of()))
    # What the kill left half written is gone.
    assert [path.name for path in folder.iterdir()] == ["checkpoint.npz"]


def test_a_finished_run_returns_at_once(tmp_path, frequent):
    name, params = RUNS["deepwalk, two epochs"]
    graph = graph_of()
    whole = make_method(name, **params).fit(graph, checkpoint=tmp_path)
    reports = []
    again = make_method(name, **params)
    again.fit(graph, checkpoint=tmp_path, resume=True, progress=lambda *report: reports.append(report))
    assert reports == []
    assert_same(again, whole)


def test_no_checkpoint_is_written_before_it_is_due_but_the_last_is(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.sgns.trainer.CHUNK_TILES", 8)
    seen = []
    make_method("line", dim=4, samples=9_000).fit(
        graph_of(), checkpoint=tmp_path, progress=lambda *_: seen.append(len(list(tmp_path.iterdir())))
    )
    assert set(seen[:-1]) == {0}
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def finished(folder, **changes):
    make_method("node2vec", **(RUNS["node2vec"][1] | changes)).fit(graph_of(), checkpoint=folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dim": 9}, "there dim=8, here dim=9;"),
        ({"p": 0.25}, "there p=0.5, here p=0.25;"),
        ({"seed": 3, "window": 5}, "there window=10, here window=5; there seed=0, here seed=3;"),
        ({"extend": True}, "there extend=False, here extend=True;"),
        ({"learning_rate": 1e-5}, "there learning_rate=0.025, here learning_rate=1e-05;"),
    ],
)
def test_other_parameters_are_refused(tmp_path, changes, message):
    finished(tmp_path)
    with pytest.raises(InputError, match="belongs to another run") as refused:
        make_method("node2vec", **(RUNS["node2vec"][1] | changes)).fit(
            graph_of(), checkpoint=tmp_path, resume=True
        )
    assert message in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path))


@pytest.mark.parametrize(
    "other",
    [
        graph_of(seed=1),
        Graph.from_edges(np.column_stack(graph_of().to_edges()[:2]) + 1),
        Graph.from_edges(np.column_stack(graph_of().to_edges()[:2])),
    ],
    ids=["edges", "ids", "weights"],
)
def test_another_graph_is_refused(tmp_path, other):
    finished(tmp_path)
    with pytest.raises(InputError, match="belongs to another run: the graph is another; start it as it was"):
        make_method("node2vec", **RUNS["node2vec"][1]).fit(other, checkpoint=tmp_path, resume=True)


def test_another_method_is_refused(tmp_path):
    finished(tmp_path)
    with pytest.raises(InputError, match="run: there method='node2vec', here method='line'; start"):
        make_method("line", dim=8).fit(graph_of(), checkpoint=tmp_path, resume=True)


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        (None, 0.5, "there no initial vectors, here initial vectors;"),
        (0.5, None, "there initial vectors, here no initial vectors;"),
        (0.5, 0.25, "the initial vectors are others;"),
    ],
)
def test_other_initial_vectors_are_refused(tmp_path, first, then, message):
    graph = graph_of()
    vectors = [None if value is None else np.full((graph.num_nodes, 8), value) for value in (first, then)]
    make_method("line", dim=8, samples=100).fit(graph, vectors[0], checkpoint=tmp_path)
    with pytest.raises(InputError) as refused:
        make_method("line", dim=8, samples=100).fit(graph, vectors[1], checkpoint=tmp_path, resume=True)
    assert message in str(refused.value)


def test_a_checkpoint_there_is_not_overwritten(tmp_path):
    finished(tmp_path)
    before = (tmp_path / "checkpoint.npz").read_bytes()
    with pytest.raises(InputError, match="is there already; pass resume=True to go on from it, or choose"):
        finished(tmp_path)
    assert (tmp_path / "checkpoint.npz").read_bytes() == before


def damaged(path, how):
    content = path.read_bytes()
    if how == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "changed":
        first, last = len(content) // 2, len(content) // 2 + 64
        path.write_bytes(content[:first] + bytes(byte ^ 255 for byte in content[first:last]) + content[last:])
    elif how == "foreign":
        np.savez(path, vectors=np.zeros(3))
    elif how == "another kind":
        np.savez(path, header=np.frombuffer(b'{"kind": "else"}', np.uint8))
    elif how == "an array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        path.write_text("hello")


@pytest.mark.parametrize(
    "how", ["cut short", "empty", "changed", "foreign", "another kind", "an array", "text"]
)
def test_a_damaged_checkpoint_is_refused(tmp_path, how):
    finished(tmp_path)
    damaged(tmp_path / "checkpoint.npz", how)
    with pytest.raises(InputError, match="is damaged, or no checkpoint of this version of graphkit; remove"):
        make_method("node2vec", **RUNS["node2vec"][1]).fit(graph_of(), checkpoint=tmp_path, resume=True)


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_in_the_folders_place_is_named(tmp_path, below):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError) as refused:
        finished(f"{tmp_path}/file{below}")
    assert str(refused.value).startswith(f"{tmp_path}/file{below}: ")
    assert ("is a file; a checkpoint needs a folder" in str(refused.value)) == (not below)


def test_resuming_needs_a_folder():
    with pytest.raises(ParameterError, match="resume has no effect without checkpoint"):
        make_method("deepwalk").fit(graph_of(), resume=True)


@pytest.mark.parametrize(
    "error",
    [
        RunError("no space left"),
        OSError(errno.ENOSPC, "No space left on device"),
        InputError("no permission"),
    ],
)
def test_a_full_disk_or_read_only_folder_does_not_end_the_run(tmp_path, frequent, monkeypatch, error):
    def failing(*_, **__):
        raise error

    graph = graph_of()
    whole = make_method("line", dim=8, samples=10_000).fit(graph)
    monkeypatch.setattr("graphkit.sgns.checkpoints.atomic_path", failing)
    with pytest.warns(GraphkitWarning, match="no checkpoint was written, the run goes on without") as warned:
        kept = make_method("line", dim=8, samples=10_000).fit(graph, checkpoint=tmp_path)
    assert len(warned) == 1
    assert_same(kept, whole)


def test_a_disk_that_fills_up_later_leaves_the_last_checkpoint(tmp_path, frequent, monkeypatch):
    checkpoint = Checkpoint(tmp_path, {"method": "x"})
    checkpoint.save(1, lambda: {"a": np.arange(3)}, total=9)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.warns(GraphkitWarning, match="no space left on the disk"):
        checkpoint.save(2, lambda: {"a": np.arange(3)}, total=9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checkpoint.save(3, lambda: {"a": np.arange(3)}, total=9)
    monkeypatch.undo()
    done, arrays = Checkpoint(tmp_path, {"method": "x"}, resume=True).load()
    assert (done, arrays["a"].tolist()) == (1, [0, 1, 2])
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize(
    "other",
    [
        Graph.from_edges([("a", "b"), ("b", "d")]),
        Graph.from_edges([("a", "b"), ("c", "b")], directed=True),
        Graph.from_edges([("a", "b"), ("b", "c")], weights=[1.0, 2.0]),
        Graph.from_edges([("b", "a"), ("a", "c")]),
    ],
    ids=["id", "direction", "weight", "edges"],
)
def test_the_digest_tells_graphs_apart(other):
    graph = Graph.from_edges([("a", "b"), ("b", "c")])
    assert graph_digest(graph) == graph_digest(Graph.from_edges([("a", "b"), ("b", "c")]))
    assert graph_digest(graph) != graph_digest(other)


def test_the_digest_of_arrays_knows_where_one_ends():
    one, two = np.arange(3), np.arange(3, 6)
    assert array_digest(one, two) != array_digest(np.arange(6))
    assert array_digest(one.astype(np.int32)) != array_digest(one)
