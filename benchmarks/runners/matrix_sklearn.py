"""Matrix methods of SciPy and scikit-learn: eigenvectors and singular vectors, a randomized SVD, ProNE.

The authors' ProNE is no package, so this follows the method they published (Zhang et al., IJCAI 2019) and the
calls that their code makes, written anew: scikit-learn's ``randomized_svd`` of the log ratios with five power
iterations, the Chebyshev series of the band-pass in ((L - mu)^2 - 2) / 2 by sparse products, LAPACK's SVD of
the thin result. Loops count, as for everyone here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from protocol import Request, serve
from scipy import linalg, sparse
from scipy.sparse.linalg import eigsh, svds
from scipy.special import iv
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd


def load(request: Request) -> sparse.csr_matrix:
    arrays = np.load(request["input"])
    values = np.ones(len(arrays["indices"]))
    size = len(arrays["indptr"]) - 1
    return sparse.csr_matrix((values, arrays["indices"], arrays["indptr"]), shape=(size, size))


def run(adjacency: sparse.csr_matrix, request: Request) -> tuple[np.ndarray, np.ndarray | None]:
    if request["method"] == "prone":
        return prone(adjacency, request["dim"], request["seed"]), None
    if request["method"] == "svds":
        left, values, right = svds(adjacency, request["dim"] // 2, rng=np.random.default_rng(request["seed"]))
        return np.hstack([left, right.T]) * np.tile(np.sqrt(values), 2), values
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    root = sparse.diags(np.where(degree > 0, degree, np.inf) ** -0.5)
    matrix = (root @ adjacency @ root).tocsr()
    if request["method"] == "eigsh":
        start = np.random.default_rng(request["seed"]).normal(size=len(degree))
        values, vectors = eigsh(matrix, request["dim"], which="LA", v0=start, tol=request.get("tolerance", 0))
        return vectors[:, ::-1], values[::-1]
    left, values, _ = randomized_svd(matrix, request["dim"], random_state=request["seed"])
    return left * values ** request.get("power", 0), values


def prone(
    adjacency: sparse.csr_matrix, dim: int, seed: int, mu: float = 0.2, theta: float = 0.5
) -> np.ndarray:
    """Both steps of ProNE."""
    shares = normalize(adjacency, "l1")
    noise = np.asarray(shares.sum(axis=0)).ravel() ** 0.75
    noise /= noise.sum()
    ratios = shares.copy()
    ratios.data = np.log(shares.data) - np.log(noise[shares.indices])
    left, values, _ = randomized_svd(ratios.tocsc(), dim, n_iter=5, random_state=seed)
    first = normalize(left * np.sqrt(values), "l2")
    looped = (adjacency + sparse.eye(adjacency.shape[0])).tocsr()
    shifted = ((1 - mu) * sparse.eye(adjacency.shape[0]) - normalize(looped, "l1")).tocsr()
    thin = looped @ (first - _smooth(shifted, first, theta, order=10))
    left, values, _ = linalg.svd(thin, full_matrices=False, check_finite=False, overwrite_a=True)
    return normalize(left * np.sqrt(values), "l2")


def _smooth(shifted: Any, vectors: np.ndarray, theta: float, order: int) -> np.ndarray:
    before, now = vectors, 0.5 * (shifted @ (shifted @ vectors)) - vectors
    total = iv(0, theta) * before - 2 * iv(1, theta) * now
    for i in range(2, order):
        before, now = now, shifted @ (shifted @ now) - 2 * now - before
        total += (-1) ** i * 2 * iv(i, theta) * now
    return total


serve(
    run,
    load=load,
    save=lambda result, path: np.savez(
        path, vectors=result[0].astype(np.float32), **({} if result[1] is None else {"values": result[1]})
    ),
    packages=["numpy", "scipy", "scikit-learn"],
)
