"""What cases measure of maps."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

NEIGHBORS = 10


def neighbor_accuracy(positions: np.ndarray, labels: np.ndarray) -> float:
    """The share of points whose label most of their `NEIGHBORS` nearest in the map bear."""
    rows = cKDTree(positions).query(positions, k=NEIGHBORS + 1)[1][:, 1:]
    votes = np.zeros((len(rows), labels.max() + 1), np.int64)
    np.add.at(votes, (np.arange(len(rows))[:, None], labels[rows]), 1)
    return float((votes.argmax(axis=1) == labels).mean())
