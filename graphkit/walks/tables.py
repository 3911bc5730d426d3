"""The tables that walks on a graph draw from, built once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.kernels.cpu import row_alias, row_filter, row_statistics
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, run_ranges

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

Fill = Callable[[int, int], None]


@dataclass(frozen=True)
class WalkTables:
    """What a kernel needs beside the graph; None for what the law has no use for.

    Attributes
    ----------
    alias
        The rows' alias tables, uint32 [num_arcs, 2], with weights.
    strength
        Sums of the rows' weights, float64 [num_nodes], with weights in walks of the second order.
    noise
        Thresholds of node2vec+, float32 [num_nodes].
    filters
        The rows' Bloom filters, uint64; of length 0 where no step asks whether two nodes are neighbours.
    """

    alias: NDArray[np.uint32] | None
    strength: NDArray[np.float64] | None
    noise: NDArray[np.float32] | None
    filters: NDArray[np.uint64]


def build_tables(
    graph: Graph,
    *,
    second_order: bool,
    asks: bool,
    gamma: float | None,
    num_threads: int,
    progress: Progress | None = None,
) -> WalkTables:
    """Build the tables of walks on `graph`.

    Parameters
    ----------
    graph
        Where to walk.
    second_order
        Whether the step before matters.
    asks
        Whether steps ask for neighbours: q other than 1.
    gamma
        Standard deviations of node2vec+'s thresholds, or None for node2vec.
    num_threads
        Threads to use, >= 1.
    progress
        Called with ("walk tables", tables done, tables).
    """
    num_nodes, num_arcs, weighted = graph.num_nodes, graph.num_arcs, graph.is_weighted
    tables = WalkTables(
        np.empty((num_arcs, 2), np.uint32) if weighted else None,
        np.empty(num_nodes) if weighted and second_order else None,
        np.empty(num_nodes, np.float32) if gamma is not None and second_order else None,
        np.zeros(row_filter.num_filter_words(num_nodes, num_arcs) if asks else 0, np.uint64),
    )
    fills = _fills(graph, tables, gamma)
    bounds = balanced_bounds(graph.indptr, num_threads * RANGES_PER_THREAD)
    for done, fill in enumerate(fills, start=1):
        run_ranges(fill, bounds, num_threads)
        if progress is not None:
            progress("walk tables", done, len(fills))
    return tables


def _fills(graph: Graph, tables: WalkTables, gamma: float | None) -> list[Fill]:
    """What fills each table that is there, for a range of rows."""
    rows, values = graph.indptr, graph.weights
    fills: list[Fill] = []
    if tables.alias is not None and graph.num_arcs > 0:
        fills.append(lambda start, stop: row_alias.build_row_alias(rows, values, tables.alias, start, stop))
    if tables.strength is not None and graph.num_arcs > 0:
        fills.append(lambda start, stop: row_statistics.row_sums(rows, values, tables.strength, start, stop))
    if tables.noise is not None:
        fills.append(
            lambda start, stop: row_statistics.row_thresholds(rows, values, gamma, tables.noise, start, stop)
        )
    if len(tables.filters):
        fills.append(
            lambda start, stop: row_filter.build_row_filter(rows, graph.indices, tables.filters, start, stop)
        )
    return fills
