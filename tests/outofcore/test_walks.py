"""Walks out of core are those in memory."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.errors import InputError, ParameterError
from graphkit.outofcore import walks
from graphkit.walks.random_walks import random_walks

LAWS = {
    "plain": {},
    "biased": {"p": 0.25, "q": 4.0},
    "restarts": {"restart": 0.2, "stop": 0.05},
    "short": {"walk_length": 1, "walks_per_node": 3},
    "none": {"walks_per_node": 0},
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
@pytest.mark.parametrize("kind", [{}, {"weighted": True, "directed": True}], ids=["plain", "weighted"])
def test_walks_are_those_in_memory(make_engine, tmp_path, monkeypatch, law, kind):
    monkeypatch.setattr(walks, "NODES_PER_TASK", 2000)
    graph = random_graph(100, 500, **kind)
    graph.save(tmp_path / "g")
    law = {"walk_length": 20, "walks_per_node": 4, "seed": 3, **law}
    shape = outofcore.random_walks(tmp_path / "g", tmp_path / "w.npy", engine=make_engine(), **law)
    expected = random_walks(graph, backend="cpu", **law)
    assert shape == expected.shape
    assert np.array_equal(np.load(tmp_path / "w.npy"), expected)


def test_text_and_worker_processes(tmp_path):
    graph = random_graph(100, 500)
    graph.save(tmp_path / "g")
    with Engine(work=tmp_path / "work", workers=2) as engine:
        outofcore.random_walks(tmp_path / "g", tmp_path / "w.txt", engine=engine, walk_length=5)
    lines = (tmp_path / "w.txt").read_text().splitlines()
    expected = random_walks(graph, walk_length=5, backend="cpu")
    assert [list(map(int, line.split())) for line in lines] == [
        [node for node in walk if node >= 0] for walk in expected.tolist()
    ]


def test_numbers_of_numpy(tmp_path):
    graph = random_graph(30, 100)
    graph.save(tmp_path / "g")
    law = {"walk_length": np.int64(5), "walks_per_node": np.int64(2), "seed": np.int64(1)}
    with Engine(work=tmp_path / "work", workers=1) as engine:
        outofcore.random_walks(tmp_path / "g", tmp_path / "w.npy", engine=engine, **law)
    assert np.array_equal(np.load(tmp_path / "w.npy"), random_walks(graph, backend="cpu", **law))


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"walk_length": 0}, ParameterError, "walk_length must be a whole number >= 1"),
        ({"p": 0.0}, ParameterError, "p must be > 0"),
        ({"pp": 1.0}, ParameterError, "unknown parameter 'pp'"),
        ({"extend": True, "seed": -1}, ParameterError, "seed must lie in"),
        ({"output": "w.csv"}, ParameterError, "no format for walks has this suffix"),
        ({"output": "no/w.npy"}, InputError, "does not exist; create it first"),
    ],
)
def test_what_is_refused(make_engine, tmp_path, parameters, error, message):
    random_graph(30, 100, weighted=True).save(tmp_path / "g")
    parameters = {"output": "w.npy", **parameters}
    parameters["output"] = tmp_path / parameters["output"]
    with pytest.raises(error, match=message):
        outofcore.random_walks(tmp_path / "g", engine=make_engine(), **parameters)
