"""Node classification by ``graphkit.evaluation``, top-k predictions."""

from __future__ import annotations

import numpy as np
from protocol import Request, serve
from scipy import sparse

from graphkit.evaluation import NodeClassification, node_classification


def load(request: Request) -> tuple[np.ndarray, sparse.csr_array]:
    arrays = np.load(request["labels"])
    labels = sparse.csr_array((np.ones(len(arrays["indices"])), arrays["indices"], arrays["indptr"]))
    return np.load(request["input"]), labels


def classify(data: tuple[np.ndarray, sparse.csr_array], request: Request) -> NodeClassification:
    return node_classification(
        *data, train_ratios=request["train_ratio"], shuffles=request["splits"], C=request["C"]
    )


def describe(result: NodeClassification) -> Request:
    return {"micro_f1": 100 * result.micro_f1.mean(), "macro_f1": 100 * result.macro_f1.mean()}


serve(classify, load=load, describe=describe, packages=["graphkit", "numpy", "scipy"])
