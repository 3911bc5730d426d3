"""A map of vectors: UMAP, by umap-learn, on all threads: without a seed."""

from __future__ import annotations

import numpy as np
import umap
from protocol import Request, serve, threads


def positions(vectors: np.ndarray, _: Request) -> np.ndarray:
    return umap.UMAP(n_jobs=threads()).fit_transform(vectors)


def load(request: Request) -> np.ndarray:
    return np.load(request["input"])[: request.get("points")]


serve(
    positions,
    load=load,
    save=lambda found, path: np.save(path, found),
    packages=["umap-learn", "pynndescent", "numba"],
)
