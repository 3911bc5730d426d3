"""What `auto` chooses from, on thirteen labelled graphs: micro-F1 with half of the nodes known, and time.

128 columns. Ten real graphs and three block models, of few blocks, of more than there are columns, and of
blocks in a ring whose nodes have links to the blocks beside. One evaluation for all, as in `many_graphs`.
What the choice looks at stands with the row of `auto`: ``twins``, ``giant`` and ``last_eigenvalue``.
`auto_rule` makes of these results what a choice made without a graph would lose on it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scoring
from cases.many_graphs import GRAPHS as EIGHT_GRAPHS
from contender import Contender, Session
from measure import Part, Sessions, Values

GRAPHS = EIGHT_GRAPHS | {
    "facebook_pages": "Facebook pages",
    "github": "GitHub",
    "planted_few": "8 blocks",
    "planted_many": "300 blocks",
    "planted_ring": "10 blocks in a ring",
}
SEEDS = {"github": (1,), "facebook_pages": (1,), "pubmed": (1,), "blogcatalog": (1,)}
"""Of the others two, for time."""

DIM = 128


def parts(*, quick: bool) -> Iterator[Part]:
    for name in ["cora"] if quick else GRAPHS:
        yield Part(
            GRAPHS[name],
            _contenders(),
            {"dim": 16 if quick else DIM, "seed": 1, "input": str(inputs.labelled_csr(name))},
            lambda sessions, request, name=name: _check(name, sessions, request),
            quantities=("cpu_seconds",),
        )


def _contenders() -> list[Contender]:
    def ours(name: str, method: str, settings: dict[str, Any] | None = None, **more: Any) -> Contender:
        params = {"method": method, "settings": settings or {}, **more}
        return Contender(f"graphkit {name}", "graphkit", "matrix_graphkit", params, max_repeats=0)

    return [
        ours("auto", "auto"),
        ours("Spectral", "spectral"),
        ours("NetSMF", "netsmf"),
        ours("NetMF, window 1", "netmf", {"window": 1}),
        ours("NetMF", "netmf"),
        ours("ProNE", "prone"),
        ours("FastRP", "fastrp"),
        ours("FastRP, propagated", "fastrp", filter="auto"),
        ours("Node2Vec", "node2vec"),
    ]


def _check(name: str, sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    labels = scoring.labels_of(name)
    # Compilation is no part of a measurement.
    warm = request | {"input": str(inputs.rmat_csr(10, 5_000))}
    found = {}
    for contender, session in sessions.items():
        session.ask(**warm)
        seeds = SEEDS.get(name, (1, 2))
        scores = [_f1(session, request | {"seed": seed}, labels) for seed in seeds]
        found[contender] = {"micro_f1_50": scores}
    properties = _properties(request)
    found["graphkit auto"] |= {quantity: [value] for quantity, value in properties.items()}
    return found


def _f1(session: Session, request: dict[str, Any], labels: Any) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npz"
        session.ask(**request | {"save": str(path)})
        return scoring.f1_of_unit_rows(np.load(path)["vectors"], labels, ratios=(0.5,))["micro_f1_50"]


def _properties(request: dict[str, Any]) -> dict[str, float]:
    """What `auto` looks at."""
    from graphkit import Graph, Spectral
    from graphkit.methods.auto import share_of_twins

    arrays = np.load(request["input"])
    graph = Graph(arrays["indptr"], arrays["indices"])
    sizes = np.bincount(graph.connected_components())
    return {
        "twins": share_of_twins(graph, 1),
        "giant": float(sizes.max() / graph.num_nodes),
        "last_eigenvalue": float(Spectral(dim=request["dim"], seed=1).fit(graph).eigenvalues_[-1]),
    }
