"""A map of vectors by graphkit."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def positions(vectors: np.ndarray, request: Request) -> np.ndarray:
    method = getattr(graphkit, request.get("method", "LargeVis"))
    return method(seed=1, **request.get("params", {})).fit_transform(vectors)


def load(request: Request) -> np.ndarray:
    return np.load(request["input"])[: request.get("points")]


serve(
    positions,
    load=load,
    save=lambda found, path: np.save(path, found),
    packages=["graphkit", "numba", "faiss-cpu"],
)
