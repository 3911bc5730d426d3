"""graphkit walks: what it writes, says, and refuses."""

import gzip
import inspect
import json
import subprocess
import sys

import numpy as np
import pytest

from graphkit import random_walks, read_graph
from graphkit.cli import walks

OPTIONS = {"walk_length": 12, "walks_per_node": 3, "p": 0.5, "q": 2.0, "seed": 4}
FLAGS = "--walk-length 12 --walks-per-node 3 --p 0.5 --q 2 --seed 4"


def lines_of(edges, **options):
    graph = read_graph(edges)
    return ["".join(" ".join(graph.node_ids[walk].tolist())) for walk in random_walks(graph, **options)]


def test_files_hold_what_the_function_gives(graphkit, edges):
    for suffix in ("txt", "txt.gz", "npy"):
        outcome = graphkit(f"walks edges.txt -o out.{suffix} {FLAGS}")
        assert outcome.code == 0, outcome.err
        assert outcome.err.endswith(f"out.{suffix}: 48 walks of 12 nodes at most\n")
    folder, wanted = edges.parent, lines_of(edges, **OPTIONS)
    assert (folder / "out.txt").read_text().splitlines() == wanted
    assert gzip.decompress((folder / "out.txt.gz").read_bytes()).decode().splitlines() == wanted
    assert np.array_equal(np.load(folder / "out.npy"), random_walks(read_graph(edges), **OPTIONS))


def test_stdin_to_stdout(edges):
    command = [sys.executable, "-c", "import sys; from graphkit.cli import main; sys.exit(main())"]
    done = subprocess.run(
        [*command, "walks", "-", "-o", "-", "--walks-per-node", "1"],
        input=edges.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().splitlines() == lines_of(edges, walks_per_node=1)
    assert b"standard output: 16 walks of 80 nodes at most" in done.stderr


def test_flags_are_the_functions_parameters():
    known = set(inspect.signature(random_walks).parameters)
    listed = {parameter.name for parameter in walks._signature(walks.DEFAULT_KIND).values()}
    # Ids to start from have no flag.
    assert known - listed == {"graph", "starts", "progress"}
    names = [parameter.name for parameter in walks.parameters()]
    assert len(set(names)) == len(names)


def test_defaults_are_the_functions(graphkit, edges):
    assert graphkit("walks edges.txt -o out.npy -q") == (0, "", "")
    assert np.array_equal(np.load(edges.parent / "out.npy"), random_walks(read_graph(edges)))


def test_switches(graphkit, edges):
    line = "walks edges.txt -o out.npy -q --start-at-arcs --restart 0.3 --stop 0.1 --threads 1"
    assert graphkit(line) == (0, "", "")
    wanted = random_walks(read_graph(edges), start_at_arcs=True, restart=0.3, stop=0.1)
    assert np.array_equal(np.load(edges.parent / "out.npy"), wanted)


def test_progress(graphkit, edges):
    outcome = graphkit("walks edges.txt -o out.npy --progress json")
    reports = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    assert {"stage": "walks", "done": 160, "total": 160}.items() <= reports[-1].items()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "walks edges.txt -o out.csv",
            "out.csv: no format for walks has this suffix; use .txt, .txt.gz, .npy",
        ),
        ("walks edges.txt -o out.txt --p 0", "p must be > 0 and finite, or inf, got 0.0"),
        ("walks edges.txt -o out.txt --gamma 1", "gamma has no effect without extend"),
        ("walks edges.txt -o out.txt --walk-length x", "expected a whole number, got 'x'"),
        ("walks edges.txt -o out.txt --walk-lengths 3", "did you mean --walk-length?"),
    ],
)
def test_what_is_refused(is_refused, line, message):
    is_refused(line, message)


def test_ids_with_blanks(graphkit, tmp_path):
    (tmp_path / "edges.csv").write_text("source,target\na b,c\n")
    outcome = graphkit("walks edges.csv -o out.txt")
    assert outcome.code == 2
    assert "out.txt: the id 'a b' is empty or holds a blank" in outcome.err
    assert graphkit("walks edges.csv -o out.npy -q") == (0, "", "")


def test_a_backend_that_is_not_there(graphkit, edges, monkeypatch):
    monkeypatch.setattr("graphkit.gpu.backend.is_interpreted", lambda: False)
    monkeypatch.setattr("torch.version.cuda", None)
    monkeypatch.setattr("torch.version.hip", None)
    code, _, err = graphkit("walks edges.txt -o out.npy --backend gpu")
    assert code == 2
    assert "backend gpu: torch" in err
    assert "is built for the CPU alone, without CUDA or ROCm; install one for your GPU" in err
    assert "or pass --backend cpu" in err
    assert not (edges.parent / "out.npy").exists()
    code, _, err = graphkit("walks edges.txt -o out.npy --backend gpu:1")
    assert code == 2
    assert "backend gpu:1: torch" in err
    code, _, err = graphkit("walks edges.txt -o out.npy --backend cuda")
    assert code == 2
    assert "unknown backend 'cuda'; possible: auto, cpu, gpu, gpu:N" in err
