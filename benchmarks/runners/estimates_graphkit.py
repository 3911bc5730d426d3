"""A method of graphkit on a graph, and the seconds that it said it would take, on one thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from protocol import Request, serve

import graphkit
from graphkit.methods.registry import MAPS, METHODS, find_method

SMALL = graphkit.Graph.from_edges([(i, (i * i + 1) % 40) for i in range(40)])


def run(_: None, request: Request) -> float:
    graph = SMALL
    if request.get("csr"):
        arrays = np.load(request["csr"])
        graph = graphkit.Graph(arrays["indptr"], arrays["indices"])
    if request["method"] == "ppr":
        ranker = graphkit.PersonalizedPageRank(num_threads=1)
        foretold = ranker.estimate_for(graph).seconds
        ranker.top(graph)
        return foretold
    known: Any = METHODS if request["method"] in METHODS else MAPS
    model = find_method(request["method"], known)(num_threads=1)
    foretold = model.estimate_for(graph).seconds
    model.fit(graph)
    return foretold


serve(run, describe=lambda foretold: {"foretold": foretold}, packages=["graphkit", "numpy", "numba"])
