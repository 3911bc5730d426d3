"""Node features as a method takes them: one finite row of numbers a node."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit.checks import as_array
from graphkit.errors import InputError


def as_features(features: Any, num_nodes: int) -> Any:
    """Return features as float32, dense or SciPy CSR, [num_nodes, num_features].

    Raises
    ------
    InputError
        If the shape is another or a value is not finite.
    """
    matrix: Any
    if hasattr(features, "tocsr"):
        matrix = features.tocsr().astype(np.float32)
        values = matrix.data
    else:
        matrix = values = as_array("features", features, np.float32)
    if matrix.ndim != 2 or matrix.shape[0] != num_nodes or matrix.shape[1] == 0:
        raise InputError(f"features must have the shape [{num_nodes}, at least 1], got {list(matrix.shape)}")
    if not np.isfinite(values).all():
        raise InputError("features hold NaN or infinite values")
    return matrix
