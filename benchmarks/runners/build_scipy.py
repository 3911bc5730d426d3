"""Edge array to a scipy CSR matrix: both directions, rows sorted, repeats merged; one byte a value."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve
from scipy import sparse


def build(edges: np.ndarray, request: Request) -> sparse.csr_matrix:
    source, target = np.concatenate([edges, edges[:, ::-1]]).T
    shape = (request["num_nodes"], request["num_nodes"])
    matrix = sparse.coo_matrix((np.ones(len(source), bool), (source, target)), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix


def describe(matrix: sparse.csr_matrix) -> Request:
    degree = np.diff(matrix.indptr).astype(np.int64)
    return {"arcs": int(matrix.nnz), "squares": int(np.sum(degree**2))}


serve(build, load=lambda request: np.load(request["input"]), describe=describe, packages=["scipy", "numpy"])
