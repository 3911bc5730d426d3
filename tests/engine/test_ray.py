"""Ray: what is refused before and while connecting, and nodes that come and go."""

import importlib.metadata
import json
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from support import engine_tasks as tasks
from support.graphs import random_graph

from graphkit import outofcore
from graphkit.engine import Engine, ray_pool, ray_workers
from graphkit.engine.failure import rebuilt
from graphkit.engine.ray_workers import WorkerActor
from graphkit.errors import MissingDependencyError, ParameterError, RunError
from graphkit.methods.fastrp import FastRP


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"address": "10.1.2.3:6379"}, ParameterError, "would take orders from anybody"),
        ({"address": "ray://host:1"}, ParameterError, "address must be host:port or 'auto'"),
        ({"address": "127.0.0.1"}, ParameterError, "address must be host:port"),
        ({"address": "127.0.0.1:1", "workers": 2}, ParameterError, "workers has no effect with an address"),
        ({"address": "127.0.0.1:1"}, RunError, "no Ray answers at 127.0.0.1:1: Connection refused"),
    ],
)
def test_addresses_that_are_refused(tmp_path, monkeypatch, parameters, error, message):
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    with pytest.raises(error, match=message):
        Engine("ray", work=tmp_path / "work", **parameters)
    # The folder is free again.
    Engine("local", work=tmp_path / "work").close()


@pytest.mark.parametrize(("says", "message"), [(None, "timed out"), (b"HTTP/1.1 400", "another protocol")])
def test_an_address_that_is_no_rays(tmp_path, monkeypatch, says, message):
    monkeypatch.setattr(ray_pool, "_CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                if says:
                    connection.sendall(says)
                connection.recv(100)
                time.sleep(0.7)

        threading.Thread(target=answer, daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(RunError, match=f"no Ray answers at {address}: .*{message}"):
            Engine("ray", work=tmp_path / "work", address=address)


def test_nodes_with_another_graphkit_are_refused(monkeypatch):
    order = {"number": 3, "task": "", "arguments": {}, "work": "", "stem": "", "graphkit": "0.0.1"}
    answer = json.loads(ray_pool.answered(json.dumps(order)))
    assert answer["number"] == 3
    with pytest.raises(RunError, match=r"has graphkit .* which is not that of the driver; install the same"):
        raise rebuilt(answer["error"], "stage")


OTHER = """
import sys, ray
from graphkit.engine import Engine
ray.__version__ = "1.2.3"
Engine("ray", work=sys.argv[1], address=sys.argv[2])
"""


@pytest.mark.slow
def test_another_ray_is_refused(ray_cluster, tmp_path):
    words = [sys.executable, "-c", OTHER, str(tmp_path / "work"), ray_cluster.address]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert f"RunError: Ray at {ray_cluster.address}: Version mismatch" in done.stderr
    assert "1.2.3" in done.stderr
    assert importlib.metadata.version("ray") in done.stderr


def test_parameters_of_ray_have_no_effect_without_it(tmp_path):
    with pytest.raises(ParameterError, match="address has no effect without Ray"):
        Engine("local", work=tmp_path, address="auto")


def test_without_ray_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'ray>=2.52'"):
        Engine("ray", work=tmp_path)


@pytest.mark.slow
def test_fastrp_has_the_bits_of_memory(ray_cluster, tmp_path):
    graph = random_graph(300, 3000)
    graph.save(tmp_path / "g")
    with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
        found = outofcore.embed(tmp_path / "g", engine=engine, dim=40, seed=1)
    assert np.array_equal(found.vectors, FastRP(dim=40, seed=1).fit_transform(graph))


@pytest.mark.slow
def test_a_node_that_dies_and_one_that_joins(ray_cluster, tmp_path):
    doomed = ray_cluster.add_node(num_cpus=1)
    ray_cluster.wait_for_nodes()
    seconds = [{"number": number, "seconds": 0.3} for number in range(40)]
    with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
        assert engine.workers == 3
        engine.begin("test", {}, {})
        progress = []

        def watch(stage, done, total):
            progress.append(done)
            if len(progress) == 5:
                ray_cluster.remove_node(doomed, allow_graceful=False)
                ray_cluster.add_node(num_cpus=1)

        engine.progress = watch
        stage = engine.map("slow", tasks.slow, seconds)
    assert len(stage.results) == 40
    assert len(list((tmp_path / "work" / "slow").glob("*.txt"))) == 40


@pytest.mark.slow
def test_a_task_alone_has_the_whole_of_the_largest_node(ray_cluster, tmp_path):
    large = ray_cluster.add_node(num_cpus=3)
    ray_cluster.wait_for_nodes()
    try:
        with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
            engine.begin("test", {}, {})
            alone = engine.map("alone", tasks.threads, [{}])
            side_by_side = engine.map("side by side", tasks.threads, [{}, {}])
    finally:
        ray_cluster.remove_node(large)
    assert alone.results == ({"threads": 3},)
    assert side_by_side.results == ({"threads": 1}, {"threads": 1})


@pytest.mark.slow
def test_workers_whose_node_went_while_they_idled_cost_no_order_its_retries(ray_cluster, tmp_path):
    doomed = ray_cluster.add_node(num_cpus=8)
    ray_cluster.wait_for_nodes()
    with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
        engine.begin("test", {}, {})
        try:
            first = engine.map("alone", tasks.threads, [{}])
        finally:
            ray_cluster.remove_node(doomed, allow_graceful=False)
        assert first.results == ({"threads": 8},)
        # Its workers end soon after.
        time.sleep(3)
        assert engine.map("alone again", tasks.threads, [{}]).results == ({"threads": 1},)
        engine.map("slow", tasks.slow, [{"number": number, "seconds": 0} for number in range(40)])


@pytest.mark.slow
def test_a_node_that_joins_takes_part(ray_cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_pool, "_PATIENCE_SECONDS", 0.2)
    with Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine:
        engine.begin("test", {}, {})
        joined = ray_cluster.add_node(num_cpus=3)
        try:
            engine.map("slow", tasks.slow, [{"number": number, "seconds": 0.3} for number in range(40)])
            assert engine.map("alone", tasks.threads, [{}]).results == ({"threads": 3},)
        finally:
            ray_cluster.remove_node(joined)


@pytest.mark.slow
def test_that_no_worker_starts_is_said(ray_cluster, tmp_path, monkeypatch):
    def refuse(self, answer):
        raise ModuleNotFoundError("No module named 'graphkit'")

    broken = type("WorkerActor", (), {"__init__": refuse, "node": WorkerActor.node, "run": WorkerActor.run})
    monkeypatch.setattr(ray_workers, "WorkerActor", broken)
    monkeypatch.setattr(ray_workers, "_MOST_FAILED", 3)
    with (
        Engine("ray", work=tmp_path / "work", address=ray_cluster.address) as engine,
        pytest.raises(RunError, match="on Ray no worker starts: ModuleNotFoundError: No module named 'graph"),
    ):
        engine.begin("test", {}, {})
        engine.map("alone", tasks.threads, [{}])
