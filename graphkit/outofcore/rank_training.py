"""Skip-gram in a grid of parts by ranks: processes on several machines, each with a part of the tables.

The order of blocks is that of `graphkit.distributed.fit_in_parts`, and so are the bits, on any number of
ranks. Training is a chain of segments, some episodes each; each part lies in a file of its own, written by
the rank that holds it, so that a segment whose ranks were lost begins again with what the one before has
left, on as many ranks or others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from graphkit.block_grid import BlockTrainer
from graphkit.distributed import part_shapes, train_in_ring
from graphkit.engine import Engine, Plan, Rank, Ranks, TaskFiles, task
from graphkit.errors import ParameterError
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import graph_without_ids
from graphkit.outofcore.grid import segments_of
from graphkit.outofcore.rank_ring import ring_of
from graphkit.outofcore.skipgram import check_method, initial_rows, made_again
from graphkit.parallel import resolve_threads
from graphkit.ring import Parts
from graphkit.storage import GraphFolder
from graphkit.walks import check_whole

Result = dict[str, Any]


def plan_ranks(
    engine: Engine, folder: GraphFolder, method: WalkSkipGram, num_parts: int, ranks: Ranks
) -> Plan:
    """Return the plan whose file ``vectors.npy`` is what `fit_in_parts` would train for the graph.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect out of core; for parts that the ranks do not
        divide, or more ranks than there is room for.
    """
    check_method(method)
    check_whole("ranks", ranks.count, 1)
    check_whole("num_parts", num_parts, 1)
    if num_parts % ranks.count:
        raise ParameterError(f"num_parts must be a multiple of {ranks.count}, the ranks, got {num_parts}")
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
        previous = [before.path(0, _name(part)) for part in range(num_parts)]
    final = [{**common, "previous": previous}]
    return engine.plan("vectors", gather_centers, final, after=[before], discards=[before])


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
    samples, objective = made.block_samples(graph_without_ids(folder), num_parts)
    trainer = BlockTrainer(objective, num_parts, num_threads=resolve_threads())
    shapes = part_shapes((folder.num_nodes, made.dim), num_parts)
    held = range(rank.number, num_parts, rank.size)
    centers, contexts = _parts_before(files, previous, shapes, made.seed, held)
    end = min(first + episodes, samples.num_episodes)
    with ring_of(rank) as ring:
        contexts = train_in_ring(samples, trainer, centers, contexts, shapes, ring, begin=first, end=end)
    for part in held:
        with files.output(_name(part)) as path, path.open("wb") as file:
            centers[part].tofile(file)
            contexts[part].tofile(file)
    return {}


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
        vectors = np.lib.format.open_memmap(path, "w+", np.float32, (folder.num_nodes, made.dim))
        for part in range(num_parts):
            centers, _ = _parts_before(files, previous, shapes, made.seed, [part])
            vectors[part::num_parts] = centers[part]
        vectors.flush()
    return {}


def _name(part: int) -> str:
    return f"part{part:05d}"


def _parts_before(
    files: TaskFiles,
    previous: list[str],
    shapes: dict[int, tuple[int, int]],
    seed: int,
    held: Iterable[int],
) -> tuple[Parts, Parts]:
    """The parts of both tables that are held: as a segment has left them, or those to begin with."""
    if not previous:
        return _first_centers(shapes, seed, held), {part: np.zeros(shapes[part], np.float32) for part in held}
    centers, contexts = Parts(), Parts()
    for part in held:
        both = np.fromfile(files.path(previous[part]), np.float32)
        centers[part], contexts[part] = both.reshape(2, *shapes[part])
    return centers, contexts


def _first_centers(shapes: dict[int, tuple[int, int]], seed: int, held: Iterable[int]) -> Parts:
    """The parts of `initial_vectors` that are held, no more of which is in memory."""
    centers = {part: np.empty(shapes[part], np.float32) for part in held}
    num_nodes, num_parts = sum(rows for rows, _ in shapes.values()), len(shapes)
    for first, rows in initial_rows(num_nodes, shapes[0][1], seed):
        for part, vectors in centers.items():
            skipped = (part - first) % num_parts
            place = (first + skipped) // num_parts
            taken = rows[skipped::num_parts]
            vectors[place : place + len(taken)] = taken
    return centers
