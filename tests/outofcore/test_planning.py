"""What is planned is what small runs need: bytes exactly but for chance, time within a factor of 2."""

import json
import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.graph import Graph
from graphkit.methods.deepwalk import DeepWalk
from graphkit.methods.fastrp import FastRP
from graphkit.methods.node2vec import Node2Vec
from graphkit.methods.random_features import RandomFeatures
from graphkit.outofcore.cores import cores_need
from graphkit.outofcore.fastrp_need import fastrp_need
from graphkit.outofcore.grid import grid_need
from graphkit.outofcore.pagerank import pagerank_need
from graphkit.outofcore.row_features import kernel_features_need
from graphkit.outofcore.skipgram import skipgram_need
from graphkit.outofcore.walks import walks_need
from graphkit.pagerank import PersonalizedPageRank
from graphkit.walks import random_walks

NODES, EDGES = 60_000, 600_000


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    rng = np.random.default_rng(1)
    made = Graph.from_edges(rng.integers(0, NODES, (EDGES, 2)), num_nodes=NODES)
    folder = tmp_path_factory.mktemp("planning") / "g"
    made.save(folder)
    return made, folder


def cut(graph, folder, num_nodes):
    """The graph of the first nodes."""
    source = np.repeat(np.arange(graph.num_nodes), np.diff(graph.indptr))
    inside = (source < num_nodes) & (graph.indices < num_nodes) & (source <= graph.indices)
    small = Graph.from_edges(np.stack([source, graph.indices], 1)[inside], num_nodes=num_nodes)
    small.save(folder)
    return small


class Measured:
    """A run's work folder: bytes written, the most there at a time, and seconds of tasks."""

    def __init__(self, make_engine, run, name="work"):
        self.most, self._work = 0, None
        engine = make_engine(name, progress=self._watch)
        self._work = engine.folder.path
        run(engine)
        self._watch()
        lines = map(json.loads, (self._work / "manifest.jsonl").read_text().splitlines())
        tasks = [line for line in lines if "key" in line]
        self.written = sum(sum(line["outputs"].values()) for line in tasks)
        self.seconds = sum(line["seconds"] for line in tasks)
        self.rounds = len({line["stage"] for line in tasks if line["stage"].startswith("round")})

    def _watch(self, *_):
        files = [path for path in self._work.glob("*/*") if path.is_file()]
        self.most = max(self.most, sum(path.stat().st_size for path in files))


def children(pid):
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def within(found, expected, factor=2.0):
    return expected / factor <= found <= expected * factor


FASTRP = {
    "sparse": FastRP(dim=64),
    "dense": FastRP(dim=24, sparsity=3.0, weights=(0.0, 1.0, 0.0, 2.0)),
    "concatenated": FastRP(dim=16, sparsity=3.0, weights=(1.0, 1.0), concatenate=True, standardize=False),
}


@pytest.mark.parametrize("method", FASTRP.values(), ids=FASTRP.keys())
def test_bytes_of_fastrp(make_engine, graph, method):
    size = graph[0].num_nodes, graph[0].num_arcs
    need = fastrp_need(method, *size)
    run = Measured(make_engine, lambda engine: outofcore.embed(graph[1], method, engine=engine))
    if method.sparsity:
        assert need.written_bytes == run.written
    else:
        assert within(run.written, need.written_bytes, 1.01)
    assert within(run.most, need.disk_bytes, 1.1)


def test_bytes_of_walks_and_core_numbers(make_engine, graph, tmp_path):
    size = graph[0].num_nodes, graph[0].num_arcs
    law = {"walk_length": 10, "walks_per_node": 2}
    run = Measured(
        make_engine, lambda engine: outofcore.random_walks(graph[1], tmp_path / "w.npy", engine=engine, **law)
    )
    assert walks_need(*size, **law).written_bytes == run.written
    run = Measured(make_engine, lambda engine: outofcore.core_numbers(graph[1], engine=engine), "cores")
    need = cores_need(*size, rounds=run.rounds)
    assert need.written_bytes == need.disk_bytes == run.written


@pytest.mark.parametrize("law", [PersonalizedPageRank(tolerance=1e-3), PersonalizedPageRank(method="walks")])
def test_bytes_of_pagerank(make_engine, graph, tmp_path, law):
    small = cut(graph[0], tmp_path / "g", 3000)
    run = Measured(make_engine, lambda engine: outofcore.top_pagerank(tmp_path / "g", law, 5, engine=engine))
    need = pagerank_need(law, small.num_nodes, small.num_arcs, 5)
    assert need.written_bytes == run.written == run.most


def test_bytes_of_kernel_features(make_engine, graph, tmp_path):
    small = cut(graph[0], tmp_path / "g", 20_000)
    model = RandomFeatures(num_walkers=4)
    run = Measured(
        make_engine, lambda engine: outofcore.kernel_features(tmp_path / "g", model, engine=engine)
    )
    need = kernel_features_need(model, small.num_nodes, small.num_arcs)
    # At most: walkers that meet leave one entry.
    assert within(run.written, need.written_bytes)
    assert run.most <= need.disk_bytes


