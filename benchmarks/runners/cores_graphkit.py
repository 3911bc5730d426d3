"""Core numbers by graphkit."""

from __future__ import annotations

import numpy as np
from loopless import loopless_edges
from protocol import Request, serve

import graphkit


def load(request: Request) -> graphkit.Graph:
    num_nodes, source, target = loopless_edges(request["input"])
    return graphkit.Graph.from_edges((source, target), num_nodes=num_nodes)


def cores(graph: graphkit.Graph, _: Request) -> np.ndarray:
    return graphkit.core_numbers(graph)


serve(
    cores,
    load=load,
    describe=lambda numbers: {"degeneracy": int(numbers.max()), "sum": int(numbers.sum())},
    save=lambda numbers, path: np.save(path, numbers),
    packages=["graphkit", "numpy", "numba"],
)
