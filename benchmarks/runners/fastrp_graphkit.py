"""FastRP by graphkit, on a graph in memory."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def embed(graph: graphkit.Graph, request: Request) -> np.ndarray:
    model = graphkit.FastRP(
        dim=request["dim"], weights=request["weights"], beta=request["beta"], seed=request["seed"]
    )
    return model.fit_transform(graph)


serve(
    embed,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["graphkit", "numpy", "numba"],
)
