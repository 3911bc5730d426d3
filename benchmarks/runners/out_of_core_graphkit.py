"""Conversion, FastRP, alone and propagated, walks and DeepWalk by graphkit, in memory or by an engine."""

from __future__ import annotations

import atexit
import functools
import os
import secrets
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from protocol import Request, serve, threads

import graphkit
from graphkit import outofcore
from graphkit.distributed import fit_in_parts
from graphkit.engine import Engine

FILTER = "ppr"
"""That propagated vectors go through."""

LOOKING = 0.02
"""The share of a core's time that looking at memory may take: a cluster has many processes."""


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
        looked = 0.0
        while not self._ended.wait(max(0.02, looked / LOOKING)):
            began = time.perf_counter()
            self.mb = max(self.mb, sum(_anonymous_mb(pid) for pid in _tree("self")))
            looked = time.perf_counter() - began


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


class SavedGraph:
    """A graph as a folder, which goes when this does."""

    def __init__(self, arrays: str, scratch: str | None):
        self._folder = tempfile.TemporaryDirectory(dir=scratch)
        self.path = Path(self._folder.name) / "graph"
        with np.load(arrays) as loaded:
            graphkit.Graph(loaded["indptr"], loaded["indices"]).save(self.path)


@functools.cache
def ray_cluster():
    """Two nodes of Ray on this machine, with a core each, begun before anything is measured."""
    os.environ |= {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    atexit.register(cluster.shutdown)
    return cluster


def load(request: Request) -> SavedGraph | Path:
    """The graph as a folder, or the edges as a file."""
    if request["engine"] == "ray":
        ray_cluster()
    if request["job"] == "convert":
        return Path(request["input"])
    return SavedGraph(request["input"], request.get("scratch"))


def run(data: SavedGraph | Path, request: Request) -> Request:
    source = data if isinstance(data, Path) else data.path
    scratch = Path(tempfile.mkdtemp(dir=request.get("scratch")))
    try:
        with TreePeak() as peak:
            if request["engine"] is None:
                found = _in_memory(source, scratch, request)
            else:
                with _engine(request["engine"], scratch / "work") as engine:
                    found = _out_of_core(source, scratch, engine, request)
        if peak.mb > request.get("limit_mb", float("inf")):
            raise MemoryError(f"{peak.mb:,.0f} MB, allowed are {request['limit_mb']:,}")
        return {"tree_mb": peak.mb, "found": found}
    finally:
        shutil.rmtree(scratch)


def _engine(kind: str, work: Path) -> Engine:
    if kind == "ray":
        return Engine(kind, work=work, address=ray_cluster().address)
    return Engine(kind, work=work, workers=threads())


def _in_memory(source: Path, scratch: Path, request: Request) -> float:
    if request["job"] == "convert":
        graphkit.read_graph(source).save(scratch / "graph")
        return _fact_of_graph(scratch / "graph")
    graph = graphkit.Graph.open(source)
    if request["job"] == "fastrp":
        return _fact(graphkit.FastRP(dim=request["dim"], seed=1).fit_transform(graph))
    if request["job"] == "propagated":
        vectors = graphkit.FastRP(dim=request["dim"], seed=1).fit_transform(graph)
        return _fact(graphkit.propagate(vectors, graph, FILTER))
    if request["job"] == "deepwalk":
        return _fact(_trained(graph, request).embedding_)
    np.save(scratch / "w.npy", graphkit.random_walks(graph, seed=1, backend="cpu"))
    return _fact(np.load(scratch / "w.npy", mmap_mode="r"))


def _out_of_core(source: Path, scratch: Path, engine: Engine, request: Request) -> float:
    if request["job"] == "convert":
        outofcore.convert(source, scratch / "graph", engine=engine)
        return _fact_of_graph(scratch / "graph")
    if request["job"] == "fastrp":
        return _fact(outofcore.embed(source, "fastrp", engine=engine, dim=request["dim"], seed=1).vectors)
    if request["job"] == "propagated":
        options = {"dim": request["dim"], "seed": 1, "propagate": FILTER}
        return _fact(outofcore.embed(source, "fastrp", engine=engine, **options).vectors)
    if request["job"] == "deepwalk":
        parts = request.get("num_parts")
        return _fact(outofcore.embed(source, _deepwalk(request), engine=engine, num_parts=parts).vectors)
    outofcore.random_walks(source, scratch / "w.npy", engine=engine, seed=1)
    return _fact(np.load(scratch / "w.npy", mmap_mode="r"))


def _trained(graph: graphkit.Graph, request: Request) -> graphkit.DeepWalk:
    """DeepWalk in memory, its tables whole or in as many parts as the engine trains."""
    method, parts = _deepwalk(request), request.get("num_parts")
    return method.fit(graph) if parts is None else fit_in_parts(method, graph, num_parts=parts)


def _deepwalk(request: Request) -> graphkit.DeepWalk:
    return graphkit.DeepWalk(dim=request["dim"], seed=1, **request["params"])


def _fact(array: np.ndarray) -> float:
    """A number that another result would hardly have; little of the array is read."""
    return float(np.sum(array[:: max(1, len(array) // 1000)], dtype=np.float64))


def _fact_of_graph(folder: Path) -> float:
    graph = graphkit.Graph.open(folder)
    return graph.num_arcs + _fact(graph.indices)


serve(run, load=load, describe=lambda result: result, packages=["graphkit", "numpy", "numba", "pyarrow"])
