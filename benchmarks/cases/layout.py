"""A map straight from a graph: WordNet, 117,659 synsets, from the graph in memory to positions.

The accuracy is the share of synsets whose lexicographer file most of their 10 nearest map neighbours bear; of
45 files the largest has an eighth of the synsets.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from contender import Contender
from maps import neighbor_accuracy
from measure import CheckFailed, Part, Sessions, Values

LEAST_ACCURACY = 0.6


def parts(*, quick: bool) -> Iterator[Part]:
    yield Part("WordNet", CONTENDERS[: 1 if quick else None], {"input": "wordnet"}, check)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """The accuracy of each map."""
    from graphkit.datasets import load

    labels = load(request["input"]).labels.tocsr().argmax(axis=1)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.npy"
        for name, session in sessions.items():
            session.ask(**request | {"save": str(path)})
            found[name] = {"map_accuracy": [neighbor_accuracy(np.load(path), np.asarray(labels).ravel())]}
            if found[name]["map_accuracy"][0] < LEAST_ACCURACY:
                raise CheckFailed(f"labels are not apart: {found}")
    return found


CONTENDERS = [
    Contender(
        f"graphkit, {samples:,} samples a node", "graphkit", "layout_graphkit", {"samples_per_node": samples}
    )
    for samples in (1000, 5000)
]
