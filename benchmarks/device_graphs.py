"""The graphs of `device.py`, made on the spot."""

from __future__ import annotations

import numpy as np

from graphkit import Graph
from graphkit.datasets.generators import barabasi_albert, rmat_edges


def rmat(scale: int, num_edges: int, *, weighted: bool = False, directed: bool = False) -> Graph:
    """An R-MAT graph of 2**scale nodes, numbered at random; weights are uniform in [0.5, 1.5)."""
    rng = np.random.default_rng(scale)
    edges = rng.permutation(2**scale).astype(np.int32)[rmat_edges(scale, num_edges, seed=1)]
    weights = rng.uniform(0.5, 1.5, num_edges) if weighted else None
    return Graph.from_edges(edges, weights, num_nodes=2**scale, directed=directed)


def like_youtube(*, quick: bool, weighted: bool) -> Graph:
    """A million nodes, eight million edges drawn."""
    return rmat(10, 8_000, weighted=weighted) if quick else rmat(20, 8_000_000, weighted=weighted)


def sparse_like_youtube(*, quick: bool) -> Graph:
    """YouTube's three million edges and power law, among 0.84 million nodes; a hub has 0.2 % of the arcs."""
    return Graph.from_edges(rmat_edges(*((8, 900) if quick else (22, 3_100_000)), seed=1))


def like_blogcatalog(*, quick: bool) -> Graph:
    """BlogCatalog's 10,312 nodes and 334 thousand edges, and a heavy tail."""
    return barabasi_albert(200, 8, seed=1) if quick else barabasi_albert(10_312, 32, seed=1)
