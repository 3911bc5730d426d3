"""Principal components: vectors along the axes in which they vary most."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def principal_components(vectors: NDArray[Any], dim: int) -> NDArray[np.float64]:
    """Return rows along their `dim` longest axes, float64 [num_rows, dim]; 0 where there are fewer axes."""
    mean = vectors.mean(axis=0, dtype=np.float64) if len(vectors) else np.zeros(vectors.shape[1])
    products = vectors.T @ vectors if len(vectors) else np.zeros((len(mean), len(mean)))
    _, axes = np.linalg.eigh(products - len(vectors) * np.outer(mean, mean))
    axes = axes[:, ::-1][:, :dim]
    # An axis has no direction of its own: its largest entry is to be positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    parts = np.zeros((len(vectors), dim))
    parts[:, : axes.shape[1]] = vectors @ axes - mean @ axes
    return parts
