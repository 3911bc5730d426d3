"""Shards: ranges of a graph's rows of nearly equal work, which never depend on the machine."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from graphkit.arrays import Indptr

WORK_PER_SHARD = 1 << 22
"""Arcs and rows together, of graphs that are not so large that they would have more than `MAX_SHARDS`."""

MAX_SHARDS = 4096

ROWS_PER_STEP = 1 << 14
"""Shards begin at multiples of this many rows, so that their rows of vectors begin on pages of memory."""


@dataclass(frozen=True)
class Shard:
    """A range of rows and its arcs.

    Attributes
    ----------
    first_row, end_row
        Its rows.
    first_arc, end_arc
        Its arcs, places in `indices` and `weights`.
    digests
        BLAKE2b digest of its part of each array of arcs.
    """

    first_row: int
    end_row: int
    first_arc: int
    end_arc: int
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self.end_row - self.first_row

    def as_json(self) -> dict[str, Any]:
        """Return the shard as a manifest holds it."""
        return asdict(self)


def cut_shards(indptr: Indptr, *, work_per_shard: int | None = None, step: int | None = None) -> list[Shard]:
    """Cut the rows of a CSR matrix into shards of nearly equal work (arcs plus rows).

    Parameters
    ----------
    indptr
        Row offsets, int64 [num_nodes + 1]; of a memory-mapped one little is read.
    work_per_shard, step
        Arcs and rows of a shard, and the multiple of rows at which one begins; None for
        `WORK_PER_SHARD` and `ROWS_PER_STEP`.

    Examples
    --------
    >>> shards = cut_shards(np.array([0, 90, 91, 92, 93]), work_per_shard=50, step=1)
    >>> [(shard.first_row, shard.end_row, shard.end_arc) for shard in shards]
    [(0, 1, 90), (1, 4, 93)]
    """
    num_rows, num_arcs = len(indptr) - 1, int(indptr[-1])
    starts = np.arange(0, num_rows, ROWS_PER_STEP if step is None else step)
    work = np.asarray(indptr[starts]) + starts
    wanted = -(-(num_arcs + num_rows) // (work_per_shard or WORK_PER_SHARD))
    marks = np.linspace(0, num_arcs + num_rows, min(MAX_SHARDS, max(1, wanted)) + 1)[1:-1]
    # Each mark's cut is the multiple above it, so that a hub in front is a shard of its own.
    cuts = {int(starts[place]) for place in np.searchsorted(work, marks) if place < len(starts)} - {0}
    bounds = [0, *sorted(cuts), num_rows]
    return [Shard(low, high, int(indptr[low]), int(indptr[high])) for low, high in itertools.pairwise(bounds)]
