"""What `auto` chooses from, on thirteen labelled graphs: micro-F1 in percent, half of the nodes known.

128 columns, one seed. Ten real graphs and three block models: of few blocks, of more than there are columns,
and of blocks in a ring whose nodes have links to the blocks beside. One evaluation for all, as in
`many_graphs`, over five halves. Each F1 is a quantity, and so is what the choice looks at: ``twins``,
``giant`` and ``last_eigenvalue``. `auto_rule` makes of these what a choice made without a graph loses on it.
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
    "planted_few": "8 blocks",
    "planted_many": "300 blocks",
    "planted_ring": "10 blocks in a ring",
    "facebook_pages": "Facebook pages",
    "github": "GitHub",
}
METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "spectral": ("spectral", {}),
    "netsmf": ("netsmf", {}),
    "netmf_window_1": ("netmf", {"window": 1}),
    "netmf": ("netmf", {}),
    "prone": ("prone", {}),
    "fastrp": ("fastrp", {}),
}
SHUFFLES, DIM = 5, 128


def parts(*, quick: bool) -> Iterator[Part]:
    auto = Contender(
        "graphkit auto", "graphkit", "matrix_graphkit", {"method": "auto", "settings": {}}, max_repeats=0
    )
    for name in ["cora"] if quick else GRAPHS:
        yield Part(
            GRAPHS[name],
            [auto],
            {"dim": 16 if quick else DIM, "seed": 1, "input": str(inputs.labelled_csr(name))},
            lambda sessions, request, name=name: _check(name, sessions, request),
            quantities=("cpu_seconds",),
        )


def _check(name: str, sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    from graphkit import Graph, propagate
    from graphkit.methods.auto import share_of_twins
    from graphkit.methods.registry import make_method

    labels = scoring.labels_of(name)
    (session,) = sessions.values()
    found = {"auto": _f1(_of_session(session, request), labels)}
    arrays = np.load(request["input"])
    graph = Graph(arrays["indptr"], arrays["indices"])
    for key, (method, settings) in METHODS.items():
        model = make_method(method, seed=request["seed"], dim=request["dim"], **settings)
        vectors = model.fit_transform(graph)
        found[key] = _f1(vectors, labels)
        if key == "spectral":
            found["last_eigenvalue"] = float(model.eigenvalues_[-1])
        if key == "fastrp":
            found["fastrp_propagated"] = _f1(propagate(vectors, graph), labels)
    found["twins"] = share_of_twins(graph, request["seed"])
    found["giant"] = float(np.bincount(graph.connected_components()).max() / graph.num_nodes)
    return {"graphkit auto": {quantity: [value] for quantity, value in found.items()}}


def _of_session(session: Session, request: dict[str, Any]) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npz"
        session.ask(**request | {"save": str(path)})
        return np.asarray(np.load(path)["vectors"])


def _f1(vectors: np.ndarray, labels: Any) -> float:
    return scoring.f1_of_unit_rows(vectors, labels, ratios=(0.5,), shuffles=SHUFFLES)["micro_f1_50"]
