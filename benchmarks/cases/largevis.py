"""Maps of Fashion-MNIST and MNIST (70,000 x 784) from their vectors, nearest neighbours included.

Everyone at the defaults. Trustworthiness (k = 15, in the space of the pixels) and the share of all points
whose class most of their 10 nearest map neighbours bear: each peer must be matched in both by LargeVis or
t-SNE. The others' compilation is not in their time: some points warm them up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import inputs
import numpy as np
from contender import Contender
from maps import neighbor_accuracy
from measure import CheckFailed, Part, Sessions, Values

WARM_UP_POINTS = 5000
NOISE = 0.002
"""Of both measures, from run to run."""


def parts(*, quick: bool) -> Iterator[Part]:
    fashion = {"input": str(inputs.fashion_mnist()), "labels": str(inputs.fashion_mnist_labels())}
    if quick:
        yield Part("Fashion-MNIST", [OURS], fashion | {"points": 2000}, check)
        return
    digits = {"input": str(inputs.mnist()), "labels": str(inputs.mnist_labels())}
    yield Part("Fashion-MNIST", [OURS, OURS_TSNE, UMAP, OPENTSNE, PACMAP], fashion, check)
    yield Part("MNIST", [OURS, OURS_TSNE, UMAP], digits, check)


def check(sessions: Sessions, request: dict[str, Any]) -> dict[str, Values]:
    """The quality of each map, and that ours is no worse."""
    vectors = np.load(request["input"])[: request.get("points")]
    labels = np.load(request["labels"])[: len(vectors)]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        # One name for one input: a runner loads it anew when the name changes.
        few, path = Path(folder) / "few.npy", Path(folder) / "positions.npy"
        np.save(few, vectors[:WARM_UP_POINTS])
        for name, session in sessions.items():
            session.ask(input=str(few))
            session.ask(**request | {"save": str(path)})
            found[name] = quality(vectors, np.load(path), labels)
    for measure in ("map_accuracy", "trustworthiness"):
        ours = max(values[measure][0] for name, values in found.items() if name.startswith(OURS.name))
        peers = [values[measure][0] for name, values in found.items() if not name.startswith(OURS.name)]
        best = max(peers, default=0)
        if ours < best - NOISE:
            raise CheckFailed(f"graphkit's {measure} is behind: {found}")
    return found


def quality(vectors: np.ndarray, positions: np.ndarray, labels: np.ndarray) -> Values:
    """Trustworthiness from a sample, accuracy of all points."""
    from graphkit.evaluation import map_quality

    wide = map_quality(vectors, positions, k=15, seed=1)
    return {
        "map_accuracy": [neighbor_accuracy(positions, labels)],
        "trustworthiness": [wide.trustworthiness],
    }


OURS = Contender("graphkit", "graphkit", "map_graphkit")
OURS_TSNE = Contender("graphkit, TSNE", "graphkit", "map_graphkit", {"method": "TSNE"})
UMAP = Contender("umap-learn", "umap", "map_umap", {}, 0)
OPENTSNE = Contender("openTSNE", "opentsne", "map_opentsne", {}, 0)
PACMAP = Contender("PaCMAP", "pacmap", "map_pacmap", {}, 0)
