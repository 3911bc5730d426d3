"""Ray on several hosts: tokens, a silent host, what goes over the wire, and who listens."""

import json
import secrets
import sys
import time
from pathlib import Path

import pytest
from support.graphs import random_graph
from support.network_hosts import CAN, Hosts

from graphkit.distributed import fit_in_parts
from graphkit.engine import ray_pool
from graphkit.methods.deepwalk import DeepWalk
from graphkit.methods.fastrp import FastRP

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN, reason="network namespaces need root, ip, unshare and nsenter"),
]

RAY = [sys.executable, "-m", "ray.scripts.scripts"]
NODE = ["--object-store-memory=100000000", "--disable-usage-stats"]
PORT = 6379


@pytest.fixture(scope="module")
def cluster():
    """A head without CPUs on host a, nodes of one CPU on b and c; the settings are ours."""
    pytest.importorskip("ray")
    settings = {
        **ray_pool._SETTINGS,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    with Hosts("abc") as hosts:
        hosts.settings, hosts.head = settings, f"{hosts.address['a']}:{PORT}"
        head = ["--head", f"--port={PORT}", "--include-dashboard=false", "--num-cpus=0"]
        started(hosts, "a", head)
        for name in "bc":
            started(hosts, name, [f"--address={hosts.head}", "--num-cpus=1"])
        yield hosts


def started(hosts, name, words):
    own = f"--node-ip-address={hosts.address[name]}"
    status, said = hosts.run(name, *RAY, "start", own, *words, *NODE, **hosts.settings)
    assert status == 0, said


CONNECT = """
import sys, time
from graphkit.engine import Engine
from graphkit.errors import GraphkitError
began = time.perf_counter()
try:
    engine = Engine("ray", work=sys.argv[1], address=sys.argv[2], insecure=len(sys.argv) > 3)
    print("connected", engine.workers)
except GraphkitError as error:
    print(type(error).__name__, error)
print("seconds", round(time.perf_counter() - began))
"""


def connected(hosts, work, *insecure, **settings):
    _, said = hosts.python("b", CONNECT, str(work), hosts.head, *insecure, **{**hosts.settings, **settings})
    return said


def test_a_token_is_asked_for(cluster, tmp_path):
    assert "connected 2" in connected(cluster, tmp_path / "w")
    wrong = connected(cluster, tmp_path / "w", RAY_AUTH_TOKEN="0" * 64)
    assert "RunError" in wrong
    assert "token" in wrong
    missing = connected(cluster, tmp_path / "w", RAY_AUTH_MODE="disabled")
    assert "ParameterError" in missing
    assert "would take orders from anybody" in missing
    forced = connected(cluster, tmp_path / "w", "insecure", RAY_AUTH_MODE="disabled", RAY_AUTH_TOKEN="")
    assert "RunError" in forced
    for said in (wrong, missing, forced):
        assert int(said.split()[-1]) <= 30


def test_what_listens(cluster):
    """Each host listens to the others of the bridge, which asks for a token, and to itself; no dashboard."""
    ours = {port for name in "abc" for _, port in cluster.listeners(name)}
    assert PORT in ours
    assert 8265 not in ours
    beyond = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert PORT not in {int(row[1].split(":")[1], 16) for row in beyond if row[3] == "0A"}


EMBED = """
import sys
from graphkit import outofcore
from graphkit.engine import Engine
with Engine("ray", work=sys.argv[1], address=sys.argv[2]) as engine:
    outofcore.embed(sys.argv[3], engine=engine, dim=64, seed=1).save(sys.argv[4])
"""


def test_data_do_not_go_over_the_wire(cluster, tmp_path):
    graph = random_graph(20_000, 200_000)
    graph.save(tmp_path / "g")
    before = {name: cluster.bytes_of(name) for name in "bc"}
    words = [str(tmp_path / "w"), cluster.head, str(tmp_path / "g"), str(tmp_path / "v.npy")]
    status, said = cluster.python("a", EMBED, *words, **cluster.settings)
    assert status == 0, said
    moved = {name: cluster.bytes_of(name) - before[name] for name in "bc"}
    assert sum(moved.values()) < 1_000_000, moved
    import numpy as np

    assert np.array_equal(np.load(tmp_path / "v.npy"), FastRP(dim=64, seed=1).fit_transform(graph))


TRAIN = """
import sys
from graphkit import outofcore
from graphkit.engine import Engine
with Engine("ray", work=sys.argv[1], address=sys.argv[2]) as engine:
    options = {"dim": 32, "walks_per_node": 1, "walk_length": 10, "window": 2, "seed": 1}
    outofcore.embed(sys.argv[3], "deepwalk", engine=engine, ranks=2, **options).save(sys.argv[4])
"""


def test_ranks_send_each_other_the_tables_and_nothing_more(cluster, tmp_path):
    """A rank on each of two hosts: 8 episodes, in each of which all contexts pass by both."""
    graph = random_graph(20_000, 100_000)
    graph.save(tmp_path / "g")
    before = {name: cluster.bytes_of(name) for name in "bc"}
    words = [str(tmp_path / "w"), cluster.head, str(tmp_path / "g"), str(tmp_path / "v.npy")]
    status, said = cluster.python("a", TRAIN, *words, **cluster.settings)
    assert status == 0, said
    sent = 8 * 4 * 20_000 * 32
    for name in "bc":
        moved = cluster.bytes_of(name) - before[name]
        # Sent and received.
        assert 2 * sent < moved < 2.2 * sent + 1_000_000, moved / sent
    import numpy as np

    method = DeepWalk(dim=32, walks_per_node=1, walk_length=10, window=2, seed=1)
    assert np.array_equal(np.load(tmp_path / "v.npy"), fit_in_parts(method, graph, num_parts=2).embedding_)


SLOW = """
import sys
from support import engine_tasks as tasks
from graphkit.engine import Engine
with Engine("ray", work=sys.argv[1], address=sys.argv[2]) as engine:
    engine.begin("test", {}, {})
    seconds = [{"number": number, "seconds": 0.5} for number in range(40)]
    print(len(engine.map("slow", tasks.slow, seconds).results), "done")
"""


def test_a_host_that_falls_silent(cluster, tmp_path):
    """20 seconds of work on two hosts, one of them cut off: the rest is done by the other."""
    manifest, began = tmp_path / "w" / "manifest.jsonl", time.perf_counter()
    driver = cluster.start(
        "a", sys.executable, "-c", SLOW, str(tmp_path / "w"), cluster.head, **cluster.settings
    )
    while not manifest.exists() or manifest.read_bytes().count(b"\n") < 6:
        assert driver.poll() is None, driver.communicate()
        time.sleep(0.05)
    cluster.cut("c")
    said, _ = driver.communicate(timeout=120)
    seconds = time.perf_counter() - began
    assert "40 done" in said
    numbers = [json.loads(line).get("number") for line in manifest.read_text().splitlines()]
    assert sorted(number for number in numbers if number is not None) == list(range(40))
    # About 20 s to do it all on one, and some to find out.
    assert seconds < 75, seconds
    print(f"{seconds:.1f} s")
