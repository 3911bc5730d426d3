"""One evaluation of links for every contender's vectors, of which a node has one or two.

A pair (u, v) has the products of u's vector as a source and v's as a target, element by element (Hadamard),
divided by their root mean square over the training pairs. A logistic regression (C = 1) of these scores the
test pairs, and ranks each test edge among itself with one end replaced.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

NUM_RANKED = 2000
"""Test edges that are ranked, at most."""

NUM_CANDIDATES = 1000
"""Nodes that replace either end of each."""


def links(sources: np.ndarray, targets: np.ndarray, split: Any) -> dict[str, float]:
    """AUC beside the split's negatives, and MRR, in percent."""
    from graphkit.evaluation import fit_one_vs_rest

    train = np.concatenate([split.train_edges, split.train_negatives])
    truth = np.arange(len(train)) < len(split.train_edges)
    features = sources[train[:, 0]] * targets[train[:, 1]]
    scale = 1 / np.sqrt(np.mean(features**2, dtype=np.float64))
    labels = sparse.csr_array(truth[:, None], dtype=np.float64)
    model = fit_one_vs_rest(features * np.float32(scale), labels, C=1.0)
    weighted = sources * (scale * model.coef[0])
    return {
        "auc": auc(*(_scores(weighted, targets, p) for p in (split.test_edges, split.test_negatives))),
        "mrr": _mrr(weighted, targets, split.test_edges),
    }


def told(sources: np.ndarray, targets: np.ndarray, arcs: np.ndarray) -> float:
    """AUC in percent of arcs beside their reverses, by the product of a source and a target."""
    return auc(*(_scores(sources.astype(np.float64), targets, a) for a in (arcs, arcs[:, ::-1])))


def auc(higher: np.ndarray, lower: np.ndarray) -> float:
    """Area under the ROC curve in percent, of scores that should be high and others."""
    from sklearn.metrics import roc_auc_score

    truth = np.arange(len(higher) + len(lower)) < len(higher)
    return 100 * float(roc_auc_score(truth, np.concatenate([higher, lower])))


def _scores(sources: np.ndarray, targets: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.vecdot(sources[pairs[:, 0]], targets[pairs[:, 1]])


def _mrr(sources: np.ndarray, targets: np.ndarray, edges: np.ndarray) -> float:
    rng = np.random.default_rng(0)
    ranked = edges[rng.permutation(len(edges))[:NUM_RANKED]]
    candidates = rng.choice(len(sources), min(NUM_CANDIDATES, len(sources)), replace=False)
    true = _scores(sources, targets, ranked)[:, None]
    found = []
    for scores, own in (
        (sources[ranked[:, 0]] @ targets[candidates].T, ranked[:, 1]),
        (targets[ranked[:, 1]] @ sources[candidates].T, ranked[:, 0]),
    ):
        scores[candidates == own[:, None]] = -np.inf
        found.append(1 + (scores > true).sum(axis=1) + 0.5 * (scores == true).sum(axis=1))
    return 100 * float(np.mean(1 / np.concatenate(found)))
