"""All scores of each source by products of SciPy, until what is missing is below the error asked for."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from protocol import Request, serve

Data = tuple[scipy.sparse.csr_array, np.ndarray]


def load(request: Request) -> Data:
    arrays = np.load(request["input"])
    degree = np.diff(arrays["indptr"])
    values = np.repeat(1 / np.maximum(degree, 1), degree)
    step = scipy.sparse.csr_array((values, arrays["indices"], arrays["indptr"]), shape=(len(degree),) * 2)
    return step.T.tocsr(), degree == 0


def scores(data: Data, request: Request) -> list[np.ndarray]:
    return [_scores(*data, source, request["restart"], request["error"]) for source in request["sources"]]


def _scores(
    back: scipy.sparse.csr_array, ends: np.ndarray, source: int, restart: float, error: float
) -> np.ndarray:
    found = np.zeros(back.shape[0])
    mass = np.zeros(back.shape[0])
    mass[source], left = 1.0, 1.0
    while left > error:
        found += restart * mass
        dangling = mass[ends].sum()
        mass = (1 - restart) * (back @ mass)
        mass[source] += (1 - restart) * dangling
        left *= 1 - restart
    return found


serve(scores, load=load, save=lambda found, path: np.save(path, found), packages=["scipy", "numpy"])
