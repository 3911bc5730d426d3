"""Reading: a text of edges to a graph.

graphkit and polars take any ids and number them; networkit and igraph are given their fast paths for ids
that are 0, 1, 2, … already. "polars + np.unique" stops at numbered edges; only the others end with an
adjacency.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from contender import Contender
from measure import CheckFailed, Part, Sessions


def parts(*, quick: bool) -> Iterator[Part]:
    edges = inputs.simple_rmat_edges(*((14, 100_000) if quick else (21, 7_420_000)))
    yield _part("R-MAT, undirected", inputs.edge_text(edges), np.load(edges), separator=" ", directed=False)
    cnr = inputs.cnr_2000_text()
    yield _part("cnr-2000, directed", cnr, np.loadtxt(cnr, dtype=np.int64), separator="\t", directed=True)


def _part(name: str, path: Path, edges: np.ndarray, *, separator: str, directed: bool) -> Part:
    expected = _facts(edges, directed)

    def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Any]:
        for contender, session in sessions.items():
            reply = session.ask(**request)
            found = {fact: reply[fact] for fact in expected}
            if found != expected:
                raise CheckFailed(f"{path.name}: {contender} read {found}, expected {expected}")
        return {}

    title = f"{name}, {path.stat().st_size / 1e6:.0f} MB, {expected['edges']:,} edges"
    request = {"path": str(path), "separator": separator, "directed": directed}
    return Part(title, CONTENDERS, request, check)


def _facts(edges: np.ndarray, directed: bool) -> dict[str, int]:
    """Nodes, edges and sum of squared (out-)degrees, which no renumbering changes; no edge is repeated."""
    degree = np.bincount(edges[:, 0] if directed else edges.ravel())
    return {"nodes": len(np.unique(edges)), "edges": len(edges), "squares": int(np.sum(degree**2))}


CONTENDERS = [
    Contender("graphkit", "graphkit", "read_graphkit"),
    Contender("polars + np.unique, edges only", "polars", "read_polars", {"csr": False}),
    Contender("polars + np.unique + scipy", "polars", "read_polars", {"csr": True}),
    Contender("networkit", "networkit", "read_networkit"),
    Contender("igraph", "igraph", "read_igraph"),
]
