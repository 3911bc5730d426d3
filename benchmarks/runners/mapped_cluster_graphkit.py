"""Clusters around seeds of a graph in a folder, each on a graph that has just been opened."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> Path:
    # The kernels, of push and of the sweep.
    ring = np.arange(40_000)
    graph = graphkit.Graph.from_edges((ring, (ring + 1) % len(ring)))
    graphkit.local_cluster(graph, 5, tolerance=request["tolerance"])
    return Path(request["input"])


def clusters(folder: Path, request: Request) -> list[tuple[float, float]]:
    """Milliseconds, and kB read from the disk, of each seed."""
    found = []
    for row in request["rows"]:
        if request["is_cold"]:
            forget(folder)
        else:
            around(folder, row, request)
        found.append(around(folder, row, request))
    return found


def around(folder: Path, row: int, request: Request) -> tuple[float, float]:
    graph = graphkit.Graph.open(folder)
    seed = int(np.load(folder / "node_ids.npy", mmap_mode="r")[row])
    if request["is_cold"]:
        forget(folder)
    read, start = bytes_read(), time.perf_counter()
    cluster = graphkit.local_cluster(graph, seed, tolerance=request["tolerance"])
    seconds = time.perf_counter() - start
    assert seed in cluster
    return 1e3 * seconds, (bytes_read() - read) / 1e3


def forget(folder: Path) -> None:
    """Have the system keep nothing of the files in memory."""
    for path in folder.rglob("*.npy"):
        file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def bytes_read() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def described(found: list[tuple[float, float]]) -> Request:
    times, read = zip(*found, strict=True)
    return {"ms_a_seed": statistics.median(times), "kb_a_seed": statistics.median(read)}


serve(clusters, load=load, describe=described, packages=["graphkit", "numpy", "numba"])
