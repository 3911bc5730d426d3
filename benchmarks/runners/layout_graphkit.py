"""A map of a shipped graph by LargeVis."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def positions(graph: graphkit.Graph, request: Request) -> np.ndarray:
    return graphkit.LargeVis(samples_per_node=request["samples_per_node"], seed=1).fit_transform(graph)


serve(
    positions,
    load=lambda request: graphkit.datasets.load(request["input"]).graph,
    save=lambda found, path: np.save(path, found),
    packages=["graphkit", "numpy", "numba"],
)
