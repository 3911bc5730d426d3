"""Core numbers of graphs in memory: a web graph that nearly fits the caches, and one that does not.

Everyone has the graph in its own structure, without loops, which networkit refuses. networkit has two
algorithms: its own choice, ParK on all threads, and the bucket queue of Batagelj and Zaversnik on one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values


def parts(*, quick: bool) -> Iterator[Part]:
    graphs = {"R-MAT, 16,384 nodes, 100,000 edges": inputs.rmat_csr(14, 100_000)}
    if not quick:
        graphs = {
            "cnr-2000, undirected": inputs.cnr_2000_csr(),
            "R-MAT, 2,097,152 nodes, 20,000,000 edges": inputs.rmat_csr(21, 20_000_000),
        }
    for name, csr in graphs.items():
        yield Part(name, CONTENDERS, {"input": str(csr)}, check, facts=("degeneracy", "sum"))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Everyone's numbers are the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.npy"
        wanted = None
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            numbers = np.load(path)
            wanted = numbers if wanted is None else wanted
            if not np.array_equal(numbers, wanted):
                raise CheckFailed(f"{name}: core numbers differ from graphkit's")
    return {}


CONTENDERS = [
    Contender("graphkit", "graphkit", "cores_graphkit"),
    Contender("networkit", "networkit", "cores_networkit", {"bucket_queue": False}),
    Contender("networkit, bucket queue", "networkit", "cores_networkit", {"bucket_queue": True}),
    Contender("igraph", "igraph", "cores_igraph"),
]
