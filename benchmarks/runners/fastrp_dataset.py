"""FastRP by graphkit, on a data set by its name."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    return graphkit.datasets.load(request["input"]).graph


def embed(graph: graphkit.Graph, request: Request) -> np.ndarray:
    model = graphkit.FastRP(dim=request["dim"], seed=request["seed"], **request["settings"])
    return model.fit_transform(graph)


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["graphkit", "numpy", "numba"],
)
