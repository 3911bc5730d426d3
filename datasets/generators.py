"""Graphs made to measure, for tests, benchmarks and trying things out.

The same seed gives the same graph on every machine, whatever the number of threads.
"""

from __future__ import annotations

from graphkit.datasets.block_model import erdos_renyi, stochastic_block_model
from graphkit.datasets.drift import drifting_communities
from graphkit.datasets.lattices import grid, path, ring, star
from graphkit.datasets.preferential import barabasi_albert
from graphkit.datasets.rmat import rmat, rmat_edges

__all__ = [
    "barabasi_albert",
    "drifting_communities",
    "erdos_renyi",
    "grid",
    "path",
    "ring",
    "rmat",
    "rmat_edges",
    "star",
    "stochastic_block_model",
]
