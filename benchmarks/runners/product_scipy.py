"""The product P X by scipy, float32, `products` times."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve
from scipy import sparse


def load(request: Request) -> tuple[sparse.csr_matrix, np.ndarray]:
    arrays = np.load(request["input"])
    degree = np.diff(arrays["indptr"])
    values = np.repeat(1 / np.maximum(degree, 1), degree).astype(np.float32)
    matrix = sparse.csr_matrix((values, arrays["indices"], arrays["indptr"]))
    return matrix, np.random.default_rng(1).random((len(degree), request["dim"]), np.float32)


def multiply(data: tuple[sparse.csr_matrix, np.ndarray], request: Request) -> np.ndarray:
    matrix, dense = data
    for _ in range(request["products"]):
        out = matrix @ dense
    return out


serve(multiply, load=load, save=lambda out, path: np.save(path, out), packages=["scipy", "numpy"])
