"""Random features of each length by graphkit, on a graph in memory."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from protocol import Request, serve

import graphkit
from graphkit.graph_kernels.feature_walks import length_features
from graphkit.graph_kernels.length_features import LengthFeatures


def load(request: Request) -> graphkit.Graph:
    arrays = np.load(request["input"])
    return graphkit.Graph(arrays["indptr"], arrays["indices"])


def sample(graph: graphkit.Graph, request: Request) -> LengthFeatures:
    return length_features(
        graph,
        num_walkers=request["num_walkers"],
        p_halt=request["p_halt"],
        max_length=request["max_length"],
        coupling=request["coupling"],
        scale=request["scale"],
        seed=request["seed"],
    )


def save(walked: LengthFeatures, path: str) -> None:
    """The features of (I - U)^-2, whose modulation is 1 for every length."""
    scipy.sparse.save_npz(path, walked.combine(np.ones(walked.max_length + 1)))


serve(
    sample,
    load=load,
    save=save,
    amount=("entry", lambda walked: len(walked.loads)),
    packages=["graphkit", "numpy", "numba"],
)
