"""One evaluation for every contender's vectors: half of the nodes known, DeepWalk's protocol."""

from __future__ import annotations

from typing import Any

import inputs
import numpy as np
from scipy import sparse

SETTINGS = {"train_ratios": 0.5, "C": 0.1, "protocol": "top-k"}


def blogcatalog_labels() -> sparse.csr_array:
    """BlogCatalog's groups."""
    arrays = np.load(inputs.blogcatalog_labels())
    return sparse.csr_array((np.ones(len(arrays["indices"])), arrays["indices"], arrays["indptr"]))


def f1(vectors: np.ndarray, labels: Any, *, shuffles: int = 10) -> tuple[float, float]:
    """Micro- and macro-F1 in percent, the mean over the same random halves for everyone."""
    from graphkit.evaluation import node_classification

    result = node_classification(vectors, labels, shuffles=shuffles, **SETTINGS)
    return 100 * float(result.micro_f1.mean()), 100 * float(result.macro_f1.mean())
