"""A run killed again and again, resumed each time, has the bytes of an unbroken one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit.graph.graph import Graph

RUN = """
import sys
from graphkit.cli import main
from graphkit.outofcore import skipgram

# Training in many short segments.
skipgram.CHUNKS_PER_SEGMENT = 1
sys.exit(main(sys.argv[1:]))
"""

METHODS = {
    "fastrp": "--dim 64",
    "deepwalk": "--method deepwalk --dim 8 --walks-per-node 40 --walk-length 5 --window 2",
}


def begun(folder, line):
    """Start a line of a command, or several of one job."""
    words = [RUN, *line.split()] if "\n" not in line else [BOTH, line]
    return subprocess.Popen([sys.executable, "-c", *words], cwd=folder, stderr=subprocess.PIPE, text=True)


def finished(folder, line):
    """How many lines the manifest of an unbroken run has."""
    process = begun(folder, line)
    _, said = process.communicate()
    assert process.returncode == 0, said


def lines_of(*manifests):
    return sum(path.read_bytes().count(b"\n") for path in manifests if path.exists())


def children(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return list(map(int, path.read_text().split())) if path.exists() else []


def killed(folder, line, manifests, moments, rng):
    """Run to the end, the driver killed at some of the moments, a worker at the others."""
    process, drivers = begun(folder, line), 0
    for moment in moments:
        while lines_of(*manifests) < moment and process.poll() is None:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        if process.poll() is not None:
            break
        workers = children(process.pid)
        if workers and rng.random() < 0.3:
            os.kill(rng.choice(workers), signal.SIGKILL)
            continue
        process.kill()
        process.communicate()
        drivers += 1
        process = begun(folder, line)
    _, said = process.communicate()
    assert process.returncode == 0, said
    return drivers


BOTH = """
import sys
from pathlib import Path
from graphkit.cli import main
from graphkit.outofcore import skipgram

skipgram.CHUNKS_PER_SEGMENT = 1
for line in sys.argv[1].splitlines():
    # What is written is done.
    words = line.split()
    if not Path(words[words.index("-o") + 1]).exists() and main(words):
        sys.exit(1)
"""


KILLS = [3, pytest.param(30, marks=pytest.mark.slow)]


@pytest.mark.parametrize(
    ("method", "kills"),
    [
        ("fastrp", 3),
        pytest.param("fastrp", 30, marks=pytest.mark.slow),
        pytest.param("deepwalk", 30, marks=pytest.mark.slow),
    ],
)
def test_a_run_killed_at_random_moments(tmp_path, method, kills):
    rng = np.random.default_rng(kills)
    graph = random_graph(12_000, 60_000, seed=1)
    graph.save(tmp_path / "g")
    line = f"embed g -o {{}}.npy --engine local --threads 2 --work {{}} --seed 1 {METHODS[method]}"
    finished(tmp_path, line.format("whole", "whole-work"))
    lines = lines_of(tmp_path / "whole-work" / "manifest.jsonl")
    moments = sorted(rng.integers(1, lines - 2, kills).tolist())
    drivers = killed(
        tmp_path, line.format("broken", "work"), [tmp_path / "work" / "manifest.jsonl"], moments, rng
    )
    assert drivers > kills / 3
    assert (tmp_path / "broken.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()


@pytest.mark.slow
def test_fastrp_followed_by_deepwalk_killed_at_random_moments(tmp_path):
    """One job of two runs, each with a work folder, killed 30 times and begun again each time."""
    rng = np.random.default_rng(7)
    random_graph(12_000, 60_000, seed=1).save(tmp_path / "g")
    line = "\n".join(
        f"embed g -o {{0}}-{name}.npy --engine local --threads 2 --work {{0}}-{name} --seed 1 {options}"
        for name, options in METHODS.items()
    )
    finished(tmp_path, line.format("whole"))
    manifests = {
        job: [tmp_path / f"{job}-{name}" / "manifest.jsonl" for name in METHODS]
        for job in ("whole", "broken")
    }
    of_first, of_both = lines_of(manifests["whole"][0]), lines_of(*manifests["whole"])
    moments = sorted(rng.integers(1, of_both - 2, 30).tolist())
    assert moments[0] < of_first < moments[-1]
    drivers = killed(tmp_path, line.format("broken"), manifests["broken"], moments, rng)
    assert drivers > 10
    for name in METHODS:
        assert (tmp_path / f"broken-{name}.npy").read_bytes() == (tmp_path / f"whole-{name}.npy").read_bytes()


@pytest.mark.parametrize("kills", KILLS)
def test_a_conversion_killed_at_random_moments(tmp_path, kills):
    rng = np.random.default_rng(kills)
    rows = rng.integers(0, 5000, (150_000, 2))
    for part in range(12):
        text = "".join(f"n{u} n{v}\n" for u, v in rows[part::12].tolist())
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "parts" / f"{part:02}.txt").write_text(text)
    line = "convert parts {} --engine local --threads 2 --work {}"
    finished(tmp_path, line.format("whole", "whole-work"))
    lines = lines_of(tmp_path / "whole-work" / "manifest.jsonl")
    moments = sorted(rng.integers(1, lines - 2, kills).tolist())
    killed(tmp_path, line.format("broken", "work"), [tmp_path / "work" / "manifest.jsonl"], moments, rng)
    for file in (tmp_path / "whole").iterdir():
        assert (tmp_path / "broken" / file.name).read_bytes() == file.read_bytes()
    assert Graph.open(tmp_path / "broken", verify=True).num_nodes == 5000
