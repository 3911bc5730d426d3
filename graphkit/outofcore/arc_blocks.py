"""How arcs are cut: into buckets of rows by what writes them, into blocks of buckets by what sorts them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import Engine, Stage
from graphkit.kernels.cpu.partition import MAX_SHIFT

ARCS_PER_BLOCK = 1 << 23
"""Arcs that a task sorts, about: 24 bytes each, with weights 40."""

_MIN_BUCKETS = 1 << 10
"""So that the rows of hubs do not make one bucket much larger than a block."""


def bucket_shift(num_nodes: int) -> int:
    """Return s, a bucket having 2**s rows.

    Examples
    --------
    >>> bucket_shift(1_000_000), bucket_shift(1 << 30)
    (10, 16)
    """
    return min(MAX_SHIFT, max(0, (num_nodes - 1) // _MIN_BUCKETS).bit_length())


def blocks_of(engine: Engine, partitioned: Stage) -> list[tuple[int, int]]:
    """Return the first bucket of each block, and the one behind its last.

    The tasks of `partitioned` wrote where each bucket begins among their arcs, ``offsets.npy``.
    """
    arcs = sum(np.diff(np.load(engine.folder.path / path)) for path in partitioned.paths("offsets.npy"))
    return _cut(np.asarray(arcs))


def _cut(arcs: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut buckets into runs of about `ARCS_PER_BLOCK` arcs; one that has more stands alone."""
    bounds, held = [0], 0
    for bucket, count in enumerate(arcs.tolist()):
        if held and held + count > ARCS_PER_BLOCK:
            bounds.append(bucket)
            held = 0
        held += count
    return list(zip(bounds, [*bounds[1:], len(arcs)], strict=True))
