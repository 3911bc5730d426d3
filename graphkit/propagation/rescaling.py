"""Re-scaling of singular values: X = U S Vᵀ becomes U S^1/2, as ProNE does at last.

Directions that many nodes share are long in vectors that went through a graph's matrix a few times, and hide
all others. The root brings them closer, and the columns of the result are orthogonal, the longest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.propagation.thin_products import ThinProducts, single_threaded_blas

if TYPE_CHECKING:
    from graphkit.arrays import Vectors

_LEAST = 1e-6
"""Singular values below this share of the largest are float32's rounding."""


def rescaled(vectors: Vectors, *, num_threads: int) -> tuple[Vectors, int]:
    """Return U S^1/2 of vectors [num_nodes, dim] = U S Vᵀ, and their rank; columns beyond it are 0.

    The largest entry of each column by absolute value is positive.
    """
    num_nodes, dim = vectors.shape
    out = np.zeros((num_nodes, dim), np.float32)
    if not vectors.size:
        return out, 0
    thin = ThinProducts(num_nodes, num_threads)
    with single_threaded_blas():
        # Of products in float32 a singular value is right to some 1e-4 of the largest only.
        turn = rescaling(thin.gram(vectors, vectors, exact=True))
        rank = turn.shape[1]
        thin.times(vectors, turn, out[:, :rank])
    signs = np.where(thin.largest_entries(out) < 0, -1, 1).astype(np.float32)
    out *= signs
    return out, rank


def rescaling(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what X is multiplied by, float64 [dim, rank], given XᵀX; BLAS has one thread."""
    squares, axes = np.linalg.eigh(gram)
    values = np.sqrt(squares[::-1].clip(0))
    rank = int((values > _LEAST * values[:1]).sum())
    turn: NDArray[np.float64] = axes[:, ::-1][:, :rank] / np.sqrt(values[:rank])
    return turn
