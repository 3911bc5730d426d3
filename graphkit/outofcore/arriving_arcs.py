"""The arcs that arrive at each node of a directed graph: the graph turned round, in blocks of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit.engine import Engine, Plan, Stage, TaskFiles, task
from graphkit.graph.sorting import partition_edges
from graphkit.graph.storage import GraphFolder
from graphkit.kernels.cpu.bucket_sort import FIRST
from graphkit.outofcore.arc_blocks import blocks_of, bucket_shift
from graphkit.outofcore.arc_tasks import save_buckets, sort_block
from graphkit.outofcore.array_files import plain


def arriving_arcs(engine: Engine, folder: GraphFolder, after: Plan) -> tuple[Stage, list[tuple[int, int]]]:
    """Return the stage that wrote the arriving arcs, and (first row, end row) of each of its tasks.

    Files: ``degrees.npy``, how many arrive at each row of the block, int32; ``indices.npy``, from which rows,
    ascending for each, int32.
    """
    num_nodes, shift = folder.num_nodes, bucket_shift(folder.num_nodes)
    shards = [
        {"graph": str(folder.path), "shard": shard, "shift": shift} for shard in range(len(folder.shards))
    ]
    turned = engine.map("turn", turn_shard, shards, after=[after])
    blocks = blocks_of(engine, turned)
    common: dict[str, Any] = {
        "chunks": [path.removesuffix(".") for path in turned.paths("")],
        "shift": shift,
        "num_nodes": num_nodes,
        "weighted": False,
        "rule": FIRST,
        "count_repeats": False,
    }
    sorted_ = engine.map(
        "arriving",
        sort_block,
        [{"first_bucket": first, "end_bucket": end, **common} for first, end in blocks],
        after=[turned],
    )
    return sorted_, [(first << shift, min(num_nodes, end << shift)) for first, end in blocks]


@task(version=1)
def turn_shard(files: TaskFiles, *, graph: str, shard: int, shift: int) -> dict[str, Any]:
    """Write the arcs of a shard by bucket of ``2**shift`` rows that they arrive at."""
    folder = GraphFolder(graph)
    rows = folder.shards[shard]
    degrees = np.diff(folder.indptr[rows.first_row : rows.end_row + 1])
    leaving = np.repeat(np.arange(rows.first_row, rows.end_row, dtype=np.int32), degrees)
    arriving = plain(folder.indices[rows.first_arc : rows.end_arc])
    buckets = partition_edges(arriving, plain(leaving), None, folder.num_nodes, shift, symmetric=False)
    save_buckets(files, buckets)
    return {}
