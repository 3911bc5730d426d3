"""The edges of a stored graph, each once and without loops, as libraries with structures of their own want
them."""

from __future__ import annotations

import numpy as np


def loopless_edges(path: str) -> tuple[int, np.ndarray, np.ndarray]:
    """Number of nodes, sources and targets."""
    arrays = np.load(path)
    num_nodes = len(arrays["indptr"]) - 1
    source = np.repeat(np.arange(num_nodes), np.diff(arrays["indptr"]))
    once = source < arrays["indices"]
    return num_nodes, source[once], arrays["indices"][once]
