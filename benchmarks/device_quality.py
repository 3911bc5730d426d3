"""F1 of what the GPU trains beside the CPU's, seed by seed: BlogCatalog, and blocks of a million nodes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphkit import LINE, DeepWalk, GraphkitError, Node2Vec
from graphkit.datasets import load
from graphkit.datasets.generators import stochastic_block_model
from graphkit.evaluation import node_classification

METHODS: dict[str, tuple[Any, dict[str, Any]]] = {
    "DeepWalk": (DeepWalk, {"walks_per_node": 20}),
    "node2vec, p = q = 0.25": (Node2Vec, {"p": 0.25, "q": 0.25}),
    "LINE": (LINE, {}),
}
FEWER = {"DeepWalk, 8 walks": (DeepWalk, {"walks_per_node": 8})}
SEEDS = 3
BAR, AIM = 1.0, 0.3
"""Points of micro-F1 that the GPU may be below the CPU, as a mean over seeds."""

_LABELLED = 20_000


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the scores, printed as well."""
    for name, graph, labels, methods in _graphs(quick=quick):
        for method, (made, options) in methods.items():
            row = {"graph": name, "method": method} | _scores(graph, labels, made, options, quick=quick)
            print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            yield row


def _graphs(*, quick: bool) -> list[tuple[str, Any, Any, dict[str, Any]]]:
    found = []
    if quick:
        small = load("karate_club")
        return [("karate club", small.graph, small.labels, FEWER)]
    try:
        blogs = load("blogcatalog")
        found.append(("BlogCatalog", blogs.graph, blogs.labels, METHODS))
    except GraphkitError as error:
        print(f"BlogCatalog is left out: {error}", flush=True)
    sizes, within, between = [11_000] * 100, 4.5 / 11_000, 1.0 / (99 * 11_000)
    chances = np.full((100, 100), between) + np.eye(100) * (within - between)
    blocks = stochastic_block_model(sizes, chances, seed=1)
    found.append(("100 blocks of 11,000", blocks.graph, blocks.labels, FEWER))
    return found


def _scores(graph: Any, labels: Any, method: Any, options: dict[str, Any], *, quick: bool) -> dict[str, Any]:
    """Micro-F1 in per cent by backend, and seconds."""
    large = graph.num_nodes > 10 * _LABELLED
    rows = np.random.default_rng(0).permutation(graph.num_nodes)[: _LABELLED if large else None]
    options = {"walks_per_node": 1, "walk_length": 5, "dim": 4} if quick else options | {"dim": 128}
    found: dict[str, Any] = {}
    for backend in ("gpu", "cpu"):
        scores, seconds = [], []
        for seed in range(1, 2 if quick or large else SEEDS + 1):
            began = time.perf_counter()
            vectors = method(seed=seed, backend=backend, **options).fit_transform(graph)
            seconds.append(time.perf_counter() - began)
            scores.append(_micro_f1(vectors[rows], labels[rows]))
        found[f"micro_f1_{backend}"] = round(float(np.mean(scores)), 2)
        found[f"seconds_{backend}"] = round(float(np.median(seconds)), 2)
    found["points_below_the_cpu"] = round(found["micro_f1_cpu"] - found["micro_f1_gpu"], 2)
    return found | {"bar": BAR, "aim": AIM}


def _micro_f1(vectors: np.ndarray, labels: Any) -> float:
    scored = node_classification(vectors, labels, train_ratios=0.5, shuffles=3)
    return 100 * float(scored.micro_f1.mean())
