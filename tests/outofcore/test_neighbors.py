"""Nearest neighbours out of core have the bits of those in memory."""

import numpy as np
import pytest

from graphkit import outofcore
from graphkit.cli import main
from graphkit.embedding import Embedding
from graphkit.errors import ParameterError
from graphkit.neighbors import arguments, knn, knn_graph
from graphkit.outofcore import neighbors

SEARCHES = {
    "all": {},
    "all, recall 1": {"recall": 1.0},
    "lists": {"num_lists": 30},
    "lists and probes": {"num_lists": 30, "num_probes": 2},
    "cosine": {"num_lists": 30, "metric": "cosine"},
    "products": {"num_lists": 30, "metric": "inner_product", "recall": 0.8},
    "too many lists to be worth it": {"num_lists": 4, "recall": 0.999},
}


def points_of(folder, dim=16):
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(40, dim))
    points = (centers[rng.integers(0, 40, 3000)] + 0.3 * rng.normal(size=(3000, dim))).astype(np.float32)
    points[7] = 0
    Embedding(np.arange(3000), points).save(folder / "v.npy")
    return points


def same(found, expected):
    assert np.array_equal(found.indices, expected.indices)
    assert np.array_equal(found.distances, expected.distances)
    assert repr(found) == repr(expected)
    assert (found.num_lists, found.num_probes, found.num_zero) == (
        expected.num_lists,
        expected.num_probes,
        expected.num_zero,
    )


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())
def test_bits_are_those_in_memory(make_engine, tmp_path, monkeypatch, search):
    monkeypatch.setattr(arguments, "_BLOCK_VALUES", 1 << 13)
    monkeypatch.setattr(neighbors, "POINTS_PER_TASK", 200)
    points = points_of(tmp_path)
    found = outofcore.knn_graph(tmp_path / "v.npy", 9, seed=4, engine=make_engine(), **search)
    same(found, knn_graph(points, 9, seed=4, **search))


@pytest.mark.parametrize("dim", [8, 256])
def test_points_that_are_not_few(make_engine, tmp_path, monkeypatch, dim):
    """With many columns the lists are compared along a few axes first."""
    monkeypatch.setattr(knn, "_FEW_PRODUCTS", 0)
    points = points_of(tmp_path, dim)
    found = outofcore.knn_graph(tmp_path / "v.npy", 5, engine=make_engine())
    same(found, knn_graph(points, 5))
    assert found.method == "lists"


def test_the_command_and_worker_processes(tmp_path):
    points_of(tmp_path)
    line = ["knn", str(tmp_path / "v.npy"), "-k", "4", "--num-lists", "20", "-q", "-o"]
    assert main([*line, str(tmp_path / "memory.csv")]) == 0
    work = ["--engine", "local", "--work", str(tmp_path / "work"), "--threads", "2"]
    assert main([*line, str(tmp_path / "disk.csv"), *work]) == 0
    assert (tmp_path / "memory.csv").read_bytes() == (tmp_path / "disk.csv").read_bytes()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"k": 0}, "k must be whole and in"),
        ({"metric": "l1"}, "unknown metric"),
        ({"recall": 0.0}, "recall must lie in"),
        ({"num_lists": 5, "num_probes": 6}, "num_probes must be a whole number"),
    ],
)
def test_what_is_refused(make_engine, tmp_path, params, message):
    points_of(tmp_path)
    with pytest.raises(ParameterError, match=message):
        outofcore.knn_graph(tmp_path / "v.npy", engine=make_engine(), **params)


def test_the_command_refuses(tmp_path, capsys):
    points_of(tmp_path)
    line = ["knn", str(tmp_path / "v.npy"), "-o", str(tmp_path / "o.csv"), "--engine", "local"]
    assert main([*line, "--work", str(tmp_path / "w"), "--backend", "gpu"]) == 2
    assert "--backend has no effect with --engine" in capsys.readouterr().err
    missing = [word.replace("v.npy", "none.npy") for word in line]
    assert main([*missing, "--work", str(tmp_path / "w")]) == 2
    assert "none.npy: no such file" in capsys.readouterr().err
    assert main([*line]) == 2
    assert "--engine needs --work" in capsys.readouterr().err


def test_vectors_that_are_not_finite_are_refused_by_the_name_of_their_file(make_engine, tmp_path):
    points = points_of(tmp_path)
    points[5, 2] = np.nan
    np.save(tmp_path / "v.npy", points)
    with pytest.raises(ParameterError, match=r"the vectors in .*v\.npy must be finite .* in row 5"):
        outofcore.knn_graph(tmp_path / "v.npy", 9, engine=make_engine())
