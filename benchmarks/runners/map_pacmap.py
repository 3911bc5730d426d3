"""A map of vectors: PaCMAP, by its authors."""

from __future__ import annotations

import numpy as np
import pacmap
from protocol import Request, serve


def positions(vectors: np.ndarray, _: Request) -> np.ndarray:
    return pacmap.PaCMAP(random_state=None).fit_transform(vectors)


def load(request: Request) -> np.ndarray:
    return np.load(request["input"])[: request.get("points")]


serve(positions, load=load, save=lambda found, path: np.save(path, found), packages=["pacmap", "numba"])
