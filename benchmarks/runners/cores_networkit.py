"""Core numbers by networkit, by its own choice of algorithm or by the bucket queue."""

from __future__ import annotations

import networkit
import numpy as np
from loopless import loopless_edges
from protocol import Request, serve, threads

networkit.setNumberOfThreads(threads())


def load(request: Request) -> networkit.Graph:
    num_nodes, *ends = loopless_edges(request["input"])
    return networkit.GraphFromCoo(tuple(end.astype(np.uint64) for end in ends), n=num_nodes)


def cores(graph: networkit.Graph, request: Request) -> networkit.centrality.CoreDecomposition:
    decomposition = networkit.centrality.CoreDecomposition(graph, False, request["bucket_queue"])
    return decomposition.run()


def describe(decomposition: networkit.centrality.CoreDecomposition) -> Request:
    return {"degeneracy": int(decomposition.maxCoreNumber()), "sum": int(sum(decomposition.scores()))}


serve(
    cores,
    load=load,
    describe=describe,
    save=lambda decomposition, path: np.save(path, np.array(decomposition.scores(), np.int32)),
    packages=["networkit"],
)
