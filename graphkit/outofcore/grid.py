"""Skip-gram out of core in a grid of parts: two parts of the tables are in memory at a time.

The order of blocks is that of `graphkit.distributed.fit_in_parts`, and so are the bits. Training is a chain
of segments, some episodes each; a segment begins with a copy of the tables that the one before has left.
"""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np

from graphkit.checks import check_whole
from graphkit.engine import Engine, Plan, TaskFiles, task
from graphkit.files.arrays import map_npy, reserve
from graphkit.graph.storage import GraphFolder
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import graph_without_ids
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.outofcore.part_tables import PartTables
from graphkit.outofcore.skipgram import check_method, initial_rows, made_again
from graphkit.parallel import resolve_threads
from graphkit.sgns.block_grid import BLOCK_TILE, BlockTrainer
from graphkit.sgns.block_job import BlockJob
from graphkit.sgns.block_samples import episode_walks
from graphkit.sgns.partition import places_behind_one_another, put_part
from graphkit.sgns.trainer import trainer_bytes
from graphkit.sgns.training_loop import run

SEGMENTS = 5
"""At most: each copies the tables once."""

_SLOWER = 4.0
"""Times as long as tiles take, whose centres share negatives: here each pair has its own."""

_ROWS_AT_ONCE = 1 << 20

Result = dict[str, Any]


def plan_grid(engine: Engine, folder: GraphFolder, method: WalkSkipGram, num_parts: int) -> Plan:
    """Return the plan whose file ``vectors.npy`` is what `fit_in_parts` would train for the graph.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect out of core.
    """
    check_method(method)
    check_whole("num_parts", num_parts, 1)
    graph, params = str(folder.path), dict(method.get_params())
    del params["num_threads"]
    common = {"graph": graph, "method": method.name, "params": params, "num_parts": num_parts}
    shards = [{"graph": graph, "shard": shard} for shard in range(len(folder.shards))]
    verified = engine.plan("verify", verify_shard, shards)
    before = engine.plan("initial", write_parts, [common])
    num_episodes, each = segments_of(folder, method)
    for first in range(0, num_episodes, each):
        arguments = {**common, "previous": before.path(0, "tables"), "first": first, "episodes": each}
        before = engine.plan(
            f"train{first // each}", train_episodes, [arguments], after=[verified, before], discards=[before]
        )
    shape = [folder.num_nodes, method.dim]
    final = [{"tables": before.path(0, "tables"), "shape": shape, "num_parts": num_parts}]
    return engine.plan("vectors", join_centers, final, after=[before], discards=[before])


def segments_of(folder: GraphFolder, method: WalkSkipGram) -> tuple[int, int]:
    """Return how many episodes there are, and those of each segment."""
    _, num_episodes = _episodes(method, _num_leaving(folder))
    return num_episodes, max(1, -(-num_episodes // SEGMENTS))


def grid_need(
    method: WalkSkipGram, num_nodes: int, num_arcs: int, *, num_parts: int, weighted: bool = False
) -> Need:
    """Return what `plan_grid` needs for a graph of this size; in an episode all pairs of parts meet."""
    step, episodes = _episodes(method, num_nodes)
    num_segments = -(-episodes // max(1, -(-episodes // SEGMENTS)))
    tables, arcs = 8 * num_nodes * method.dim, arc_bytes(num_arcs, weighted=weighted)
    passed = episodes * num_parts * tables
    alone = type(method)(**{**method.get_params(), "num_threads": 1})
    in_memory = alone.estimate(num_nodes, num_arcs, weighted=weighted)
    pairs = step * method.walk_length * (method.window + 1)
    return Need(
        worker_bytes=8 * pairs
        + max(tables // num_parts, 4 * step * (method.walk_length + 2), 40 * num_nodes)
        + method.sampling_bytes(num_nodes, num_arcs, weighted=weighted)
        + num_parts * trainer_bytes(0, BLOCK_TILE, method.dim),
        cached_bytes=arcs,
        disk_bytes=2 * tables,
        written_bytes=(1 + num_segments) * tables + NPY_HEADER + tables // 2 + passed,
        read_bytes=2 * arcs + num_segments * tables + tables // 2 + passed,
        read_by_each=0,
        seconds=_SLOWER * in_memory.seconds,
        spread=False,
    )


@task(version=1)
def write_parts(
    files: TaskFiles, *, graph: str, method: str, params: dict[str, Any], num_parts: int
) -> Result:
    """Write the parts that training begins with."""
    folder, made = GraphFolder(graph), made_again(method, params)
    with files.output("tables") as path:
        with path.open("wb") as file:
            reserve(file, 8 * folder.num_nodes * made.dim)
        if folder.num_nodes:
            centers = np.memmap(path, np.float32, "r+", shape=(folder.num_nodes, made.dim))
            for first, rows in initial_rows(folder.num_nodes, made.dim, made.seed):
                nodes = np.arange(first, first + len(rows))
                centers[places_behind_one_another(nodes, folder.num_nodes, num_parts)] = rows
            centers.flush()
    return {}


@task(version=1)
def train_episodes(
    files: TaskFiles,
    *,
    graph: str,
    method: str,
    params: dict[str, Any],
    num_parts: int,
    previous: str,
    first: int,
    episodes: int,
) -> Result:
    """Write the tables as they are after episodes number `first` to `first + episodes`."""
    folder, made = GraphFolder(graph), made_again(method, params)
    samples, objective = made.block_samples(graph_without_ids(folder), num_parts)
    trainer = BlockTrainer(objective, num_parts, num_threads=resolve_threads())
    with files.output("tables") as path:
        shutil.copyfile(files.path(previous), path)
        tables = PartTables(path, folder.num_nodes, made.dim, num_parts)
        run([BlockJob(samples, trainer, tables)], begin=first, end=first + episodes)
    return {}


@task(version=1)
def join_centers(files: TaskFiles, *, tables: str, shape: list[int], num_parts: int) -> Result:
    """Write the vectors of centres in the order of the nodes as ``vectors.npy``, float32 [num_nodes, dim]."""
    num_nodes, dim = shape
    parts = PartTables(files.path(tables), num_nodes, dim, num_parts)
    with files.output("vectors.npy") as path:
        vectors = map_npy(path, np.float32, tuple(shape))
        for part in range(num_parts):
            put_part(vectors, part, num_parts, parts.centers(part))
    return {}


def _episodes(method: WalkSkipGram, num_starts: int) -> tuple[int, int]:
    """The walks of an episode, and how many episodes there are, of walks from so many nodes."""
    num_walks = num_starts * method.walks_per_node * method.epochs
    step = episode_walks(num_walks, method.walk_length, method.window)
    return step, -(-num_walks // step)


def _num_leaving(folder: GraphFolder) -> int:
    """How many nodes have an arc, from which walks start."""
    count = 0
    for first in range(0, folder.num_nodes, _ROWS_AT_ONCE):
        count += int(np.count_nonzero(np.diff(folder.indptr[first : first + _ROWS_AT_ONCE + 1])))
    return count
