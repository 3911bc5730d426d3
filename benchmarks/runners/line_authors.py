"""LINE by its authors' C++ program.

Its seconds are those of its training threads alone, from the line that it prints before them to the one
after: reading the text of edges and building its tables are left out. Its samples are whole millions. The
rows of each order are divided by their length and joined, as the authors' ``normalize`` and ``concatenate``
do. It has no seed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from protocol import Request, serve, threads

FOLDER = tempfile.TemporaryDirectory()
"""For its input and output; the program keeps at most 99 characters of a path."""

ORDERS = {"first": [1], "second": [2], "both": [1, 2]}


@dataclass
class Trained:
    vectors: np.ndarray
    seconds: float
    peak_mb: float
    samples: int


def load(request: Request) -> Path:
    """Each arc as a line ``source target 1``, in a file that goes with this process."""
    arrays = np.load(request["input"])
    source = np.repeat(np.arange(len(arrays["indptr"]) - 1), np.diff(arrays["indptr"]))
    path = Path(FOLDER.name) / "edges.txt"
    np.savetxt(path, np.column_stack([source, arrays["indices"], np.ones_like(source)]), fmt="%d")
    return path


def embed(edges: Path, request: Request) -> Trained:
    trained = [_train(edges, request, order) for order in ORDERS[request["order"]]]
    halves = [t.vectors / np.linalg.norm(t.vectors, axis=1, keepdims=True) for t in trained]
    return Trained(
        trained[0].vectors if len(trained) == 1 else np.hstack(halves),
        sum(t.seconds for t in trained),
        max(t.peak_mb for t in trained),
        sum(t.samples for t in trained),
    )


def _train(edges: Path, request: Request, order: int) -> Trained:
    output = edges.with_name("vectors.bin")
    millions = round(request["samples"] / 1e6)
    options = {
        "train": edges,
        "output": output,
        "binary": 1,
        "size": request["dim"],
        "order": order,
        "negative": request["num_negatives"],
        "samples": millions,
        "threads": request.get("num_threads") or threads(),
    }
    words = [str(word) for name, value in options.items() for word in (f"-{name}", value)]
    # Line by line: else its message that training begins arrives with the first report of progress.
    program = ["stdbuf", "-oL", request["program"], *words]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
        seconds = _training_seconds(process)
        process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"line ended with {process.returncode}")
    return Trained(read_vectors(output), seconds, usage.ru_maxrss * 1024 / 1e6, millions * 1_000_000)


def _training_seconds(process: subprocess.Popen) -> float:
    """Seconds from the third ruler line, printed before the threads start, to the line of the total time."""
    rulers = 0
    while rulers < 3:
        rulers += process.stdout.readline().startswith(b"-----")
    start = time.perf_counter()
    while b"Total time" not in process.stdout.readline():
        pass
    return time.perf_counter() - start


def read_vectors(path: Path) -> np.ndarray:
    """Rows in the order of the nodes' numbers, float32."""
    content = path.read_bytes()
    place = content.index(b"\n") + 1
    count, dim = map(int, content[:place].split())
    vectors = np.zeros((count, dim), np.float32)
    for _ in range(count):
        space = content.index(b" ", place)
        row = np.frombuffer(content, np.float32, dim, space + 1)
        vectors[int(content[place:space])] = row
        place = space + 1 + 4 * dim + 1
    return vectors


serve(
    embed,
    load=load,
    save=lambda trained, path: np.save(path, trained.vectors),
    describe=lambda trained: {"seconds": trained.seconds, "peak_mb": trained.peak_mb},
    amount=("sample", lambda trained: trained.samples),
    packages=["numpy"],
)
