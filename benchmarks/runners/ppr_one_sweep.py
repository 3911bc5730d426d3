"""One push of every row for each source, and nothing asked: the floor of personalised PageRank by sweeps.

A row moves 40 bytes (its place; its residual and its score, read and written), an arc four and an addition to
another row's residual.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from protocol import Request, serve


@njit(nogil=True)
def sweep(indptr, indices, residual, score):
    """Give what each row has, but for a share, to its neighbours, in order."""
    for row in range(len(residual)):
        first, end = uint64(indptr[row]), uint64(indptr[row + 1])
        mass, residual[row] = residual[row], 0
        score[row] += 0.15 * mass
        share = 0.85 * mass / max(1.0, np.float64(end - first))
        for place in range(first, end):
            residual[uint64(indices[place])] += share


def load(request: Request) -> tuple[np.ndarray, np.ndarray]:
    arrays = np.load(request["input"])
    return arrays["indptr"], arrays["indices"].astype(np.int32)


def sweeps(data: tuple[np.ndarray, np.ndarray], request: Request) -> int:
    indptr, indices = data
    residual, score = np.ones(len(indptr) - 1), np.zeros(len(indptr) - 1)
    for _ in request["sources"]:
        sweep(indptr, indices, residual, score)
    return len(request["sources"])


serve(sweeps, load=load, packages=["numpy", "numba"])
