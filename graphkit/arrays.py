"""The kinds of arrays that travel through the house, by name and dtype."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Indptr: TypeAlias = NDArray[np.int64]
"""Row offsets of a CSR matrix, ``[num_nodes + 1]``."""

Rows: TypeAlias = NDArray[np.int32]
"""Node rows (0 .. num_nodes - 1); the column indices of a CSR matrix too."""

Weights: TypeAlias = NDArray[np.float32]
"""Arc weights, finite and > 0, ``[num_arcs]``."""

Vectors: TypeAlias = NDArray[np.float32]
"""Embedding rows, ``[num_nodes, dim]``."""

Mask: TypeAlias = NDArray[np.bool_]

NodeIds: TypeAlias = NDArray[Any]
"""The caller's node ids, unique, ``[num_nodes]``: int64 or `numpy.dtypes.StringDType`."""
