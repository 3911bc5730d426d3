"""Links of five graphs, a fifth of them held out, beside pairs without a link that are drawn by degree.

128 columns. All embed the graph without the test edges; `link_scoring` has the evaluation: ``auc``, ``mrr``.
NRP, and the singular vectors of the adjacency matrix by SciPy's ARPACK, give each node two vectors of 64, as
a source and as a target: ``direction`` is the AUC of the arcs that were embedded and have no reverse, beside
their reverses. The web graph is a part of cnr-2000; ego-Twitter's is what lies nearest to its largest hub,
since PecanPy would take a quarter of an hour for all. PecanPy has the parameters of `many_graphs`, as our
Node2Vec has, and gensim trains. A contender's time is that of its last run in the check.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import link_scoring
import numpy as np
from contender import Contender, Session
from measure import CheckFailed, Part, Sessions, Values

TITLES = {
    "facebook": "Facebook",
    "ppi": "PPI",
    "ego_twitter": "ego-Twitter, 5,000 nodes",
    "cora": "Cora's citations",
    "cnr_2000": "cnr-2000, 8,144 nodes",
}
DIRECTED = ("cora", "cnr_2000")
TEST_RATIO = 0.2
SEEDS = {"cora": (1, 2, 3)}
"""Of the others one, for time."""

DIM = 128
WALKS = {"p": 1, "q": 1, "walks_per_node": 10, "walk_length": 80, "window": 10, "num_negatives": 5}
LEAST_DIRECTION = 90.0


def parts(*, quick: bool) -> Iterator[Part]:
    for name in ["cora"] if quick else TITLES:
        yield Part(
            f"{TITLES[name]}, links",
            _contenders(directed=name in DIRECTED),
            {"dim": 16 if quick else DIM, "directed": name in DIRECTED} | _of_seed(name, 1),
            lambda sessions, request, name=name: _check(name, sessions, request, quick),
            quantities=("cpu_seconds",),
        )


def _contenders(*, directed: bool) -> list[Contender]:
    def ours(name: str, method: str, settings: dict[str, Any] | None = None, **more: Any) -> Contender:
        params = {"method": method, "settings": settings or {}, **more}
        return Contender(name, "graphkit", "links_graphkit", params, max_repeats=0)

    def theirs(name: str, method: str, **more: Any) -> Contender:
        return Contender(name, "scikit-learn", "matrix_sklearn", {"method": method, **more}, max_repeats=0)

    pecanpy = {"mode": "FirstOrderUnweighted", **WALKS}
    common = [
        ours("graphkit NRP", "nrp", halves=True),
        ours("graphkit VERSE", "verse"),
        ours("graphkit Node2Vec", "node2vec"),
        ours("graphkit LINE", "line"),
        ours("graphkit FastRP", "fastrp"),
        Contender("PecanPy + gensim", "pecanpy", "node2vec_pecanpy", pecanpy, max_repeats=0),
        theirs("SciPy ARPACK singular vectors", "svds", halves=True),
    ]
    if directed:
        return common
    return [
        *common,
        ours("graphkit Spectral", "spectral"),
        ours("graphkit Spectral, rows of any length", "spectral", {"normalize": False}),
        ours("graphkit ProNE", "prone"),
        ours("graphkit NetMF", "netmf"),
        ours("graphkit NetSMF", "netsmf"),
        ours("graphkit FastRP, propagated", "fastrp", filter="auto"),
        theirs("SciPy ARPACK eigenvectors", "eigsh"),
        theirs("ProNE's steps, NumPy / SciPy", "prone"),
    ]


def _check(name: str, sessions: Sessions, request: dict[str, Any], quick: bool) -> dict[str, Values]:
    """Everyone's scores; the best of ours must not be behind the best peer."""
    found = {contender: _qualities(name, session, request) for contender, session in sessions.items()}
    for quantity in () if quick else ("auc", "mrr"):
        ours, theirs = (
            max(
                float(np.mean(values[quantity]))
                for contender, values in found.items()
                if contender.startswith("graphkit") == wanted
            )
            for wanted in (True, False)
        )
        if ours < theirs:
            raise CheckFailed(f"{name}: the best {quantity} of graphkit is {ours}, of a peer {theirs}")
    if not quick and name in DIRECTED and min(found["graphkit NRP"]["direction"]) < LEAST_DIRECTION:
        raise CheckFailed(f"{name}: NRP tells directions by {found['graphkit NRP']['direction']}")
    return found


def _qualities(name: str, session: Session, request: dict[str, Any]) -> Values:
    scores: list[dict[str, float]] = []
    for seed in SEEDS.get(name, (1,)):
        sources, targets = _ends(session, request | _of_seed(name, seed))
        split = _split(name, seed)
        scores.append(link_scoring.links(sources, targets, split))
        if name in DIRECTED and sources is not targets:
            arcs = split.train_edges
            one_way = arcs[~split.train_graph.has_edges(arcs[:, 1], arcs[:, 0])]
            scores[-1]["direction"] = link_scoring.told(sources, targets, one_way)
    return {quantity: [score[quantity] for score in scores] for quantity in scores[0]}


def _ends(session: Session, request: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of sources and of targets, the same where a node has one."""
    with tempfile.TemporaryDirectory() as folder:
        session.ask(**request | {"save": str(Path(folder) / "vectors.npz")})
        (path,) = Path(folder).iterdir()
        saved = np.load(path)
        vectors = saved["vectors"] if path.suffix == ".npz" else saved
    if session.contender.params.get("halves"):
        sources, targets = np.hsplit(vectors, 2)
        return sources, targets
    return vectors, vectors


def _of_seed(name: str, seed: int) -> dict[str, Any]:
    """What is embedded with a seed: the graph that this seed's split leaves."""
    path = inputs.folder() / f"links-{name}-{seed}.npz"
    if not path.exists():
        graph = _split(name, seed).train_graph
        np.savez(path, indptr=graph.indptr, indices=graph.indices)
    return {"input": str(path), "seed": seed}


def _split(name: str, seed: int) -> Any:
    from graphkit import Graph
    from graphkit.evaluation import split_edges

    arrays = np.load(inputs.linked_csr(name))
    graph = Graph(arrays["indptr"], arrays["indices"], directed=name in DIRECTED)
    return split_edges(graph, TEST_RATIO, negatives="degree", keep_connected=False, seed=seed)
