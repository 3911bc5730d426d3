"""A modulation function that is learned: K = Phi(f) Phi(f)^T with Phi(f) = sum_l f_l C_l, f a parameter.

I. Reid, K. Choromanski, E. Berger, A. Weller, "General graph random features", ICLR 2024. There f is a
small neural network of the length; here it is its values, one for each length: walks have few lengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from graphkit.errors import ParameterError

if TYPE_CHECKING:
    import torch


def learnable_modulation(length_matrices: Sequence[Any], modulation: ArrayLike) -> torch.nn.Module:
    """Return a torch module that maps x to Phi(f) Phi(f)^T x and has f as its parameter.

    Parameters
    ----------
    length_matrices
        C_0, C_1, ..., C_L, SciPy sparse [num_nodes, num_nodes]: the features of walks of each length, the
        estimates of U^l.
    modulation
        Where f begins, finite numbers [L + 1]: of `graphkit.graph_kernels.modulation.kernel_series`, say.

    Returns
    -------
    torch.nn.Module
        ``module.modulation`` is f, float32 [L + 1]; ``module(x)`` takes and returns float32
        [num_nodes, num_columns] and is differentiable in both x and f. ``module.double()`` makes all float64.

    Raises
    ------
    ParameterError
        If there is no matrix, their shapes differ or are not square, or `modulation` does not fit.

    Notes
    -----
    K stays positive semidefinite for every f, and f and -f are the same kernel. Two sparse products, of all
    lengths at once: O(num_entries * num_columns), and (L + 1) num_nodes num_columns numbers of memory.

    Examples
    --------
    >>> import torch
    >>> import scipy.sparse as sp
    >>> steps = sp.csr_array([[0.0, 1.0], [1.0, 0.0]])
    >>> module = learnable_modulation([sp.eye_array(2), steps], [2.0, 0.5])
    >>> module(torch.eye(2)).detach().numpy()
    array([[4.25, 2.  ],
           [2.  , 4.25]], dtype=float32)
    """
    _check_shapes(length_matrices, modulation)
    import torch

    class LearnableModulation(torch.nn.Module):
        """x -> sum_l f_l C_l (sum_k f_k C_k^T x)."""

        def __init__(self) -> None:
            super().__init__()
            self.modulation = torch.nn.Parameter(torch.as_tensor(np.asarray(modulation, np.float32)))
            stacked = _stacked(length_matrices)
            self.register_buffer("features", stacked, persistent=False)
            self.register_buffer("transposed", stacked.t().coalesce(), persistent=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            # C_k^T f_k x, over all k: the matrices below each other, transposed, times copies of x.
            factors = self.modulation[:, None, None]
            right = torch.sparse.mm(self.transposed, (factors * x).flatten(0, 1))
            left = torch.sparse.mm(self.features, right)
            product: torch.Tensor = (factors * left.unflatten(0, (len(self.modulation), -1))).sum(0)
            return product

    return LearnableModulation()


def _stacked(length_matrices: Sequence[Any]) -> torch.Tensor:
    """The matrices below each other, a sparse tensor [(L + 1) num_nodes, num_nodes]."""
    import scipy.sparse as sp
    import torch

    below = sp.coo_array(sp.vstack(length_matrices))
    places = torch.as_tensor(np.stack(below.coords).astype(np.int64))
    return torch.sparse_coo_tensor(
        places, torch.as_tensor(below.data.astype(np.float32)), below.shape, check_invariants=False
    ).coalesce()


def _check_shapes(length_matrices: Sequence[Any], modulation: ArrayLike) -> None:
    shapes = {tuple(matrix.shape) for matrix in length_matrices}
    if len(shapes) != 1 or len(set(*shapes)) != 1:
        raise ParameterError(f"length_matrices must be square and of one shape, got {sorted(shapes)}")
    f = np.asarray(modulation, np.float64)
    if f.shape != (len(length_matrices),) or not np.isfinite(f).all():
        raise ParameterError(
            f"modulation must be {len(length_matrices)} finite numbers, one a matrix, got {modulation!r}"
        )