@pytest.mark.parametrize("num_parts", [None, 3])
def test_bytes_of_skip_gram(make_engine, graph, tmp_path, num_parts):
    small = cut(graph[0], tmp_path / "g", 3000)
    size = small.num_nodes, small.num_arcs
    method = DeepWalk(dim=8, walks_per_node=2, walk_length=10, window=2)
    run = Measured(
        make_engine,
        lambda engine: outofcore.embed(tmp_path / "g", method, engine=engine, num_parts=num_parts),
    )
    if num_parts is None:
        need, passed = skipgram_need(method, *size), 0
    else:
        # Eight episodes, in which the tables are written in place part by part.
        need, passed = grid_need(method, *size, num_parts=num_parts), 8 * num_parts * 8 * size[0] * 8
    assert need.written_bytes - passed == run.written
    assert within(run.most, need.disk_bytes)


@pytest.fixture
def one_thread(monkeypatch):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", "1")


def timed(function):
    """Seconds at best, once kernels are loaded and files are in the cache."""
    function()
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def storage_seconds(folder, count):
    """Seconds to write so many bytes into new files and to read them."""
    block = np.zeros(1 << 25, np.uint8)
    began = time.perf_counter()
    block.tofile(folder / "block")
    np.fromfile(folder / "block", np.uint8)
    seconds = time.perf_counter() - began
    (folder / "block").unlink()
    return seconds / (2 * block.nbytes) * count


def check_time(make_engine, tmp_path, need, factor, run):
    """`factor` is how much slower than the rates this machine is, as measured in memory."""
    Measured(make_engine, run, "warm")
    found = min(Measured(make_engine, run, f"work{turn}").seconds for turn in range(3))
    expected = factor * need.seconds + storage_seconds(tmp_path, need.moved(1))
    assert within(found, expected), (found, expected)


@pytest.mark.slow
def test_time_of_fastrp(make_engine, one_thread, graph, tmp_path):
    size, method = (graph[0].num_nodes, graph[0].num_arcs), FastRP(dim=64, num_threads=1)
    factor = timed(lambda: method.fit(graph[0])) / method.estimate(*size).seconds
    need = fastrp_need(method, *size)
    check_time(
        make_engine, tmp_path, need, factor, lambda engine: outofcore.embed(graph[1], method, engine=engine)
    )


@pytest.mark.slow
def test_time_of_walks(make_engine, one_thread, graph, tmp_path):
    small = cut(graph[0], tmp_path / "g", 20_000)
    size, law = (small.num_nodes, small.num_arcs), {"walk_length": 40, "walks_per_node": 20}
    need = walks_need(*size, **law)
    factor = timed(lambda: random_walks(small, num_threads=1, **law)) / need.seconds

    def walk(engine):
        outofcore.random_walks(tmp_path / "g", tmp_path / "w.npy", engine=engine, overwrite=True, **law)

    check_time(make_engine, tmp_path, need, factor, walk)


@pytest.mark.slow
def test_time_of_training(make_engine, one_thread, graph, tmp_path):
    small = cut(graph[0], tmp_path / "g", 20_000)
    size = small.num_nodes, small.num_arcs
    method = Node2Vec(dim=32, walks_per_node=2, walk_length=40, window=5, q=0.5, num_threads=1)
    factor = timed(lambda: method.fit(small)) / method.estimate(*size).seconds
    check_time(
        make_engine,
        tmp_path,
        skipgram_need(method, *size),
        factor,
        lambda engine: outofcore.embed(tmp_path / "g", method, engine=engine),
    )


def test_memory_of_workers(graph, tmp_path):
    """Peak resident memory of the workers, files that they map included."""
    size, method, peaks = (graph[0].num_nodes, graph[0].num_arcs), FastRP(dim=64), {}

    def watch(*_):
        for pid in children(os.getpid()):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            (peak,) = (int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
            peaks[pid] = max(peaks.get(pid, 0), peak)

    with Engine(work=tmp_path / "work", workers=1, progress=watch) as engine:
        outofcore.embed(graph[1], method, engine=engine)
    assert within(max(peaks.values()), fastrp_need(method, *size).memory(1))


@pytest.mark.slow
def test_rounds_of_core_numbers_take_what_is_planned(make_engine, graph, tmp_path):
    """The rate of a round, measured on a part of the graph."""
    small = cut(graph[0], tmp_path / "g", NODES * 3 // 4)
    found = []
    for name, size, folder in (
        ("warm", small, tmp_path / "g"),
        ("part", small, tmp_path / "g"),
        ("all", *graph),
    ):
        run = Measured(make_engine, partial(core_numbers_of, folder), name)
        found.append(run.seconds / cores_need(size.num_nodes, size.num_arcs, rounds=run.rounds).seconds)
    assert within(found[2], found[1])


def core_numbers_of(folder, engine):
    outofcore.core_numbers(folder, engine=engine)
