"""Importing graphkit and asking for help are quick, measured against importing NumPy."""

import statistics
import subprocess
import sys
import time

import pytest

HELP = "import sys; sys.argv = ['graphkit', '--help']; from graphkit.cli import main; sys.exit(main())"
EMBED_HELP = HELP.replace("'--help'", "'embed', '--help'")


def start(script):
    """Seconds that a fresh Python needs for a script."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    return time.perf_counter() - began


def ratio_to_numpy(script, rounds=5):
    """Median over rounds of a script's start beside the start of one that imports NumPy."""
    start(script)
    return statistics.median(start(script) / start("import numpy") for _ in range(rounds))


# Where NumPy needs 0.1 s these are 0.2 s and 0.3 s.
@pytest.mark.parametrize(("script", "highest"), [("import graphkit", 2), (HELP, 3)], ids=["import", "help"])
def test_start_is_quick(script, highest):
    assert ratio_to_numpy(script) < highest


KERNELS = {"numpy", "scipy", "numba", "llvmlite"}
HEAVY = KERNELS | {
    "faiss",
    "torch",
    "triton",
    "sklearn",
    "pyarrow",
    "pandas",
    "networkx",
    "pydantic",
    "rich",
    "typer",
}


@pytest.mark.parametrize(
    ("script", "allowed"),
    [
        ("import graphkit", set()),
        (HELP, {"typer"}),
        (EMBED_HELP, KERNELS | {"typer", "pydantic", "rich"}),
        ("from graphkit import Graph, FastRP, Embedding, read_graph, embed", KERNELS),
    ],
    ids=["import", "help", "help of a command", "names"],
)
def test_no_heavy_library_is_imported_before_it_is_needed(script, allowed):
    watched = sorted(HEAVY - allowed)
    check = f"lambda: print([name for name in {watched} if name in sys.modules], file=sys.stderr)"
    script = f"import atexit, sys; atexit.register({check}); {script}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


def test_a_run_imports_neither_pandas_nor_scipys_linear_algebra(tmp_path):
    edges, vectors = (str(tmp_path / name) for name in ("edges.txt", "vectors.parquet"))
    (tmp_path / "edges.txt").write_text("1 2\n2 3\n3 4\n")
    line = ["embed", edges, "-o", vectors, "--dim", "8", "-q"]
    check = "[name for name in ('pandas', 'scipy.linalg') if name in sys.modules]"
    script = f"import sys; from graphkit.cli import main; print(main({line}), {check})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "0 []")
