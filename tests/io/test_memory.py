"""The estimate of memory, and the refusal of what will not fit."""

import gzip
import subprocess
import sys
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.sparse

from graphkit import resources
from graphkit.errors import InputError
from graphkit.io import estimate_memory, memory, read_graph


@pytest.fixture
def rows():
    edges = np.random.default_rng(0).integers(0, 10**6, (20_000, 2))
    return edges, "".join(f"{a} {b}\n" for a, b in edges.tolist()).encode()


def files(rows, tmp_path):
    """One file of the same 20,000 edges of each kind."""
    edges, text = rows
    matrix = scipy.sparse.coo_array(
        (np.ones(len(edges)), (edges[:, 0] % 5000, edges[:, 1] % 5000)), shape=(5000, 5000)
    )
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(text))
    pyarrow.parquet.write_table(pa.table({"u": edges[:, 0], "v": edges[:, 1]}), tmp_path / "a.parquet")
    scipy.sparse.save_npz(tmp_path / "a.npz", matrix, compressed=False)
    (tmp_path / "a.adjlist").write_bytes(text)
    return sorted(tmp_path.iterdir())


def test_edges_are_counted_roughly(rows, tmp_path):
    for path in files(rows, tmp_path):
        found = estimate_memory(path)
        assert found.file_bytes == path.stat().st_size
        assert 10_000 <= found.num_edges <= 41_000, path
        assert found.fits


def test_reading_takes_about_what_was_estimated(rows, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(rows[1] * 20)
    read_graph(path)
    tracemalloc.start()
    read_graph(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.4 < estimate_memory(path).needed_bytes / peak < 2.5


def test_a_file_larger_than_memory_is_refused_before_it_is_read(rows, write, monkeypatch):
    path = write(rows[1])
    monkeypatch.setattr(memory, "available_memory", lambda: 2**20)
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert str(caught.value) == (
        f"{path}: about {estimate_memory(path).num_edges:,} edges need about 1.144 MiB of memory, "
        "1 MiB are available; convert the file out of core, with: graphkit convert FILE FOLDER "
        "--engine local --work WORK; the folder opens without being read into memory"
    )


def test_strings_take_more(write):
    numbers, names = write("1000001 1000002\n" * 100, "a.txt"), write("abcdefg abcdefh\n" * 100, "b.txt")
    assert estimate_memory(names).needed_bytes > estimate_memory(numbers).needed_bytes


def test_available_memory_heeds_the_control_group(tmp_path, monkeypatch):
    assert resources.available_memory() > 2**24
    for name, value in (("max", "5000"), ("current", "2000")):
        (tmp_path / name).write_text(f"{value}\n")
    monkeypatch.setattr(resources, "_CGROUPS", ((str(tmp_path / "max"), str(tmp_path / "current")),))
    assert resources.available_memory() == 3000
    (tmp_path / "max").write_text("max\n")
    assert resources.available_memory() > 2**24


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_available_memory_heeds_the_limits_of_the_process(limit):
    asked = (
        "import resource; from graphkit.resources import available_memory\n"
        f"resource.setrlimit(resource.{limit}, (1 << 30, resource.RLIM_INFINITY))\n"
        "print(available_memory())"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert 1 << 28 < int(said) < 1 << 30
