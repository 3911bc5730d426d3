"""FastRP by the package ``fastrp`` (Rust), through its CSR entry point.

The package computes sum_i weights[i] P^i R with P = D^-1 A and R of sparsity 3; weights[0] belongs to R
itself. It has no beta and does not divide the powers' rows by their length; ``standardize`` scales the
columns of what it returns, outside the package, as the authors do. The graph is given with each edge in both
directions, hence undirected=False.
"""

from __future__ import annotations

import fastrp
import numpy as np
from protocol import Request, serve


def load(request: Request) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # The dtypes that the package works with, so that no conversion is measured.
    arrays = np.load(request["input"])
    indices = arrays["indices"].astype(np.int64)
    return arrays["indptr"].astype(np.int64), indices, np.ones(len(indices))


def embed(csr: tuple[np.ndarray, np.ndarray, np.ndarray], request: Request) -> np.ndarray:
    indptr, indices, values = csr
    vectors = fastrp.fit_csr(
        indptr,
        indices,
        values,
        len(indptr) - 1,
        dim=request["dim"],
        weights=request["weights"],
        seed=request["seed"],
        undirected=False,
    )
    return standardize(vectors) if request["standardize"] else vectors


def standardize(vectors: np.ndarray) -> np.ndarray:
    vectors -= vectors.mean(axis=0)
    vectors /= vectors.std(axis=0)
    return vectors


serve(embed, load=load, save=lambda vectors, path: np.save(path, vectors), packages=["fastrp", "numpy"])
