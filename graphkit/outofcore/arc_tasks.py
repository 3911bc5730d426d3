"""Edges to sorted rows out of core: each chunk is partitioned, each block of rows sorted and merged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles, task
from graphkit.graph.sorting import Buckets, first_overflow, merge_buckets, partition_edges
from graphkit.io.weights import usable
from graphkit.kernels.cpu import csr
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.numbering import Chunk, Way, chunk_rows, edge_files

Edges = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32] | None]


@task(version=1)
def balance_chunk(files: TaskFiles, *, chunk: Chunk, way: Way, self_loops: str) -> dict[str, Any]:
    """Return by how much the edges of a chunk fail to be there in both directions, see `csr.edge_balance`."""
    (source, target, _), _, _ = _edges(files, chunk, way, self_loops)
    balance = int(csr.edge_balance(source, target, 0, len(source)))
    return {"balance": balance, "loops_only": bool(np.array_equal(source, target))}


@task(version=2)
def partition_chunk(
    files: TaskFiles,
    *,
    chunk: Chunk,
    way: Way,
    self_loops: str,
    num_nodes: int,
    shift: int,
    symmetric: bool,
    last: bool,
) -> dict[str, Any]:
    """Write the arcs of a chunk by bucket of ``2**shift`` rows, see `Buckets`; return what was counted.

    If this is the `last` that is done with the chunk, it is spent.
    """
    edges, num_rows, num_loops = _edges(files, chunk, way, self_loops)
    buckets = partition_edges(*edges, num_nodes, shift, symmetric=symmetric)
    save_buckets(files, buckets)
    for path in edge_files(chunk) if last else ():
        files.spend(path)
    return {"rows": num_rows, "loops": num_loops, "edges": len(edges[0])}


def save_buckets(files: TaskFiles, buckets: Buckets) -> None:
    """Write arcs by bucket, as `sort_block` reads them."""
    save_array(files, "offsets", buckets.offsets)
    save_array(files, "local_rows", buckets.local_rows)
    save_array(files, "indices", buckets.indices)
    if buckets.weights is not None:
        save_array(files, "weights", buckets.weights)


@task(version=2)
def sort_block(
    files: TaskFiles,
    *,
    chunks: list[str],
    first_bucket: int,
    end_bucket: int,
    shift: int,
    num_nodes: int,
    weighted: bool,
    rule: int,
    count_repeats: bool,
) -> dict[str, Any]:
    """Write the sorted rows of some buckets: ``degrees.npy``, ``indices.npy``, ``weights.npy``.

    `chunks` are what the names of the chunks' files begin with. Returns the lowest arc that was there more
    than once, or None, the lowest whose weight is beyond float32, and by how much the arcs fail to be
    symmetric, see `csr.arc_balance`.
    """
    first_row, end_row = first_bucket << shift, min(num_nodes, end_bucket << shift)
    buckets = _gathered(files, chunks, first_bucket, end_bucket, shift, weighted)
    (indptr, indices, weights), repeated = merge_buckets(
        buckets, end_row - first_row, num_nodes, rule, count_repeats=count_repeats
    )
    save_array(files, "degrees", np.diff(indptr).astype(np.int32))
    save_array(files, "indices", indices)
    balance = 0
    if weights is not None:
        save_array(files, "weights", weights)
        bits = weights.view(np.uint32)
        balance = int(csr.arc_balance(indptr, indices, bits, first_row, 0, end_row - first_row))
    return {
        "repeated": _arc(repeated, first_row),
        "overflow": _arc(first_overflow((indptr, indices, weights)), first_row),
        "balance": balance,
    }


def _arc(arc: tuple[int, int] | None, first_row: int) -> list[int] | None:
    """An arc of a block as JSON has it, its row counted from 0."""
    return None if arc is None else [first_row + int(arc[0]), int(arc[1])]


def _edges(files: TaskFiles, chunk: Chunk, way: Way, self_loops: str) -> tuple[Edges, int, int]:
    """The edges of a chunk that count, the number of rows with a weight that can be one, and of loops."""
    source, target = chunk_rows(files, chunk, way)
    weights = None
    if chunk["weighted"]:
        weights = np.array(open_array(files, edge_files(chunk)[2])[chunk["skip"] :])
        stay = usable(weights)
        source, target, weights = source[stay], target[stay], weights[stay]
    loops = source == target
    num_rows, num_loops = len(source), int(np.count_nonzero(loops))
    if self_loops == "drop" and num_loops:
        source, target = source[~loops], target[~loops]
        weights = None if weights is None else weights[~loops]
    return (source, target, weights), num_rows, num_loops


def _gathered(
    files: TaskFiles, chunks: list[str], first: int, end: int, shift: int, weighted: bool
) -> Buckets:
    """The arcs of buckets `first` to `end`, in each in the order of the chunks."""
    starts = np.stack([open_array(files, f"{chunk}.offsets.npy")[first : end + 1] for chunk in chunks])
    offsets = np.concatenate([[0], np.cumsum(np.diff(starts, axis=1).sum(axis=0))])
    parts = {}
    for name, dtype in (("local_rows", np.uint16), ("indices", np.int32), ("weights", np.float32)):
        if name == "weights" and not weighted:
            continue
        out = np.empty(offsets[-1], dtype)
        cursors = offsets[:-1].copy()
        for chunk, places in zip(chunks, starts.tolist(), strict=True):
            column = open_array(files, f"{chunk}.{name}.npy")
            for bucket in range(end - first):
                length = places[bucket + 1] - places[bucket]
                out[cursors[bucket] : cursors[bucket] + length] = column[places[bucket] : places[bucket + 1]]
                cursors[bucket] += length
        parts[name] = out
    return Buckets(shift, offsets, parts["local_rows"], parts["indices"], parts.get("weights"))
