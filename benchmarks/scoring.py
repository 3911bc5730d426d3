"""One evaluation for every contender's vectors: BlogCatalog's groups, half of the nodes known."""

from __future__ import annotations

import inputs
import numpy as np
from scipy import sparse

SETTINGS = {"train_ratios": 0.5, "shuffles": 10, "C": 0.1, "protocol": "top-k"}


def f1(vectors: np.ndarray) -> tuple[float, float]:
    """Micro- and macro-F1 in percent, the mean over the same random halves for everyone."""
    from graphkit.evaluation import node_classification

    arrays = np.load(inputs.blogcatalog_labels())
    labels = sparse.csr_array((np.ones(len(arrays["indices"])), arrays["indices"], arrays["indptr"]))
    result = node_classification(vectors, labels, **SETTINGS)
    return 100 * float(result.micro_f1.mean()), 100 * float(result.macro_f1.mean())
