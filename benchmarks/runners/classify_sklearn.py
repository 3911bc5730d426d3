"""The usual evaluation of node vectors: scikit-learn's liblinear, one against the rest, top-k predictions."""

from __future__ import annotations

import os

import numpy as np
from protocol import Request, serve
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier


def load(request: Request) -> tuple[np.ndarray, sparse.csr_matrix]:
    arrays = np.load(request["labels"])
    labels = sparse.csr_matrix((np.ones(len(arrays["indices"]), int), arrays["indices"], arrays["indptr"]))
    # liblinear works in doubles and would convert within the measured time.
    return np.load(request["input"]).astype(np.float64), labels


def classify(data: tuple[np.ndarray, sparse.csr_matrix], request: Request) -> np.ndarray:
    """Micro- and macro-F1, the mean over random splits into a known and an unknown part."""
    vectors, labels = data
    return np.mean([split_f1(vectors, labels, request, split) for split in range(request["splits"])], axis=0)


def split_f1(
    vectors: np.ndarray, labels: sparse.csr_matrix, request: Request, split: int
) -> tuple[float, float]:
    order = np.random.default_rng(split).permutation(len(vectors))
    known, unknown = np.split(order, [int(len(order) * request["train_ratio"])])
    model = LogisticRegression(C=request["C"], solver="liblinear")
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    scores = (
        OneVsRestClassifier(model, n_jobs=threads)
        .fit(vectors[known], labels[known])
        .predict_proba(vectors[unknown])
    )
    truth = labels[unknown].toarray()
    predicted = top_k(scores, truth.sum(axis=1))
    return tuple(f1_score(truth, predicted, average=kind, zero_division=0) for kind in ("micro", "macro"))


def top_k(scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The `counts[i]` labels of row i with the greatest scores."""
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
    return (ranks < counts[:, None]).astype(int)


def describe(f1: np.ndarray) -> Request:
    return {"micro_f1": 100 * f1[0], "macro_f1": 100 * f1[1]}


serve(classify, load=load, describe=describe, packages=["scikit-learn", "numpy", "scipy"])
