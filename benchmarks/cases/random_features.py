"""Sampling of graph random features: seconds, and the error of the kernel at the same number of walkers.

What is sampled are the features of each length, from U = 0.5 D^-1/2 A D^-1/2. The error is that of
(I - U)^-2, cut at the longest walk: |Phi Phi^T - K|^2 / |K|^2, in the Frobenius norm, on the ring and on an
R-MAT graph small enough for K. "random reads" is the machine's limit for the steps alone: the same number of
pairs of dependent reads, without random numbers, loads or deposits.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scipy.sparse
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

QUANTITIES = ("seconds", "ns_per_entry", "extra_mb")
SCALE = 0.5

RING = {"num_walkers": 1000, "p_halt": 0.1, "max_length": 4, "num_checks": 1}
"""The setting of fast-graph-gp's authors: 1,000 walks from each node, p_halt = 0.1, 5 lengths."""

USUAL = {"num_walkers": 16, "p_halt": 0.5, "max_length": 20, "num_checks": 8}


def parts(*, quick: bool) -> Iterator[Part]:
    ring, small = _request(inputs.ring_csr(1024), RING), _request(inputs.rmat_csr(10, 4000), USUAL)
    if quick:
        yield Part("ring, 64 nodes", CONTENDERS, _request(inputs.ring_csr(64), RING), check)
        yield Part("R-MAT, 1,024 nodes, 4,000 edges", CONTENDERS, small, check, quantities=QUANTITIES)
        return
    yield Part("ring, 1,024 nodes, 1,000 walkers", CONTENDERS, ring, check, quantities=QUANTITIES)
    middle = _request(inputs.rmat_csr(17, 1_000_000), USUAL)
    name = "R-MAT, 131,072 nodes, 1,000,000 edges, 16 walkers"
    yield Part(name, [*CONTENDERS, READS], middle, check, small, quantities=("seconds", "extra_mb"))
    for num_walkers in (16, 32, 64):
        large = _request(inputs.rmat_csr(20, 10_000_000), USUAL | {"num_walkers": num_walkers})
        name = f"R-MAT, 1,048,576 nodes, 10,000,000 edges, {num_walkers} walkers"
        yield Part(name, [*CONTENDERS[:2], READS], large, check, small, quantities=("seconds", "extra_mb"))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Squared relative errors; those of independent walkers are the same for everyone, up to chance."""
    exact = _exact(request)
    found: dict[str, Values] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.npz"
        for name, session in sessions.items():
            errors = []
            for seed in range(1, request["num_checks"] + 1):
                session.ask(**request | {"seed": 100 * seed, "save": str(path)})
                if path.exists():
                    errors.append(_square_error(path, exact))
                    path.unlink()
            if errors:
                found[name] = {"square_error": errors}
    means = {name: float(np.mean(values["square_error"])) for name, values in found.items()}
    if max(means.values()) > 1.3 * means["graphkit, independent"]:
        raise CheckFailed(f"squared relative errors: {means}")
    return found


def _exact(request: dict[str, Any]) -> np.ndarray:
    """(sum_{l <= max_length} U^l)^2, dense."""
    arrays = np.load(request["input"])
    degree = np.diff(arrays["indptr"])
    values = request["scale"] / np.sqrt(np.repeat(degree, degree) * degree[arrays["indices"]])
    matrix = scipy.sparse.csr_array((values, arrays["indices"], arrays["indptr"])).toarray()
    power = root = np.eye(len(degree))
    for _ in range(request["max_length"]):
        power = power @ matrix
        root = root + power
    return root @ root


def _square_error(path: Path, exact: np.ndarray) -> float:
    features = scipy.sparse.load_npz(path).astype(np.float64)
    kernel = (features @ features.T).toarray()
    return float(((kernel - exact) ** 2).sum() / (exact**2).sum())


def _request(graph: Path, setting: dict[str, Any]) -> dict[str, Any]:
    """The work, and for `READS` as many steps: a walker takes (1 - p) / p of them, if it is not stopped."""
    p, longest = setting["p_halt"], setting["max_length"]
    steps = sum((1 - p) ** length for length in range(1, longest + 1))
    reads = {"walks_per_node": math.ceil(setting["num_walkers"] * steps), "walk_length": 2}
    return {"input": str(graph), "scale": SCALE, "seed": 1, **setting, **reads}


CONTENDERS = [
    Contender("graphkit", "graphkit", "random_features_graphkit", {"coupling": "antithetic-repelling"}),
    Contender("graphkit, independent", "graphkit", "random_features_graphkit", {"coupling": "independent"}),
    Contender("fast-graph-gp", "fast-graph-gp", "random_features_fast_graph_gp", {}, 1),
]
READS = Contender("random reads", "graphkit", "random_read", {})
