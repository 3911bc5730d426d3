"""node2vec on BlogCatalog, from a graph in memory to vectors: time, memory, and F1 under one evaluation.

10 walks of 80 nodes from each node, window 10, 5 negative samples, 128 columns. Everyone gets its own graph
object outside the measured time, and keeps its own defaults for what is not named here: gensim's (below
PecanPy and fastnode2vec) and graphkit's are a learning rate of 0.025, and the leaving out of frequent nodes
by ``sample=1e-3``. fastnode2vec tells gensim that all nodes are equally frequent. GRAPE
takes one epoch for the same work, and ten for a like F1; of the learning rates tried for it (0.001, 0.01,
0.05) its default, 0.01, is the best. The peers run once, warmed up on a small graph; the check takes their
F1 to vary over seeds as graphkit's does.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scoring
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

SEEDS = (1, 2, 3)
"""Of graphkit; a peer that is measured once is embedded once."""

MEASURED = ("micro_f1_50", "macro_f1_50")
REFERENCE = "PecanPy + gensim"

SETTINGS = {"dim": 128, "walks_per_node": 10, "walk_length": 80, "window": 10, "num_negatives": 5, "seed": 1}
SMALL = {"dim": 16, "walks_per_node": 1, "walk_length": 10, "window": 2}


def parts(*, quick: bool) -> Iterator[Part]:
    csr = inputs.blogcatalog_csr()
    graph = {"input": str(csr), "text": str(inputs.csr_text(csr))}
    settings = SETTINGS | (SMALL if quick else {})
    for p, q in ((1, 1), (0.25, 0.25)):
        request = graph | settings | {"p": p, "q": q}
        check = check_vectors if quick else check_quality
        yield Part(f"BlogCatalog, p = {p}, q = {q}", _contenders(p, q), request, check)


def check_quality(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """F1 of each contender's vectors; graphkit's must not be below the reference's by more than chance."""
    qualities = {name: _f1(session, request) for name, session in sessions.items()}
    for quantity in MEASURED:
        ours, theirs = qualities["graphkit"][quantity], qualities[REFERENCE][quantity]
        # The difference of two means, both with the deviation of graphkit's seeds; two standard errors.
        error = statistics.stdev(ours) * (1 / len(ours) + 1 / len(theirs)) ** 0.5
        if statistics.mean(ours) < statistics.mean(theirs) - 2 * error:
            raise CheckFailed(f"graphkit's {quantity} is behind {REFERENCE}'s: {ours} and {theirs}")
    return qualities


def check_vectors(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """One finite vector a node from everyone."""
    num_nodes = len(np.load(request["input"])["indptr"]) - 1
    for name, session in sessions.items():
        vectors = _vectors(session, request)
        if vectors.shape != (num_nodes, request["dim"]) or not np.isfinite(vectors).all():
            raise CheckFailed(f"{name}: vectors {vectors.shape}, or not finite")
    return {}


def _f1(session: Any, request: dict[str, Any]) -> Values:
    # What is compiled is compiled before the run that is measured, if there is but one.
    session.ask(**_warm_up(request))
    seeds = SEEDS if session.contender.max_repeats is None else SEEDS[:1]
    labels = scoring.blogcatalog_labels()
    scores = [scoring.f1_of_unit_rows(_vectors(session, request | {"seed": seed}), labels) for seed in seeds]
    return {quantity: [score[quantity] for score in scores] for quantity in scores[0]}


def _warm_up(request: dict[str, Any]) -> dict[str, Any]:
    csr = inputs.rmat_csr(10, 5_000)
    return request | SMALL | {"input": str(csr), "text": str(inputs.csr_text(csr))}


def _vectors(session: Any, request: dict[str, Any]) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        session.ask(**request | {"save": str(path)})
        return np.load(path)


def _contenders(p: float, q: float) -> list[Contender]:
    mode = "FirstOrderUnweighted" if p == q == 1 else "SparseOTF"
    contenders = [
        Contender("graphkit", "graphkit", "node2vec_graphkit"),
        Contender(REFERENCE, "pecanpy", "node2vec_pecanpy", {"mode": mode}, max_repeats=0),
        Contender("fastnode2vec", "fastnode2vec", "node2vec_fastnode2vec", max_repeats=0),
        _grape(1),
    ]
    # Of the second order ten epochs take a quarter of an hour.
    return [*contenders, *_at_a_higher_rate(mode), _grape(10)] if p == q == 1 else contenders


def _at_a_higher_rate(mode: str) -> list[Contender]:
    """Both at twice the learning rate."""
    fast = {"learning_rate": 0.05}
    return [
        Contender("graphkit, rate 0.05", "graphkit", "node2vec_graphkit", fast),
        Contender(f"{REFERENCE}, rate 0.05", "pecanpy", "node2vec_pecanpy", {"mode": mode} | fast, 0),
    ]


def _grape(epochs: int) -> Contender:
    name = f"GRAPE, {epochs} epoch{'s' if epochs > 1 else ''}"
    return Contender(name, "grape", "node2vec_grape", {"settings": {"epochs": epochs}}, max_repeats=0)
