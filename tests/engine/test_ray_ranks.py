"""Ranks on Ray: the bits of one process, on any number of them, though one or its node is killed."""

import json
import threading
import time

import numpy as np
import pytest
from support import rank_tasks
from support.graphs import random_graph

from graphkit import DeepWalk, Node2Vec, outofcore
from graphkit.distributed import fit_in_parts
from graphkit.engine import Engine, Ranks, ray_pool, ray_ranks
from graphkit.errors import InputError, ParameterError, RunError

METHODS = {
    "deepwalk": DeepWalk(dim=16, walks_per_node=8, walk_length=10, window=3, seed=4, epochs=2),
    "node2vec": Node2Vec(dim=10, walks_per_node=5, walk_length=8, window=3, p=0.5, q=2.0, seed=1),
}


@pytest.fixture
def engine(ray_cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_pool, "_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(ray_ranks, "_JOIN_SECONDS", 0.0)
    with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
        yield engine


def kill(ray, actor):
    ray.kill(actor)
    with pytest.raises(ray.exceptions.RayActorError):
        while True:
            ray.get(actor.meet.remote())


@pytest.fixture
def begun(engine):
    engine.begin("test", {}, {})
    return engine


@pytest.mark.slow
def test_bits_are_those_of_one_process_whatever_happens(engine, tmp_path, monkeypatch):
    """Of two ranks one is killed, two others are interrupted, and one goes on."""
    graph, method, heard, begun = random_graph(301, 900), METHODS["deepwalk"], [], []
    graph.save(tmp_path / "g")

    class Counted(ray_ranks.RankGroup):
        def __init__(self, *given):
            begun.append(self)
            super().__init__(*given)

    def disturb(stage, done, _):
        if stage == "train0":
            kill(engine._pool._ray, begun[-1]._actors[1])
        if stage == "train1" and done:
            raise KeyboardInterrupt

    monkeypatch.setattr(ray_pool, "RankGroup", Counted)
    engine.progress = disturb
    with pytest.raises(KeyboardInterrupt):
        outofcore.embed(tmp_path / "g", method, engine=engine, num_parts=4, ranks=2)
    assert len(begun) == 2
    engine.progress = lambda stage, *_: heard.append(stage)
    found = outofcore.embed(tmp_path / "g", method, engine=engine, num_parts=4, ranks=1)
    assert len(begun) == 3
    expected = fit_in_parts(method, graph, num_parts=4).embedding_
    assert np.array_equal(found.vectors.view(np.uint32), expected.view(np.uint32))
    assert found.info["params"]["num_parts"] == 4
    assert "train0" not in heard
    assert "train2" in heard
    assert not list((tmp_path / "work").glob("train*/*"))


@pytest.mark.slow
def test_parts_are_as_many_as_ranks_unless_told(engine, tmp_path):
    graph, method = random_graph(300, 900, weighted=True, directed=True), METHODS["node2vec"]
    graph.save(tmp_path / "g")
    found = outofcore.embed(tmp_path / "g", method, engine=engine, ranks=2)
    assert np.array_equal(found.vectors, fit_in_parts(method, graph, num_parts=2).embedding_)
    assert found.info["params"]["num_parts"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_a_rank_that_is_killed_takes_the_other_with_it_and_both_run_again(begun, number):
    stage = begun.map("passed", rank_tasks.passed_on, [{"doomed": number}], ranks=Ranks(2))
    assert stage.results == ({"received": 1, "size": 2},)
    assert [np.load(begun.folder.path / stage.path(0, f"{rank}.npy")) for rank in (0, 1)] == [1, 0]
    last = json.loads((begun.folder.path / "manifest.jsonl").read_text().splitlines()[-1])
    assert sorted(last["outputs"]) == ["passed/00000.0.npy", "passed/00000.1.npy"]


@pytest.mark.slow
def test_ranks_whose_node_is_killed_are_given_up_if_none_takes_its_place(ray_cluster, begun):
    left, doomed = begun.workers, ray_cluster.add_node(num_cpus=1)
    ray_cluster.wait_for_nodes()
    mark = begun.folder.path.parent / "together"

    def kill():
        while not mark.exists():
            time.sleep(0.05)
        ray_cluster.remove_node(doomed, allow_graceful=False)

    killer = threading.Thread(target=kill)
    killer.start()
    gone = rf"^nodes are gone, and there is room for {left} of {left + 1} ranks \[stage long\]; what is done"
    with pytest.raises(RunError, match=gone):
        begun.map("long", rank_tasks.long, [{}], ranks=Ranks(left + 1))
    killer.join()
    assert begun.map("long", rank_tasks.long, [{}], ranks=Ranks(2)).results == ({"size": 2},)


@pytest.mark.slow
def test_the_mistake_of_one_rank_is_raised_not_that_the_others_lost_it(begun):
    with pytest.raises(InputError, match=r"^some-file, line 7: is bad$"):
        begun.map("refuse", rank_tasks.refuse, [{}], ranks=Ranks(2))


@pytest.mark.slow
def test_ranks_are_spread_over_the_nodes_and_have_the_cpus_of_the_smallest(ray_cluster, begun):
    large = ray_cluster.add_node(num_cpus=3)
    ray_cluster.wait_for_nodes()
    try:
        three = begun.map("three", rank_tasks.where, [{}], ranks=Ranks(3))
        one = begun.map("one", rank_tasks.where, [{}], ranks=Ranks(1))
    finally:
        ray_cluster.remove_node(large)
    paths = [begun.folder.path / three.path(0, f"{rank}.json") for rank in range(3)]
    said = [json.loads(path.read_text()) for path in paths]
    assert len({each["node"] for each in said}) == 3
    assert {each["threads"] for each in said} == {1}
    own = ray_cluster.head_node.node_ip_address
    assert {address for each in said for address in (each["address"], each["meeting"][0])} == {own}
    assert one.results[0]["threads"] == 3


@pytest.mark.slow
def test_ranks_with_gpus(ray_cluster, tmp_path, monkeypatch):
    """On a node that says it has two, whose processes have Triton's interpreter, which repeats its bits."""
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    node = ray_cluster.add_node(num_cpus=2, num_gpus=2)
    ray_cluster.wait_for_nodes()
    graph, found = random_graph(20, 60), {}
    graph.save(tmp_path / "g")
    method = DeepWalk(dim=5, walks_per_node=2, walk_length=4, window=2, seed=1)
    on_gpu = DeepWalk(**method.get_params() | {"backend": "gpu"})
    try:
        for ranks in (1, 2):
            with Engine("ray", work=tmp_path / f"work{ranks}", address=ray_cluster.address) as engine:
                embedding = outofcore.embed(tmp_path / "g", on_gpu, engine=engine, num_parts=2, ranks=ranks)
                found[ranks] = embedding.vectors
    finally:
        ray_cluster.remove_node(node)
    expected = fit_in_parts(method, graph, num_parts=2).embedding_
    assert np.array_equal(found[1], found[2])
    assert np.corrcoef(found[1].ravel(), expected.ravel())[0, 1] > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ranks": 2, "backend": "gpu"}, "ranks: there is room for 0, each with a CPU and a GPU; got 2"),
        ({"ranks": 2, "backend": "gpu:1"}, "backend must be 'cpu' or 'gpu' with ranks, got 'gpu:1'"),
        ({"ranks": 40, "backend": "gpu"}, "num_parts must be <= 30, the nodes, on GPUs, got 40"),
        ({"ranks": 100}, r"ranks: there is room for \d, each with a CPU; got 100"),
        ({"ranks": 0}, "ranks must be a whole number >= 1, got 0"),
        ({"ranks": 2, "num_parts": 3}, "num_parts must be a multiple of 2, the ranks, got 3"),
        (
            {"ranks": 2, "method": "fastrp"},
            "ranks has no effect for fastrp; methods that train on walks have",
        ),
    ],
)
def test_ranks_that_are_refused(engine, tmp_path, given, message):
    random_graph(30, 100).save(tmp_path / "g")
    with pytest.raises(ParameterError, match=message):
        outofcore.embed(tmp_path / "g", **{"method": "deepwalk", **given}, engine=engine)


def test_the_local_engine_has_no_ranks(tmp_path):
    random_graph(30, 100).save(tmp_path / "g")
    with (
        Engine("local", work=tmp_path / "work") as engine,
        pytest.raises(ParameterError, match="ranks has no effect on the engine 'local'; the engine 'ray'"),
    ):
        outofcore.embed(tmp_path / "g", "deepwalk", engine=engine, ranks=2)
