"""One evaluation for every contender's vectors: DeepWalk's protocol."""

from __future__ import annotations

from typing import Any

import inputs
import numpy as np
from scipy import sparse

SETTINGS = {"train_ratios": 0.5, "C": 0.1, "protocol": "top-k"}

# As the skip-gram papers score: rows of length 1, and the classifier's usual penalty.
UNIT_ROWS = {"C": 1.0, "normalize": "l2", "protocol": "top-k"}


def blogcatalog_labels() -> sparse.csr_array:
    """BlogCatalog's groups."""
    return labels_of("blogcatalog")


def labels_of(name: str) -> sparse.csr_array:
    """The labels of a graph of `inputs`."""
    arrays = np.load(inputs.labels_of(name))
    return sparse.csr_array((np.ones(len(arrays["indices"])), arrays["indices"], arrays["indptr"]))


def f1(vectors: np.ndarray, labels: Any, *, shuffles: int = 10) -> tuple[float, float]:
    """Micro- and macro-F1 in percent, the mean over the same random halves for everyone."""
    from graphkit.evaluation import node_classification

    result = node_classification(vectors, labels, shuffles=shuffles, **SETTINGS)
    return 100 * float(result.micro_f1.mean()), 100 * float(result.macro_f1.mean())


def f1_of_unit_rows(
    vectors: np.ndarray, labels: Any, *, ratios: tuple[float, ...] = (0.1, 0.5, 0.9), shuffles: int = 10
) -> dict[str, float]:
    """F1 in percent of vectors divided by their length: ``micro_f1_50`` where half of the nodes are known."""
    from graphkit.evaluation import node_classification

    result = node_classification(vectors, labels, train_ratios=ratios, shuffles=shuffles, **UNIT_ROWS)
    return {
        f"{average}_f1_{round(100 * ratio)}": 100 * float(scores.mean())
        for average, table in (("micro", result.micro_f1), ("macro", result.macro_f1))
        for ratio, scores in zip(ratios, table, strict=True)
    }
