"""Conversion, FastRP and walks by graphkit, in memory or by a local engine."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

import numpy as np
from protocol import Request, serve, threads

import graphkit
from graphkit import outofcore
from graphkit.engine import Engine


class TreePeak:
    """The most that this process and its children have of memory that is theirs alone, in MB.

    Files that are mapped do not count: the system takes them back when memory is short.
    """

    def __enter__(self):
        self.mb, self._ended = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(0.02):
            self.mb = max(self.mb, sum(_anonymous_mb(pid) for pid in _tree("self")))


def _tree(pid):
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _words(task):
            yield from _tree(child)


def _words(path):
    """What a file of a process says; nothing if the process has ended."""
    try:
        return path.read_text().split()
    except OSError:
        return []


def _anonymous_mb(pid):
    words = _words(Path(f"/proc/{pid}/status"))
    return int(words[words.index("RssAnon:") + 1]) / 1e3 if "RssAnon:" in words else 0.0


def load(request: Request) -> Path:
    """The graph as a folder, or the edges as a file."""
    if request["job"] == "convert":
        return Path(request["input"])
    folder = Path(tempfile.mkdtemp(dir=request.get("scratch"))) / "graph"
    arrays = np.load(request["input"])
    graphkit.Graph(arrays["indptr"], arrays["indices"]).save(folder)
    return folder


def run(source: Path, request: Request) -> Request:
    scratch = Path(tempfile.mkdtemp(dir=request.get("scratch")))
    try:
        with TreePeak() as peak:
            if request["engine"] is None:
                found = _in_memory(source, scratch, request)
            else:
                with Engine(request["engine"], work=scratch / "work", workers=threads()) as engine:
                    found = _out_of_core(source, scratch, engine, request)
        if peak.mb > request.get("limit_mb", float("inf")):
            raise MemoryError(f"{peak.mb:,.0f} MB, allowed are {request['limit_mb']:,}")
        return {"tree_mb": peak.mb, "found": found}
    finally:
        shutil.rmtree(scratch)


def _in_memory(source: Path, scratch: Path, request: Request) -> float:
    if request["job"] == "convert":
        graphkit.read_graph(source).save(scratch / "graph")
        return _fact_of_graph(scratch / "graph")
    graph = graphkit.Graph.open(source)
    if request["job"] == "fastrp":
        return _fact(graphkit.FastRP(dim=request["dim"], seed=1).fit_transform(graph))
    if request["job"] == "deepwalk":
        return _fact(_deepwalk(request).fit_transform(graph))
    np.save(scratch / "w.npy", graphkit.random_walks(graph, walks_per_node=1, seed=1, backend="cpu"))
    return _fact(np.load(scratch / "w.npy", mmap_mode="r"))


def _out_of_core(source: Path, scratch: Path, engine: Engine, request: Request) -> float:
    if request["job"] == "convert":
        outofcore.convert(source, scratch / "graph", engine=engine)
        return _fact_of_graph(scratch / "graph")
    if request["job"] == "fastrp":
        return _fact(outofcore.embed(source, "fastrp", engine=engine, dim=request["dim"], seed=1).vectors)
    if request["job"] == "deepwalk":
        parts = request.get("num_parts")
        return _fact(outofcore.embed(source, _deepwalk(request), engine=engine, num_parts=parts).vectors)
    outofcore.random_walks(source, scratch / "w.npy", engine=engine, walks_per_node=1, seed=1)
    return _fact(np.load(scratch / "w.npy", mmap_mode="r"))


def _deepwalk(request: Request) -> graphkit.DeepWalk:
    return graphkit.DeepWalk(dim=request["dim"], seed=1, **request["params"])


def _fact(array: np.ndarray) -> float:
    """A number that another result would hardly have; little of the array is read."""
    return float(np.sum(array[:: max(1, len(array) // 1000)], dtype=np.float64))


def _fact_of_graph(folder: Path) -> float:
    graph = graphkit.Graph.open(folder)
    return graph.num_arcs + _fact(graph.indices)


serve(run, load=load, describe=lambda result: result, packages=["graphkit", "numpy", "numba", "pyarrow"])
