"""A planted cluster and noisy labels: F1 of flow diffusion without labels, with them, of labels alone.

The local random model of "Local graph clustering with noisy labels" (ICLR 2024): a cluster of 500 of 10,000
nodes, each member with 10 edges within it on average and 12 out of it; the rest is a random graph of 20 edges
a node. A member's label is 1 with chance a1, another node's 0 with chance a0. The source has three times the
volume of the cluster; the mean is over graphs and seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contender import Contender
from measure import CheckFailed, Part, Sessions, Values


def parts(*, quick: bool) -> Iterator[Part]:
    for a1, a0 in [(0.8, 0.9)] if quick else [(0.6, 0.9), (0.7, 0.9), (0.8, 0.8), (0.8, 0.9), (0.9, 0.95)]:
        request = {"chances": [a1, a0], "graphs": 2 if quick else 10}
        name = f"a1 = {a1}, a0 = {a0}"
        yield Part(name, [WEIGHTED, PLAIN, ALONE], request, check, quantities=("cpu_seconds",))


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """F1 of each, and that the weighted diffusion has the best."""
    found = {name: {"f1": [session.ask(**request)["f1"]]} for name, session in sessions.items()}
    best = found[WEIGHTED.name]["f1"][0]
    if any(values["f1"][0] > best for values in found.values()):
        raise CheckFailed(f"F1 by labels and diffusion is {best}, others: {found}")
    return found


WEIGHTED = Contender("graphkit, weighted by labels", "graphkit", "noisy_labels_graphkit", {"use": "both"})
PLAIN = Contender("graphkit, without labels", "graphkit", "noisy_labels_graphkit", {"use": "graph"})
ALONE = Contender("labels alone", "graphkit", "noisy_labels_graphkit", {"use": "labels"})
