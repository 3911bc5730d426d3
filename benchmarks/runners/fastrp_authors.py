"""FastRP as its authors' Python computes it, with the library calls that they use.

The authors' program is not a package, so this follows the method they published (Chen et al., CIKM 2019) and
the calls their code makes, written anew: scikit-learn's random projection fitted on the transition matrix P
= D^-1 A, its components' columns scaled by degree**beta, ``transform`` for P R, scipy products for the
higher powers, the rows of each power divided by their length, the weighted sum, and scikit-learn's ``scale``
of the columns.

``dense_output=False`` is scikit-learn's default and the authors' choice: the powers stay sparse matrices,
although they fill up. ``dense_output=True`` is the same computation on arrays, the better setting on every
graph tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from protocol import Request, serve
from scipy import sparse
from sklearn.preprocessing import normalize, scale
from sklearn.random_projection import SparseRandomProjection


def load(request: Request) -> sparse.csc_matrix:
    arrays = np.load(request["input"])
    values = np.ones(len(arrays["indices"]))
    return sparse.csr_matrix((values, arrays["indices"], arrays["indptr"])).tocsc()


def fastrp(adjacency: sparse.csc_matrix, request: Request) -> np.ndarray:
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    transition = sparse.diags(1.0 / degree) @ adjacency
    projection = SparseRandomProjection(
        n_components=request["dim"], random_state=request["seed"], dense_output=request["dense_output"]
    ).fit(transition)
    projection.components_ = projection.components_ @ sparse.diags(degree ** request["beta"])
    powers = [projection.transform(transition)]
    while len(powers) < len(request["weights"]):
        powers.append(transition @ powers[-1])
    return scale(weighted_sum(powers, request["weights"]))


def weighted_sum(powers: list[Any], weights: list[float]) -> np.ndarray:
    total = np.zeros(powers[0].shape)
    for power, weight in zip(powers, weights, strict=True):
        dense = power.toarray() if sparse.issparse(power) else power
        total += normalize(dense, norm="l2", axis=1) * weight
    return total


serve(
    fastrp,
    load=load,
    save=lambda vectors, path: np.save(path, vectors.astype(np.float32)),
    packages=["numpy", "scipy", "scikit-learn"],
)
