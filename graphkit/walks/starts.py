"""Where random walks start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import as_array, shown
from graphkit.errors import InputError, ParameterError
from graphkit.kernels.cpu.row_alias import build_row_alias, draw_starts
from graphkit.parameters import check_declared
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, check_seed

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph


_BYTES_PER_WALK = 20
"""At the peak: its row, its number, and its place in the order."""


def start_rows(
    graph: Graph,
    walks_per_node: NDArray[np.integer] | int,
    starts: Iterable[Any] | None = None,
    *,
    start_at_arcs: bool = False,
    seed: int = 0,
) -> Rows:
    """Return the row that each walk of `random_walks` starts from, int32 [num_walks]."""
    check_declared(start_rows, {"start_at_arcs": start_at_arcs})
    if starts is not None and start_at_arcs:
        raise ParameterError("starts has no effect with start_at_arcs")
    if starts is not None and (isinstance(starts, str) or not isinstance(starts, Iterable)):
        raise ParameterError(f"starts must be a list of node ids, got {shown(starts)}")
    rows = np.arange(graph.num_nodes) if starts is None else graph.index.rows(starts)
    counts = as_array("walks_per_node", walks_per_node)
    if counts.dtype.kind not in "iu" or (counts.size and counts.min() < 0):
        raise ParameterError(f"walks_per_node must be whole and >= 0, got {shown(walks_per_node)}")
    # In Python's numbers, which do not overflow.
    num_walks = int(counts) * len(rows) if counts.ndim == 0 else sum(map(int, counts.ravel()))
    check_host_memory(_BYTES_PER_WALK * num_walks, "where so many walks start takes", "ask for fewer walks")
    if counts.ndim == 0:
        rows = np.tile(rows, int(counts))
    elif counts.shape != rows.shape:
        raise ParameterError(
            f"walks_per_node must hold one number for each of {len(rows):,} starts, got {list(counts.shape)}"
        )
    else:
        first = np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.repeat(rows, counts)[np.argsort(np.arange(len(first)) - first, kind="stable")]
    return _rows_of_arcs(graph, len(rows), seed) if start_at_arcs else rows.astype(np.int32)


def _rows_of_arcs(graph: Graph, num_walks: int, seed: int) -> Rows:
    """Rows in proportion to the weights that leave them: with a first step, arcs in proportion to theirs."""
    if graph.num_arcs == 0:
        raise InputError("start_at_arcs finds no arc: the graph has no edges")
    table = np.empty((graph.num_nodes, 2), np.uint32)
    build_row_alias(np.array([0, graph.num_nodes]), graph.strength, table, 0, 1)
    rows = np.empty(num_walks, np.int32)
    seed_word = np.uint64(check_seed(seed))
    draw_starts(table, seed_word, int(Stream.START), np.arange(num_walks), rows, 0, num_walks)
    return rows
