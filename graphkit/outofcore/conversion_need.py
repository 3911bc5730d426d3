"""What conversion needs; see `conversion` for its stages; the edges read are gone when all are arcs."""

from __future__ import annotations

from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.outofcore.pieces import BLOCK_ROWS

WORK_BYTES = 300_000_000
"""Of a worker: a chunk of edges or a block of arcs, and copies of it."""

_SECONDS_PER_EDGE = 5e-8
"""Of an edge that is read, numbered, partitioned both ways and sorted; text takes up to twice as long."""


def convert_need(num_nodes: int, num_arcs: int, *, weighted: bool = False, directed: bool = False) -> Need:
    """Return what `convert` needs for a graph of this size, of whole-number ids without gaps.

    Neither the input counts nor the graph folder, which is as large as the arcs and 16 bytes a node.

    Examples
    --------
    >>> convert_need(1 << 24, 400_000_000).disk_bytes / 200_000_000 < 25
    True
    """
    num_edges = num_arcs if directed else num_arcs // 2
    chunks = max(1, -(-num_edges // BLOCK_ROWS))
    arcs = arc_bytes(num_arcs, weighted=weighted)
    read = (12 if weighted else 8) * num_edges
    bitmap = num_nodes // 8
    numbered = (min(16, chunks) + 1) * bitmap + num_nodes // 16 + 8 * num_nodes
    partitioned = arcs + 2 * num_arcs
    sorted_ = arcs + 4 * num_nodes
    written = read + numbered + partitioned + sorted_ + 8 * NPY_HEADER * chunks
    return Need(
        worker_bytes=WORK_BYTES,
        single_bytes=16 * num_nodes,
        cached_bytes=0,
        disk_bytes=numbered + max(read, partitioned + sorted_) + 8 * NPY_HEADER * chunks,
        written_bytes=written,
        read_bytes=read + 8 * num_edges + numbered + partitioned + sorted_,
        read_by_each=3 * bitmap,
        seconds=num_edges * _SECONDS_PER_EDGE,
    )
