"""A file that becomes shorter while it is mapped: an error that names it, or the result of the whole file."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from support.graphs import random_graph

import graphkit as gk
from campaign.children import tried
from graphkit.errors import GraphkitError, RunError
from graphkit.files.mapped import check_maps

FEW = 6

RUNS = {
    "walks": lambda graph: gk.random_walks(graph, walk_length=30, seed=1),
    "walks of second order": lambda graph: gk.random_walks(graph, walk_length=20, p=0.5, q=2, seed=1),
    "DeepWalk": lambda graph: gk.DeepWalk(dim=8, walks_per_node=2, seed=1).fit_transform(graph),
    "FastRP": lambda graph: gk.FastRP(dim=16, seed=1).fit_transform(graph),
    "LINE": lambda graph: gk.LINE(dim=8, samples=200_000, seed=1).fit_transform(graph),
    "cores": gk.core_numbers,
    "PageRank": lambda graph: gk.PersonalizedPageRank(tolerance=1e-3).top(graph, k=5).scores,
    "RandomFeatures": lambda graph: gk.RandomFeatures(dim=8, seed=1).fit_transform(graph),
    "sum": lambda graph: np.asarray(graph.strength.sum()),
}


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The bytes of a saved graph's files."""
    folder = tmp_path_factory.mktemp("whole") / "graph"
    random_graph(3000, 40_000, seed=1).save(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("name", RUNS)
def test_a_graph_that_becomes_shorter_under_a_run(name, content, tmp_path):
    folder = tmp_path / "graph"
    folder.mkdir()

    def write():
        for file, was in content.items():
            (folder / file).write_bytes(was)

    write()
    began = time.monotonic()
    expected = RUNS[name](gk.Graph.open(folder))
    began = time.monotonic()
    RUNS[name](gk.Graph.open(folder))
    seconds = time.monotonic() - began

    def trial(number):
        rng = np.random.default_rng(number)
        file = folder / str(rng.choice(["indptr.npy", "indices.npy"]))
        write()
        graph = gk.Graph.open(folder)
        size = int(rng.choice([0, 1000, file.stat().st_size // 2, file.stat().st_size - 8]))
        cut = threading.Timer(rng.uniform(0, 1.1 * seconds), os.truncate, (file, size))
        cut.start()
        try:
            assert np.array_equal(RUNS[name](graph), expected)
        finally:
            cut.cancel()
            cut.join()

    # What is cut before the first use is found by the check of rows.
    _, faults = tried(trial, 0, FEW, GraphkitError)
    assert not faults, "\n".join(f"seed {fault.trial}: {fault.what}" for fault in faults)


def test_the_file_is_named_and_others_go_on(content, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for file, was in content.items():
            (tmp_path / name / file).write_bytes(was)
    one, other = (gk.Graph.open(tmp_path / name) for name in ("one", "other"))
    os.truncate(tmp_path / "one" / "indices.npy", 5000)
    for _ in range(2):
        with pytest.raises(RunError, match=r"one/indices\.npy: was .* bytes long and is 5,000 now"):
            gk.core_numbers(one)
    gk.core_numbers(other)
    check_maps()


READING = """
import os, sys
import numpy as np
from pathlib import Path
from graphkit.errors import RunError
from graphkit.files.arrays import open_npy, save_npy

path = Path(sys.argv[1])
save_npy(path, np.ones(1 << 20))
array = open_npy(path)
os.truncate(path, 8192)
try:
    print(array.sum())
except RunError as error:
    print("error:", error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the handler is Linux's")
@pytest.mark.parametrize("faulthandler", [False, True])
def test_reading_beyond_the_end_is_an_error(tmp_path, faulthandler):
    """By NumPy alone, which compares no sizes."""
    options = ["-X", "faulthandler"] if faulthandler else []
    ended = subprocess.run(
        [sys.executable, *options, "-c", READING, str(tmp_path / "a.npy")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != -signal.SIGBUS
    assert ended.stdout.startswith("error:"), ended.stderr
    assert "a.npy: was 8,388,736 bytes long and is 8,192 now" in ended.stdout


def test_threads_that_check_while_maps_are_let_go(content, tmp_path):
    for file, was in content.items():
        (tmp_path / file).write_bytes(was)
    errors = []

    def work():
        try:
            for _ in range(300):
                gk.Graph.open(tmp_path)
                check_maps()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
