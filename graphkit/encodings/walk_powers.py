"""Walk series computed exactly: on the diagonal, and for all pairs of nodes in reach."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.edge_rows import EdgeRows
from graphkit.encodings.walk_series import WalkSeries
from graphkit.kernels.cpu.walk_series import count_reached, count_work, diagonal_series, pair_series
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, run_ranges
from graphkit.propagation.row_sums import reciprocal
from graphkit.resources import check_host_memory

_FEW_ARCS = 1 << 18
"""Arcs passed, that one thread has done before others have begun."""

_SAMPLE = 64
"""Nodes that are looked at to tell what all of them cost."""


class Pairs(NamedTuple):
    """Values of pairs of nodes, ascending by first, then second node.

    `first`, `second` int64 [num_pairs]; `values` float32 [num_pairs, num_columns].
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    values: NDArray[np.float32]


def diagonal(rows: EdgeRows, series: WalkSeries, num_threads: int) -> NDArray[np.float32]:
    """Return sum_k coefficients(k, c) P^k(i, i), float32 [num_nodes, num_columns], sums in float64."""
    out = np.empty((rows.num_nodes, series.num_columns))
    kernel = partial(
        diagonal_series,
        rows.indptr,
        rows.indices,
        rows.weights,
        reciprocal(rows.strength),
        rows.is_symmetric,
        series.coefficients,
        out,
    )
    _run(kernel, rows, series, num_threads)
    return out.astype(np.float32)


def pairs(rows: EdgeRows, series: WalkSeries, num_threads: int) -> Pairs:
    """Return sum_k coefficients(k, c) P^k(i, j) of all i and j that a walk of the series leads from and to.

    Raises
    ------
    ParameterError
        If memory cannot hold them.
    """
    counts = np.empty(rows.num_nodes, np.int64)
    _run(
        partial(count_reached, rows.indptr, rows.indices, series.num_steps, counts), rows, series, num_threads
    )
    offsets = np.append(0, np.cumsum(counts))
    check_host_memory(
        pair_bytes(int(offsets[-1]), series),
        f"{offsets[-1]:,} pairs of nodes in reach take",
        "give walks_per_node to estimate the likely ones, or fewer steps",
    )
    columns = np.empty(offsets[-1], np.int64)
    values = np.empty((offsets[-1], series.num_columns), np.float32)
    kernel = partial(
        pair_series,
        rows.indptr,
        rows.indices,
        rows.weights,
        reciprocal(rows.strength),
        series.coefficients,
        series.spans,
        offsets,
        columns,
        values,
    )
    _run(kernel, rows, series, num_threads)
    return Pairs(np.repeat(np.arange(rows.num_nodes), counts), columns, values)


def pair_bytes(num_pairs: int, series: WalkSeries) -> int:
    """Return the memory of so many pairs, their nodes once more while they are put together."""
    return num_pairs * (32 + 4 * series.num_columns)


def exact_work(rows: EdgeRows, num_steps: int, limit: int) -> int:
    """Return the arcs that so many steps from every node pass, or something above `limit` if they are more.

    Of large graphs it is inferred from some nodes, evenly spaced.
    """
    most = rows.num_nodes * num_steps * len(rows.indices)
    if most <= limit:
        return most
    sources = np.unique(np.linspace(0, rows.num_nodes - 1, _SAMPLE).astype(np.int64))
    share = rows.num_nodes / len(sources)
    return int(share * count_work(rows.indptr, rows.indices, num_steps, sources, int(limit / share)))


def reached_pairs(rows: EdgeRows, num_steps: int) -> int:
    """Return how many pairs are in reach, of large graphs inferred from some nodes."""
    sources = np.unique(np.linspace(0, rows.num_nodes - 1, _SAMPLE).astype(np.int64))
    counts = np.zeros(rows.num_nodes, np.int64)
    for source in sources.tolist():
        count_reached(rows.indptr, rows.indices, num_steps, counts, source, source + 1)
    return int(counts.sum() * (rows.num_nodes / max(1, len(sources))))


def _run(kernel: partial[None], rows: EdgeRows, series: WalkSeries, num_threads: int) -> None:
    """Call a kernel for all rows, on one thread where there is little to do."""
    few = rows.num_nodes * series.num_steps * len(rows.indices) <= _FEW_ARCS
    threads = 1 if few else num_threads
    run_ranges(kernel, even_bounds(rows.num_nodes, RANGES_PER_THREAD * threads if not few else 1), threads)
