"""Skip-gram in a grid of parts by ranks: processes on several machines, each with a part of the tables.

The order of blocks is that of `graphkit.distributed.fit_in_parts`, and so are the bits, on any number of
ranks; but those of GPUs differ from run to run. They have been tried under Triton's interpreter alone, with
gloo in NCCL's place, never on a GPU.

Training is a chain of segments, some episodes each; each part lies in a file of its own, written by
the rank that holds it, so that a segment whose ranks were lost begins again with what the one before has
left, on as many ranks or others.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.checks import check_whole
from graphkit.engine import Engine, Plan, Rank, Ranks, TaskFiles, task
from graphkit.errors import ParameterError
from graphkit.files.arrays import map_npy
from graphkit.gpu.backend import usable_device
from graphkit.gpu.placement import check_memory
from graphkit.gpu.rows import padded
from graphkit.graph.storage import GraphFolder
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import graph_without_ids
from graphkit.outofcore.grid import segments_of
from graphkit.outofcore.part_files import file_of, parts_before, write_parts
from graphkit.outofcore.rank_ring import ring_of
from graphkit.outofcore.skipgram import made_again
from graphkit.parallel import resolve_threads
from graphkit.sgns.block_grid import BlockTrainer, Objective, Samples
from graphkit.sgns.block_job import BlockJob, RingParts
from graphkit.sgns.gpu.ring_blocks import RingBlockTrainer, SamplesAhead, on_device, ring_bytes
from graphkit.sgns.partition import Shapes, part_shapes, put_part
from graphkit.sgns.ring import Parts
from graphkit.sgns.trainer import VectorTables
from graphkit.sgns.training_loop import run

if TYPE_CHECKING:
    import torch

Result = dict[str, Any]


def plan_ranks(
    engine: Engine, folder: GraphFolder, method: WalkSkipGram, num_parts: int, num_ranks: int
) -> Plan:
    """Return the plan whose file ``vectors.npy`` is what `fit_in_parts` would train for the graph.

    With ``backend="gpu"`` each rank has a GPU.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect out of core; for parts that the ranks do not
        divide, or more ranks than there is room for.
    """
    _check(method, folder.num_nodes, num_parts, num_ranks)
    ranks = Ranks(num_ranks, gpu=method.backend == "gpu")
    graph, params = str(folder.path), dict(method.get_params())
    del params["num_threads"]
    common = {"graph": graph, "method": method.name, "params": params, "num_parts": num_parts}
    shards = [{"graph": graph, "shard": shard} for shard in range(len(folder.shards))]
    before = engine.plan("verify", verify_shard, shards)
    num_episodes, each = segments_of(folder, method)
    previous: list[str] = []
    for first in range(0, num_episodes, each):
        arguments = {**common, "previous": previous, "first": first, "episodes": each}
        before = engine.plan(
            f"train{first // each}",
            train_parts,
            [arguments],
            after=[before],
            discards=[before] if previous else [],
            ranks=ranks,
        )
        previous = [before.path(0, file_of(part)) for part in range(num_parts)]
    final = [{**common, "previous": previous}]
    return engine.plan(
        "vectors", gather_centers, final, after=[before], discards=[before] if previous else []
    )


@task(version=1)
def train_parts(
    files: TaskFiles,
    *,
    rank: Rank,
    graph: str,
    method: str,
    params: dict[str, Any],
    num_parts: int,
    previous: list[str],
    first: int,
    episodes: int,
) -> Result:
    """Write the parts that a rank holds as they are after episodes number `first` to `first + episodes`."""
    folder, made = GraphFolder(graph), made_again(method, params)
    shapes = part_shapes((folder.num_nodes, made.dim), num_parts)
    held = range(rank.number, num_parts, rank.size)
    tables = parts_before(files, previous, shapes, made.seed, held)
    device = None
    if made.backend == "gpu":
        device = usable_device("gpu")
        check_memory(device, ring_bytes(folder.num_nodes, made.dim, num_parts, rank.size), "gpu")
    samples, objective = made.block_samples(graph_without_ids(folder), num_parts)
    segment = first, min(first + episodes, samples.num_episodes)
    train = _trained if device is None else partial(_trained_on, device)
    centers, contexts = train(rank, samples, objective, tables, shapes, segment)
    write_parts(files, centers, contexts)
    return {}


def _trained(
    rank: Rank,
    samples: Samples,
    objective: Objective,
    tables: tuple[Parts, Parts],
    shapes: Shapes,
    segment: tuple[int, int],
) -> tuple[Parts, Parts]:
    """The parts of both tables that are held, trained on the episodes of a segment."""
    trainer = BlockTrainer(objective, samples.num_parts, num_threads=resolve_threads())
    centers, contexts = tables
    begin, end = segment
    with ring_of(rank) as ring:
        parts = RingParts(centers, contexts, shapes, ring)
        run([BlockJob(samples, trainer, parts)], begin=begin, end=end)
    return parts.centers, parts.contexts


def _trained_on(
    device: torch.device,
    rank: Rank,
    samples: Samples,
    objective: Objective,
    tables: tuple[Parts, Parts],
    shapes: Shapes,
    segment: tuple[int, int],
) -> tuple[Parts, Parts]:
    """The same on a GPU, between which parts go without the host."""
    dim = shapes[0][1]
    trainer = RingBlockTrainer(
        objective, samples.num_parts, dim, device=device, num_threads=resolve_threads()
    )
    centers, contexts = (
        {number: on_device(part, device) for number, part in parts.items()} for parts in tables
    )
    wide = {number: (rows, padded(dim)) for number, (rows, _) in shapes.items()}
    ahead, (begin, end) = SamplesAhead(samples), segment
    with ring_of(rank, device) as ring:
        parts = RingParts(centers, contexts, wide, ring)
        run([BlockJob(ahead, trainer, parts)], begin=begin, end=end)
    first, second = (
        {number: rows[:, :dim].contiguous().cpu().numpy() for number, rows in table.items()}
        for table in (parts.centers, parts.contexts)
    )
    for number, vectors in first.items():
        VectorTables(vectors, second[number]).check_finite()
    return first, second


@task(version=1)
def gather_centers(
    files: TaskFiles,
    *,
    graph: str,
    method: str,
    params: dict[str, Any],
    num_parts: int,
    previous: list[str],
) -> Result:
    """Write the vectors of centres in the order of the nodes as ``vectors.npy``, float32 [num_nodes, dim]."""
    folder, made = GraphFolder(graph), made_again(method, params)
    shapes = part_shapes((folder.num_nodes, made.dim), num_parts)
    with files.output("vectors.npy") as path:
        vectors = map_npy(path, np.float32, (folder.num_nodes, made.dim))
        for part in range(num_parts):
            centers, _ = parts_before(files, previous, shapes, made.seed, [part])
            put_part(vectors, part, num_parts, centers[part])
    return {}


def _check(method: WalkSkipGram, num_nodes: int, num_parts: int, num_ranks: int) -> None:
    method.check_parameters()
    if method.backend not in ("cpu", "gpu"):
        raise ParameterError(f"backend must be 'cpu' or 'gpu' with ranks, got {method.backend!r}")
    check_whole("ranks", num_ranks, 1)
    check_whole("num_parts", num_parts, 1)
    if num_parts % num_ranks:
        raise ParameterError(f"num_parts must be a multiple of {num_ranks}, the ranks, got {num_parts}")
    if method.backend == "gpu" and num_parts > num_nodes:
        raise ParameterError(f"num_parts must be <= {num_nodes}, the nodes, on GPUs, got {num_parts}")
