"""Vectors carried from some nodes of a graph to all others, layer by layer.

A layer is the nodes at the same distance from where the vectors are. Each of its nodes gets the mean of
its neighbours that lie further in or in the same layer, weights counting: a linear system, whose solution
Jacobi's sweeps approach, whatever the layer looks like, because each node has a neighbour further in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask, Rows, Vectors
from graphkit.graph.graph import Graph
from graphkit.graph.sorting import sort_edges
from graphkit.kernels.cpu.bucket_sort import SUM
from graphkit.kernels.cpu.neighbor_means import layers_around, mean_of_neighbors
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges

if TYPE_CHECKING:
    from graphkit.progress import Progress

TOLERANCE = 1e-3
"""Sweeps end when no number changes by more than this share of the layer's largest."""

_MOST_SWEEPS = 1000
_LARGE = 2.0**126
_ROWS_PER_RANGE = 64
"""At least: what a range costs beside its rows must not count."""


def carry_outwards(
    graph: Graph,
    inside: Mask,
    tables: Sequence[Vectors],
    *,
    num_threads: int,
    progress: Progress | None = None,
) -> Mask:
    """Fill the rows outside with means of their neighbours, and return which rows have vectors then.

    Parameters
    ----------
    graph
        Any graph; in a directed one an arc of either direction makes two nodes neighbours.
    inside
        Nodes whose vectors are known, bool [num_nodes].
    tables
        Vectors float32 [num_nodes, dim], changed in place; zeros outside. Rows that nothing reaches stay so.
    num_threads
        Threads, >= 1; the result is the same on any number.
    progress
        Called with ("layers", layers done, layers).
    """
    neighbors = _both_ways(graph) if graph.directed else graph
    depth = np.where(inside, 0, -1).astype(np.int32)
    order = np.empty(graph.num_nodes, np.int32)
    known = np.flatnonzero(inside)
    order[: len(known)] = known
    reached = layers_around(neighbors.indptr, neighbors.indices, depth, order, len(known))
    deepest = int(depth.max(initial=0))
    ends = np.searchsorted(depth[order[:reached]], np.arange(1, deepest + 2))
    for layer in range(1, deepest + 1):
        rows = order[ends[layer - 1] : ends[layer]]
        for vectors in tables:
            _settle(neighbors, depth, layer, rows, vectors, num_threads)
        if progress is not None:
            progress("layers", layer, deepest)
    return depth >= 0


def _settle(
    graph: Graph, depth: NDArray[np.int32], layer: int, rows: Rows, vectors: Vectors, num_threads: int
) -> None:
    """Find the vectors of a layer's rows: at first the means of what lies further in, then sweeps."""
    out = np.empty((len(rows), vectors.shape[1]), np.float32)
    bounds = even_bounds(len(rows), min(num_threads * RANGES_PER_THREAD, len(rows) // _ROWS_PER_RANGE))
    arcs = graph.indptr, graph.indices, graph.weights

    def sweep(deepest: int) -> float:
        changes = run_ranges(
            lambda start, stop: mean_of_neighbors(*arcs, depth, deepest, rows, vectors, out, start, stop),
            bounds,
            num_threads,
        )
        vectors[rows] = out
        return float(max(changes))

    sweep(layer - 1)
    enough = TOLERANCE * float(np.abs(out).max(initial=0))
    for _ in range(_MOST_SWEEPS):
        if sweep(layer) <= enough:
            return


def _both_ways(graph: Graph) -> Graph:
    """The graph without its directions; weights of an arc and its reverse are added."""
    source, target, weights = graph.edge_rows()
    if weights is not None and weights.max(initial=0) > _LARGE:
        # Means do not depend on the scale, and the sum of two weights would be infinite.
        weights = weights / np.float32(2)
    arcs, _ = sort_edges(source, target, weights, graph.num_nodes, symmetric=True, rule=SUM)
    return Graph(*arcs, graph.node_ids)
