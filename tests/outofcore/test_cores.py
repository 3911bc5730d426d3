"""Core numbers by rounds are those by peeling."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference.h_index import lowered

from graphkit import outofcore, shards
from graphkit.cores import core_numbers
from graphkit.engine import Engine
from graphkit.errors import ParameterError
from graphkit.graph import Graph
from graphkit.kernels.cpu.h_index import lower_numbers


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 700)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 16)


@pytest.mark.parametrize("seed", range(4))
def test_numbers_are_those_in_memory(make_engine, narrow, tmp_path, seed):
    graph = random_graph(300, 3000, seed=seed)
    graph.save(tmp_path / "g")
    found = outofcore.core_numbers(tmp_path / "g", engine=make_engine())
    assert found.dtype == np.int32
    assert found.tolist() == core_numbers(graph).tolist()


UNDIRECTED = {name: arguments for name, arguments in AWKWARD.items() if not arguments.get("directed")}


@pytest.mark.parametrize("arguments", UNDIRECTED.values(), ids=UNDIRECTED.keys())
def test_awkward_graphs(make_engine, tmp_path, arguments):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    found = outofcore.core_numbers(tmp_path / "g", engine=make_engine())
    assert found.tolist() == core_numbers(graph).tolist()


@pytest.mark.parametrize("cut", [(0, 60), (0, 17), (17, 60), (30, 30)])
def test_a_round_is_the_plain_one(cut):
    graph = random_graph(60, 200, seed=1)
    first, end = cut
    numbers = graph.degree.astype(np.int32)
    own = numbers[first:end].copy()
    changes = lower_numbers(graph.indptr[first : end + 1], graph.indices, first, numbers, own)
    plain = lowered({node: graph.neighbors(node).tolist() for node in range(first, end)}, numbers.tolist())
    assert own.tolist() == plain[first:end]
    assert changes == sum(a != b for a, b in zip(plain, numbers.tolist(), strict=True))


def test_directed_graphs_are_refused(make_engine, tmp_path):
    random_graph(30, 100, directed=True).save(tmp_path / "g")
    with pytest.raises(ParameterError, match="of undirected graphs, got a directed one"):
        outofcore.core_numbers(tmp_path / "g", engine=make_engine())


def test_worker_processes(narrow, tmp_path):
    graph = random_graph(300, 3000)
    graph.save(tmp_path / "g")
    with Engine(work=tmp_path / "work", workers=2) as engine:
        found = outofcore.core_numbers(tmp_path / "g", engine=engine)
    assert found.tolist() == core_numbers(graph).tolist()
