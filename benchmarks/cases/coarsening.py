"""DeepWalk on a random Schur complement, carried back to all nodes: F1 and time on six labelled graphs.

Half or a fifth of the nodes stay, those of the highest degrees. Beside it the same with the induced subgraph
of the same nodes, which is what the Schur complement's edges are worth; and DeepWalk on the whole graph. The
evaluation is that of `many_graphs`; each runs once a seed, warmed up on a small graph, and its time is that
of the last run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import scoring
from cases.many_graphs import GRAPHS
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

CHOSEN = ("cora", "citeseer", "wiki", "ppi", "chameleon", "lastfm")
SMALL = {"walks_per_node": 1, "walk_length": 10, "window": 2}
LARGEST_LOSS = 6.0
"""Points of micro-F1 at 50 % that half of the nodes may cost, in the mean over the seeds."""

SEEDS = (1, 2, 3)


def parts(*, quick: bool) -> Iterator[Part]:
    for name in ["cora"] if quick else CHOSEN:
        yield Part(
            GRAPHS[name],
            CONTENDERS,
            {
                "dim": 16 if quick else 128,
                "seed": 1,
                "settings": SMALL if quick else {},
                "input": str(inputs.labelled_csr(name)),
            },
            lambda sessions, request, name=name: _check(name, sessions, request, quick),
            quantities=("cpu_seconds",),
        )


def _check(name: str, sessions: Sessions, request: dict[str, Any], quick: bool) -> dict[str, Values]:
    """F1 of all; that of half of the nodes must not be far behind."""
    labels = scoring.labels_of(name)
    warm = request | {"input": str(inputs.rmat_csr(10, 5_000)), "settings": SMALL}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        for contender, session in sessions.items():
            session.ask(**warm)
            found[contender] = {}
            for seed in SEEDS[:1] if quick else SEEDS:
                session.ask(**request | {"save": str(path), "seed": seed})
                scores = scoring.f1_of_unit_rows(np.load(path), labels, ratios=(0.1, 0.5), shuffles=5)
                for quantity, score in scores.items():
                    found[contender].setdefault(quantity, []).append(score)
    whole, half = (np.mean(found[contender]["micro_f1_50"]) for contender in (WHOLE, HALF))
    if not quick and half < whole - LARGEST_LOSS:
        raise CheckFailed(f"{name}: micro-F1 is {half} with half of the nodes, {whole} with all")
    return found


def _contender(name: str, keep: float, edges: str) -> Contender:
    return Contender(name, "graphkit", "coarsened_graphkit", {"keep": keep, "edges": edges}, max_repeats=0)


WHOLE, HALF = "DeepWalk, all nodes", "Schur complement, 1/2 of the nodes"
CONTENDERS = [
    _contender(WHOLE, 1, "all"),
    _contender(HALF, 0.5, "schur"),
    _contender("Schur complement, 1/5 of the nodes", 0.2, "schur"),
    _contender("subgraph, 1/2 of the nodes", 0.5, "induced"),
    _contender("subgraph, 1/5 of the nodes", 0.2, "induced"),
]
