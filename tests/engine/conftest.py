"""A cluster of two Ray nodes on this machine, which asks for a token."""

import os
import secrets
import warnings
from pathlib import Path

import pytest

from graphkit.engine import ray_pool


@pytest.fixture(scope="session")
def ray_cluster():
    # Set for good: Ray reads them when it is imported, and the drivers that tests start inherit them.
    os.environ.update(ray_pool._SETTINGS)
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    # The nodes' workers must find the tasks of the tests.
    tests = str(Path(__file__).parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH")]))
    pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
    yield cluster
    cluster.shutdown()
