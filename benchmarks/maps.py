"""What cases measure of maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

NEIGHBORS = 10


def neighbor_accuracy(positions: np.ndarray, labels: np.ndarray) -> float:
    """The share of points whose label most of their `NEIGHBORS` nearest in the map bear."""
    rows = cKDTree(positions).query(positions, k=NEIGHBORS + 1)[1][:, 1:]
    votes = np.zeros((len(rows), labels.max() + 1), np.int64)
    np.add.at(votes, (np.arange(len(rows))[:, None], labels[rows]), 1)
    return float((votes.argmax(axis=1) == labels).mean())


def loopless(csr: Path) -> tuple[np.ndarray, np.ndarray]:
    """The arrays ``indptr`` and ``indices`` of a graph, its loops left out."""
    arrays = np.load(csr)
    row = np.repeat(np.arange(len(arrays["indptr"]) - 1), np.diff(arrays["indptr"]))
    held = row != arrays["indices"]
    degree = np.bincount(row[held], minlength=len(arrays["indptr"]) - 1)
    return np.concatenate([[0], np.cumsum(degree)]), arrays["indices"][held]


def neighbor_preservation(indptr: np.ndarray, indices: np.ndarray, positions: np.ndarray) -> float:
    """The mean share of a node's neighbours among as many points that are nearest to it in the map."""
    tree, degree = cKDTree(positions), np.diff(indptr)
    shares = []
    for rows in np.array_split(np.argsort(degree, kind="stable"), -(-len(degree) // 500)):
        near = tree.query(positions[rows], k=degree[rows[-1]] + 1)[1]
        for row, found in zip(rows, near, strict=True):
            nearest = found[found != row][: degree[row]]
            kept = np.intersect1d(nearest, indices[indptr[row] : indptr[row + 1]], assume_unique=True)
            shares.append(len(kept) / degree[row])
    return float(np.mean(shares))
