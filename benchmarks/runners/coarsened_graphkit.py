"""DeepWalk on some of the nodes, and its vectors carried to all others."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def run(graph: graphkit.Graph, request: Request) -> np.ndarray:
    method = graphkit.DeepWalk(dim=request["dim"], seed=request["seed"], **request["settings"])
    if request["keep"] == 1:
        return method.fit_transform(graph)
    small = graphkit.schur_complement(graph, request["keep"], seed=request["seed"])
    if request["edges"] == "induced":
        small = graph.subgraph(small.node_ids)
    return graphkit.harmonic_extension(method.embed(small), graph).vectors


serve(
    run,
    load=load,
    save=lambda vectors, path: np.save(path, vectors),
    packages=["graphkit", "numpy", "numba"],
)
