"""Degrees, and the local degree profile.

C. Cai, Y. Wang, "A simple yet effective baseline for non-attribute graph classification", ICLR 2019 workshop
on representation learning on graphs and manifolds: the degree of a node, and the minimum, maximum, mean and
standard deviation of its neighbours' degrees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.edge_rows import EdgeRows


def degree_profile(rows: EdgeRows) -> NDArray[np.float32]:
    """Return (degree, least, largest, mean, deviation of the neighbours'), float32 [num_nodes, 5].

    With weights a degree is the sum of those of the node's arcs; neighbours count alike. Where there are
    none, all is 0.
    """
    degree, lengths = rows.strength, np.diff(rows.indptr)
    profile = np.zeros((rows.num_nodes, 5))
    profile[:, 0] = degree
    some = np.flatnonzero(lengths)
    if len(some):
        others, begins = degree[rows.indices], rows.indptr[some]
        profile[some, 1] = np.minimum.reduceat(others, begins)
        profile[some, 2] = np.maximum.reduceat(others, begins)
        mean = np.add.reduceat(others, begins) / lengths[some]
        profile[some, 3] = mean
        from_mean = others - np.repeat(mean, lengths[some])
        profile[some, 4] = np.sqrt(np.add.reduceat(from_mean**2, begins) / lengths[some])
    return profile.astype(np.float32)
