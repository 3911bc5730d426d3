"""Core numbers by rounds are those by peeling."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph
from support.reference.h_index import lowered

from graphkit import outofcore
from graphkit.cores.core_numbers import core_numbers
from graphkit.engine import Engine
from graphkit.errors import InputError, ParameterError
from graphkit.graph import shards
from graphkit.graph.graph import Graph
from graphkit.graph.storage import write_manifest
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


@pytest.mark.parametrize("degree", ["total", "in", "out"])
@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_directed_graphs_are_those_in_memory(make_engine, small, tmp_path, seed, degree):
    """By in and out degrees that differ, in many blocks, with edges in both directions and loops."""
    rng = np.random.default_rng(seed)
    source = np.minimum(rng.integers(0, 300, 3000), rng.integers(0, 300, 3000))
    edges = np.stack([source, rng.integers(0, 300, 3000)], 1)
    graph = Graph.from_edges(np.concatenate([edges, edges[:500, ::-1]]), num_nodes=310, directed=True)
    graph.save(tmp_path / "g")
    found = outofcore.core_numbers(tmp_path / "g", engine=make_engine(), degree=degree)
    assert found.dtype == np.int32
    assert found.tolist() == core_numbers(graph, degree=degree).tolist()
    assert len(set(found.tolist())) > 3


@pytest.mark.parametrize("arguments", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_graphs(make_engine, tmp_path, arguments):
    graph = Graph.from_edges(**arguments)
    graph.save(tmp_path / "g")
    for degree in ("total", "in", "out") if graph.directed else ("total",):
        found = outofcore.core_numbers(tmp_path / "g", engine=make_engine(degree), degree=degree)
        assert found.tolist() == core_numbers(graph, degree=degree).tolist()


@pytest.mark.parametrize("num_nodes", [0, 1, 3])
def test_directed_graphs_without_arcs(make_engine, tmp_path, num_nodes):
    graph = Graph.from_edges(np.empty((0, 2), np.int64), num_nodes=num_nodes, directed=True)
    graph.save(tmp_path / "g")
    assert outofcore.core_numbers(tmp_path / "g", engine=make_engine()).tolist() == [0] * num_nodes


def as_read(array):
    """Read-only, as the kernel is compiled for it."""
    view = array.view()
    view.flags.writeable = False
    return view


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cut", [(0, 60), (0, 17), (17, 60), (30, 30)])
def test_a_round_is_the_plain_one(cut, both):
    """Along one adjacency, or two that have some arcs in common."""
    graphs = [random_graph(60, 200, seed=seed) for seed in range(1 + both)]
    first, end = cut
    numbers = sum(graph.degree for graph in graphs).astype(np.int32)
    own, room = numbers[first:end].copy(), np.full(numbers.max() + 1, 99)
    arcs = tuple((as_read(graph.indptr[first : end + 1]), as_read(graph.indices)) for graph in graphs)
    changes = lower_numbers(arcs, first, as_read(numbers), own, room)
    neighbors = {
        node: [other for graph in graphs for other in graph.neighbors(node).tolist()]
        for node in range(first, end)
    }
    plain = lowered(neighbors, numbers.tolist())
    assert own.tolist() == plain[first:end]
    assert changes == sum(a != b for a, b in zip(plain, numbers.tolist(), strict=True))


@pytest.mark.parametrize(
    ("directed", "degree", "message"),
    [
        (False, "in", "degree='in' has no effect on an undirected graph"),
        (True, "both", "unknown degree 'both'"),
    ],
)
def test_what_is_refused(make_engine, tmp_path, directed, degree, message):
    random_graph(30, 100, directed=directed).save(tmp_path / "g")
    with pytest.raises(ParameterError, match=message):
        outofcore.core_numbers(tmp_path / "g", engine=make_engine(), degree=degree)


def test_a_directed_run_cut_off_goes_on(make_engine, small, tmp_path):
    graph = random_graph(300, 3000, directed=True)
    graph.save(tmp_path / "g")

    def interrupt(stage, done, total):
        if stage == "round1":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outofcore.core_numbers(tmp_path / "g", engine=make_engine(progress=interrupt), degree="in")
    make_engine.release()
    seen = []
    engine = make_engine(progress=lambda stage, done, total: seen.append(stage))
    found = outofcore.core_numbers(tmp_path / "g", engine=engine, degree="in")
    assert found.tolist() == core_numbers(graph, degree="in").tolist()
    assert "round2" in seen
    assert seen.count("turn") == seen.count("round0") == 1


def test_worker_processes(narrow, tmp_path):
    graph = random_graph(300, 3000)
    graph.save(tmp_path / "g")
    with Engine(work=tmp_path / "work", workers=2) as engine:
        found = outofcore.core_numbers(tmp_path / "g", engine=engine)
    assert found.tolist() == core_numbers(graph).tolist()


def test_a_shard_that_is_none_of_a_graph_is_refused_though_its_digest_fits(make_engine, tmp_path):
    folder = tmp_path / "g"
    Graph.from_edges([(0, 1), (1, 2), (2, 3)]).save(folder)
    indices = np.load(folder / "indices.npy", mmap_mode="r+")
    indices[2] = 10**9
    indices.flush()
    (folder / "manifest.json").unlink()
    write_manifest(folder, directed=False)
    with pytest.raises(InputError, match="row 1 is none of a graph"):
        outofcore.core_numbers(folder, engine=make_engine())
