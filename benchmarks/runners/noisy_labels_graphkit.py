"""F1 of a planted cluster, found by graphkit's flow diffusion with or without noisy labels."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit

NUM_NODES, SIZE = 10_000, 500
WITHIN, ACROSS, OTHERS = 10, 12, 20
MASS = 3


def planted(seed: int) -> tuple[graphkit.Graph, np.ndarray]:
    """A graph whose first nodes are a cluster, and who they are."""
    rng = np.random.default_rng(seed)
    blocks = [(0, SIZE, 0, SIZE, WITHIN / 2), (0, SIZE, SIZE, NUM_NODES, ACROSS)]
    blocks.append((SIZE, NUM_NODES, SIZE, NUM_NODES, OTHERS / 2))
    edges = []
    for first, last, other_first, other_last, mean in blocks:
        count = rng.poisson((last - first) * mean)
        edges.append(
            np.stack([rng.integers(first, last, count), rng.integers(other_first, other_last, count)], axis=1)
        )
    graph = graphkit.Graph.from_edges(np.concatenate(edges), num_nodes=NUM_NODES, self_loops="drop")
    return graph, np.arange(NUM_NODES) < SIZE


def mean_f1(_: None, request: Request) -> float:
    scores = []
    for number in range(request["graphs"]):
        graph, truth = planted(number)
        rng = np.random.default_rng(1000 + number)
        right = rng.random(NUM_NODES) < np.where(truth, *request["chances"])
        labels = np.where(right, truth, ~truth)
        seed = int(rng.choice(np.flatnonzero(truth & labels)))
        found = labels
        if request["use"] != "labels":
            given = labels.astype(float) if request["use"] == "both" else None
            mass = MASS * float(graph.degree[truth].sum())
            cluster = graphkit.local_cluster(graph, seed, method="flow", mass=mass, labels=given)
            found = np.isin(np.arange(NUM_NODES), cluster.rows)
        scores.append(2 * (found & truth).sum() / (found.sum() + truth.sum()))
    return float(np.mean(scores))


serve(mean_f1, describe=lambda f1: {"f1": f1}, packages=["graphkit", "numpy", "numba"])
