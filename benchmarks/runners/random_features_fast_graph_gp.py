"""Random features of each length by fast-graph-gp, on a matrix in memory.

Its `max_walk_length` counts deposits, the one at the start among them; graphkit's max_length counts steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
import torch
from grf_gp.sampler import GRFSampler
from protocol import Request, serve, threads


def load(request: Request) -> torch.Tensor:
    """U, the scaled normalised matrix, which graphkit makes as it walks."""
    arrays = np.load(request["input"])
    indptr, indices = arrays["indptr"], arrays["indices"].astype(np.int64)
    degree = np.diff(indptr)
    values = request["scale"] / np.sqrt(np.repeat(degree, degree) * degree[indices])
    parts = (torch.from_numpy(array) for array in (indptr, indices, values))
    return torch.sparse_csr_tensor(*parts, (len(degree), len(degree)))


def sample(matrix: torch.Tensor, request: Request) -> list[Any]:
    sampler = GRFSampler(
        matrix,
        walks_per_node=request["num_walkers"],
        p_halt=request["p_halt"],
        max_walk_length=request["max_length"] + 1,
        seed=request["seed"],
        use_tqdm=False,
        n_processes=threads(),
    )
    return sampler()


def save(matrices: list[Any], path: str) -> None:
    """The features of (I - U)^-2, whose modulation is 1 for every length."""
    scipy.sparse.save_npz(path, sum(as_scipy(matrix) for matrix in matrices))


def as_scipy(matrix: Any) -> scipy.sparse.csr_array:
    tensor = matrix.sparse_csr_tensor
    parts = tensor.values(), tensor.col_indices(), tensor.crow_indices()
    return scipy.sparse.csr_array(tuple(part.numpy() for part in parts), shape=tuple(tensor.shape))


serve(
    sample,
    load=load,
    save=save,
    amount=("entry", lambda matrices: sum(len(as_scipy(matrix).data) for matrix in matrices)),
    packages=["fast-graph-gp", "torch", "numpy"],
)
