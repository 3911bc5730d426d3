"""Text to numbered edges by polars and ``np.unique``; ``csr`` goes on to a scipy matrix, sorted and without
repeats."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars
from protocol import Request, serve
from scipy import sparse


def read(_: None, request: Request) -> tuple[np.ndarray, Any, bool]:
    columns = polars.read_csv(
        request["path"],
        has_header=False,
        separator=request["separator"],
        schema={"source": polars.Int64, "target": polars.Int64},
    )
    ids, rows = np.unique(columns.to_numpy(), return_inverse=True)
    edges = rows.reshape(-1, 2)
    if not request["csr"]:
        return ids, edges, request["directed"]
    return ids, adjacency(edges, len(ids), request["directed"]), request["directed"]


def adjacency(edges: np.ndarray, num_nodes: int, directed: bool) -> sparse.csr_matrix:
    source, target = edges.astype(np.int32).T
    if not directed:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
    values = np.ones(len(source), np.float32)
    matrix = sparse.coo_matrix((values, (source, target)), shape=(num_nodes, num_nodes)).tocsr()
    matrix.sort_indices()
    return matrix


def describe(result: tuple[np.ndarray, Any, bool]) -> Request:
    ids, graph, directed = result
    if sparse.issparse(graph):
        degree, num_edges = np.diff(graph.indptr), graph.nnz if directed else graph.nnz // 2
    else:
        ends = graph[:, 0] if directed else graph.ravel()
        degree, num_edges = np.bincount(ends, minlength=len(ids)), len(graph)
    return {"nodes": len(ids), "edges": num_edges, "squares": int(np.sum(degree.astype(np.int64) ** 2))}


serve(read, describe=describe, packages=["polars", "numpy", "scipy"])
