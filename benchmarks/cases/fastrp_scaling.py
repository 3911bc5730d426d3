"""FastRP on growing graphs: seconds and peak memory, d = 128.

Each measurement is a process of its own. The authors' Python is left out: its matrices of doubles pass the
memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from cases.fastrp import AUTHORS, RUST
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

MAX_PEAK_MB = 12_000


def parts(*, quick: bool) -> Iterator[Part]:
    scale, sizes = (14, (50, 100)) if quick else (21, (5_000, 10_000, 20_000, 40_000))
    for thousands in sizes:
        request = {"input": str(inputs.rmat_csr(scale, thousands * 1000)), "dim": 128}
        small = {"input": str(inputs.rmat_csr(14, 50_000)), "dim": 128}
        name = f"R-MAT, {2**scale:,} nodes, {thousands * 1000:,} edges"
        yield Part(name, CONTENDERS, request, check, small, apart=True, max_peak_mb=MAX_PEAK_MB)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """On the small graph: one finite vector a node, none constant over the nodes."""
    num_nodes = len(np.load(request["input"])["indptr"]) - 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            vectors = np.load(path)
            deviation = vectors.std(axis=0)
            if vectors.shape != (num_nodes, request["dim"]) or not np.allclose(deviation, 1, atol=0.01):
                raise CheckFailed(
                    f"{name}: {vectors.shape} vectors, deviations {deviation.min()} to {deviation.max()}"
                )
    return {}


CONTENDERS = [
    Contender("graphkit", "graphkit", "fastrp_graphkit", AUTHORS),
    Contender("fastrp (Rust), columns scaled", "fastrp", "fastrp_rust", RUST),
]
