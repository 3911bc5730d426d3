"""Core numbers by igraph."""

from __future__ import annotations

import igraph
import numpy as np
from loopless import loopless_edges
from protocol import Request, serve


def load(request: Request) -> igraph.Graph:
    num_nodes, source, target = loopless_edges(request["input"])
    return igraph.Graph(n=num_nodes, edges=np.column_stack([source, target]))


def cores(graph: igraph.Graph, _: Request) -> list[int]:
    return graph.coreness()


serve(
    cores,
    load=load,
    describe=lambda numbers: {"degeneracy": max(numbers), "sum": sum(numbers)},
    save=lambda numbers, path: np.save(path, np.array(numbers, np.int32)),
    packages=["igraph"],
)
