"""A map of vectors: t-SNE, by openTSNE."""

from __future__ import annotations

import numpy as np
import openTSNE
from protocol import Request, serve, threads


def positions(vectors: np.ndarray, _: Request) -> np.ndarray:
    return np.asarray(openTSNE.TSNE(n_jobs=threads(), random_state=1).fit(vectors))


def load(request: Request) -> np.ndarray:
    return np.load(request["input"])[: request.get("points")]


serve(positions, load=load, save=lambda found, path: np.save(path, found), packages=["openTSNE"])
