"""Sparsification of six graphs: edges that are left, and how near the Laplacian is.

``condition`` is the relative condition number, exact, of the largest component: 1 is the graph itself, and
``inf`` says that it falls apart. ``edges_percent`` is what is left of the edges. Peers: networkx's spanner
(Baswana, Sen) of stretch 3, and edges drawn at random.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from cases.many_graphs import GRAPHS
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

CHOSEN = ("cora", "citeseer", "wiki", "ppi", "chameleon", "lastfm")


def parts(*, quick: bool) -> Iterator[Part]:
    for name in ["cora"] if quick else CHOSEN:
        request = {"seed": 1, "input": str(inputs.labelled_component_csr(name))}
        yield Part(GRAPHS[name], CONTENDERS, request, check, quantities=("seconds", "cpu_seconds"))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Everybody's condition number; that of walks must be finite."""
    from graphkit import Graph, relative_condition_number

    arrays = np.load(request["input"])
    graph = Graph(arrays["indptr"], arrays["indices"])
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sparse.npz"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            saved = np.load(path)
            sparse = Graph(saved["indptr"], saved["indices"], saved["weights"])
            edges = 100 * sparse.num_edges / (graph.num_edges - graph.num_self_loops)
            found[name] = {"edges_percent": [edges], "condition": [relative_condition_number(graph, sparse)]}
            if "walks" in name and not np.isfinite(found[name]["condition"][0]):
                raise CheckFailed(f"{name}: the sparsifier falls apart")
    return found


def _ours(name: str, method: str, **options: float) -> Contender:
    return Contender(name, "graphkit", "sparsify_graphkit", {"method": method, "options": options})


CONTENDERS = [
    _ours("graphkit walks, distortion 4", "walks"),
    _ours("graphkit walks, distortion 2", "walks", distortion=2),
    _ours("graphkit walks, distortion 8", "walks", distortion=8),
    _ours("graphkit resistances, 75 %", "resistances", share=0.75),
    _ours("graphkit resistances, 50 %", "resistances", share=0.5),
    _ours("random edges, 75 %", "random", share=0.75),
    Contender("networkx spanner, stretch 3", "graphkit", "sparsify_networkx", {"stretch": 3}, max_repeats=1),
]
