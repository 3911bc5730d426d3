"""The nodes of the highest scores."""

from __future__ import annotations

import numpy as np


def first_rows(nodes: np.ndarray, scores: np.ndarray, k: int) -> np.ndarray:
    """The `k` nodes with the highest scores, best first; -1 where none is left."""
    rows = np.full(k, -1)
    best = np.argsort(-scores)[:k]
    rows[: len(best)] = nodes[best]
    return rows
