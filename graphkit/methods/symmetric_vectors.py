"""From a symmetric matrix to node vectors: U |S|^1/2 of its leading eigenpairs, its truncated SVD."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import GraphkitWarning
from graphkit.propagation.factorization import Eigenvectors, leading_eigenvectors

if TYPE_CHECKING:
    from graphkit.arrays import Mask, Vectors

TOLERANCE = 1e-2
"""Of the eigenvectors' residual: a tenth of it changes F1 by 0.1 point on eight graphs, in more time."""


def symmetric_vectors(
    operator: Any, dim: int, zero: Mask, *, name: str, seed: int, num_threads: int
) -> tuple[Vectors, NDArray[np.float64], float]:
    """Return (vectors, singular values, residual) of a symmetric matrix.

    Parameters
    ----------
    operator
        As `leading_eigenvectors` takes it, [num_nodes, num_nodes].
    dim
        Columns of the vectors, >= 1.
    zero
        Nodes whose rows are zero, bool [num_nodes].
    name
        Of the method, for its warning.
    seed, num_threads
        As for `leading_eigenvectors`.

    Returns
    -------
    vectors
        float32 [num_nodes, dim]; columns beyond the rank are zero, and a warning says the rank.
    values
        float64 [dim], descending.
    residual
        That of the eigenvectors.
    """
    vectors, values = np.zeros((len(zero), dim), np.float32), np.zeros(dim)
    found = _eigenvectors(operator, min(dim, len(zero)), seed, num_threads)
    if found is None:
        return vectors, values, 0.0
    sizes = np.abs(found.values)
    rank = int((sizes > len(zero) * np.finfo(np.float32).eps * sizes.max()).sum())
    values[:rank] = sizes[:rank]
    np.multiply(found.vectors[:, :rank], np.sqrt(values[:rank]), out=vectors[:, :rank], casting="same_kind")
    vectors[zero] = 0
    if rank < dim:
        found_out = (
            f"has rank {rank}: the columns of the vectors from {rank + 1} on are zeros; choose dim <= {rank}"
            if rank
            else "is zero, and so are the vectors"
        )
        warnings.warn(f"{name}: the matrix {found_out}", GraphkitWarning, stacklevel=3)
    return vectors, values, found.residual


def _eigenvectors(operator: Any, count: int, seed: int, num_threads: int) -> Eigenvectors | None:
    if not count:
        return None
    return leading_eigenvectors(
        operator, count, which="magnitude", tolerance=TOLERANCE, seed=seed, num_threads=num_threads
    )
