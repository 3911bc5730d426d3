"""node2vec on a large graph beside a small one, same settings: time a trained pair, memory beyond the graph.

One walk of 40 nodes from each node, window 10, 5 negative samples, 128 columns, p = q = 1. BlogCatalog's
vectors take 11 MB with the contexts, the R-MAT graph's 1.1 GB. Each measurement is a process of its own.
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

SETTINGS = {"dim": 128, "walks_per_node": 1, "walk_length": 40, "window": 10, "num_negatives": 5, "seed": 1}
SETTINGS |= {"p": 1, "q": 1}
QUANTITIES = ("ns_per_pair", "pairs", "seconds", "extra_mb")


def parts(*, quick: bool) -> Iterator[Part]:
    small = SETTINGS | {"input": str(inputs.rmat_csr(14, 50_000))}
    yield _part("BlogCatalog", inputs.blogcatalog_csr(), small)
    if not quick:
        yield _part("R-MAT, 1,048,576 nodes, 10,000,000 edges", inputs.rmat_csr(20, 10_000_000), small)


def _part(name: str, csr: Path, small: dict[str, Any]) -> Part:
    request = SETTINGS | {"input": str(csr)}
    return Part(name, CONTENDERS, request, check, small, apart=True, quantities=QUANTITIES)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """On the small graph: one finite vector a node."""
    num_nodes = len(np.load(request["input"])["indptr"]) - 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            vectors = np.load(path)
            if vectors.shape != (num_nodes, request["dim"]) or not np.isfinite(vectors).all():
                raise CheckFailed(f"{name}: vectors {vectors.shape}, or not finite")
    return {}


CONTENDERS = [Contender("graphkit", "graphkit", "node2vec_graphkit")]
