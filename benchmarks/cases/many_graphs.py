"""DeepWalk and node2vec on eight labelled graphs, with their loops and small components: F1, rows, time.

10 walks of 80 nodes, window 10, 5 negatives, 128 columns; the rest is everyone's default. PecanPy walks and
gensim trains, as PecanPy's program does. One evaluation for all: rows of length 1, one-vs-rest logistic
regression with C = 1, as many labels as a node has, three seeds. ``row_ratio`` is the longest row over the
median. The peers run once a seed, warmed up on a small graph, and the last run is their time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scoring
from contender import Contender, Session
from measure import CheckFailed, Part, Sessions, Values

GRAPHS = {
    "blogcatalog": "BlogCatalog",
    "ppi": "PPI",
    "cora": "Cora",
    "citeseer": "Citeseer",
    "pubmed": "PubMed",
    "wiki": "Wiki",
    "lastfm": "LastFM",
    "chameleon": "chameleon",
}
RULES = ((1, 1), (0.25, 0.25))
PAPERS = {"ppi": ((4, 1),)}
"""What node2vec's paper chose."""

SEEDS = (1, 2, 3)
SETTINGS = {"dim": 128, "walks_per_node": 10, "walk_length": 80, "window": 10, "num_negatives": 5, "seed": 1}
SMALL = {"dim": 16, "walks_per_node": 1, "walk_length": 10, "window": 2}
LARGEST_ROW_RATIO = 20


def parts(*, quick: bool) -> Iterator[Part]:
    for p, q in RULES:
        for name in ["cora"] if quick else GRAPHS:
            yield _part(name, p, q, quick=quick)
    for name, rules in ({} if quick else PAPERS).items():
        for p, q in rules:
            yield _part(name, p, q, quick=quick)


def _part(name: str, p: float, q: float, *, quick: bool) -> Part:
    request = SETTINGS | (SMALL if quick else {}) | {"p": p, "q": q, "input": str(inputs.labelled_csr(name))}
    return Part(
        f"{GRAPHS[name]}, p = {p}, q = {q}",
        _contenders(p, q),
        request,
        lambda sessions, request: _check(name, sessions, request),
        quantities=("seconds", "cpu_seconds"),
    )


def _contenders(p: float, q: float) -> list[Contender]:
    mode = "FirstOrderUnweighted" if p == q == 1 else "SparseOTF"
    peer = Contender("PecanPy + gensim", "pecanpy", "node2vec_pecanpy", {"mode": mode}, max_repeats=0)
    ours = Contender("graphkit", "graphkit", "node2vec_graphkit")
    deepwalk = Contender(
        "graphkit DeepWalk, 80 walks of 40",
        "graphkit",
        "deepwalk_graphkit",
        {"own": {"walks_per_node": 80, "walk_length": 40}},
        max_repeats=0,
    )
    return [ours, peer, deepwalk] if p == q == 1 else [ours, peer]


def _check(name: str, sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """F1 and rows of everyone's vectors; ours must be finite, and no row far longer than others."""
    labels = scoring.labels_of(name)
    found = {contender: _qualities(session, request, labels) for contender, session in sessions.items()}
    for contender, values in found.items():
        if contender.startswith("graphkit") and not max(values["row_ratio"]) <= LARGEST_ROW_RATIO:
            raise CheckFailed(f"{name}: {contender} has rows {values['row_ratio']} times the median")
    return found


def _qualities(session: Session, request: dict[str, Any], labels: Any) -> Values:
    session.ask(**request | SMALL | {"input": str(inputs.rmat_csr(10, 5_000))})
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        for seed in SEEDS:
            session.ask(**request | {"seed": seed, "save": str(path)})
            vectors = np.load(path)
            lengths = np.linalg.norm(vectors, axis=1)
            scores.append(
                scoring.f1_of_unit_rows(vectors, labels)
                | {"row_ratio": float(lengths.max() / np.median(lengths))}
            )
    return {quantity: [score[quantity] for score in scores] for quantity in scores[0]}
