"""LINE on BlogCatalog: samples a second of the second order, and F1 of both orders at equal samples.

128 columns an order, 5 negative samples. The authors' program is measured from the start of its threads to
their end; graphkit's seconds are the whole call, from the graph in memory to the vectors. The second part
joins the orders, each row of each divided by its length, 256 columns, after as many samples an order.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
import peers
import scoring
from contender import Contender
from measure import CheckFailed, Part, Sessions, Values

SETTINGS = {"dim": 128, "num_negatives": 5, "seed": 1}
SEEDS = (1, 2)
WORST_F1_GAP = 0.5
"""Points of micro-F1 by which graphkit may stay behind the authors' vectors."""


def parts(*, quick: bool) -> Iterator[Part]:
    graph = SETTINGS | {"input": str(inputs.blogcatalog_csr())}
    fast = graph | {"order": "second", "samples": 1_000_000 if quick else 20_000_000}
    yield Part("BlogCatalog, second order", _speed(), fast, warm_up, quantities=("samples_per_s", "seconds"))
    if not quick:
        both = graph | {"order": "both", "samples": 100_000_000}
        name = "BlogCatalog, first and second order, 100 M samples each"
        yield Part(name, _quality(), both, check_quality, quantities=())


def warm_up(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """Everyone's vectors are finite, and one a node."""
    num_nodes = len(np.load(request["input"])["indptr"]) - 1
    for name, session in sessions.items():
        vectors = _vectors(session, request | {"samples": 1_000_000})
        if vectors.shape != (num_nodes, request["dim"]) or not np.isfinite(vectors).all():
            raise CheckFailed(f"{name}: vectors {vectors.shape}, or not finite")
    return {}


def check_quality(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """F1 at 50 % of the joined vectors, several seeds of graphkit; the authors' program has but one."""
    qualities = {}
    for name, session in sessions.items():
        session.ask(**request | {"samples": 1_000_000})
        seeds = SEEDS if name == "graphkit" else SEEDS[:1]
        qualities[name] = _f1([_vectors(session, request | {"seed": seed}) for seed in seeds])
    ours, theirs = (float(np.mean(qualities[name]["micro_f1_50"])) for name in ("graphkit", "authors' C++"))
    if ours < theirs - WORST_F1_GAP:
        raise CheckFailed(f"graphkit's micro-F1 is {ours}, the authors' {theirs}")
    return qualities


def _f1(runs: list[np.ndarray]) -> Values:
    labels = scoring.blogcatalog_labels()
    scores = [scoring.f1_of_unit_rows(vectors, labels, ratios=(0.5,)) for vectors in runs]
    return {quantity: [score[quantity] for score in scores] for quantity in scores[0]}


def _vectors(session: Any, request: dict[str, Any]) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        session.ask(**request | {"save": str(path)})
        return np.load(path)


def _speed() -> list[Contender]:
    program = {"program": str(peers.line_program())}
    return [
        Contender("graphkit, 2 threads", "graphkit", "line_graphkit", {"num_threads": 2}),
        Contender("graphkit, 1 thread", "graphkit", "line_graphkit", {"num_threads": 1}),
        Contender("authors' C++, 2 threads", "line-authors", "line_authors", program | {"num_threads": 2}, 1),
        Contender("authors' C++, 1 thread", "line-authors", "line_authors", program | {"num_threads": 1}, 1),
    ]


def _quality() -> list[Contender]:
    program = {"program": str(peers.line_program())}
    return [
        Contender("graphkit", "graphkit", "line_graphkit", max_repeats=0),
        Contender("authors' C++", "line-authors", "line_authors", program, max_repeats=0),
    ]
