"""Skip-gram on walks out of core: the graph and both tables memory-mapped, in segments.

Training is a chain: each segment of the walks, but the first, begins with a copy of the tables that the one
before has left, so a run that was cut off goes on with the last whole segment. Within one, nothing differs
from memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.arrays import Vectors
from graphkit.engine import Engine, Plan, TaskFiles, task
from graphkit.errors import ParameterError
from graphkit.files.arrays import reserve, write_numbers
from graphkit.graph.storage import GraphFolder
from graphkit.methods.registry import make_method
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import graph_without_ids
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.seeds import Stream, generator
from graphkit.sgns.trainer import VectorTables, next_vectors, walks_per_chunk
from graphkit.sgns.training_loop import run

SEGMENTS = 20
"""At most: each copies the tables once."""

CHUNKS_PER_SEGMENT = 240
"""At least, about a minute of training."""

_ROWS_AT_ONCE = 1 << 16


def plan_skipgram(engine: Engine, folder: GraphFolder, method: WalkSkipGram) -> Plan:
    """Return the plan whose file ``vectors.npy`` is what `method.fit` would train for the graph.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect out of core.
    """
    check_method(method)
    graph, params = str(folder.path), dict(method.get_params())
    del params["num_threads"]
    common = {"graph": graph, "method": method.name, "params": params}
    shards = [{"graph": graph, "shard": shard} for shard in range(len(folder.shards))]
    before = engine.plan("verify", verify_shard, shards)
    num_segments, per_segment = segments_of(folder.num_nodes, method)
    previous = None
    for segment in range(num_segments):
        first = segment * per_segment * walks_per_chunk(method.walk_length)
        arguments = {**common, "previous": previous, "first": first, "chunks": per_segment}
        discards: list[Plan] = [before] if previous else []
        before = engine.plan(f"train{segment}", train_segment, [arguments], after=[before], discards=discards)
        previous = before.path(0, "tables")
    shape = [folder.num_nodes, method.dim]
    final = [{"tables": previous, "shape": shape}]
    return engine.plan("vectors", take_centers, final, after=[before], discards=[before])


def check_method(method: WalkSkipGram) -> None:
    """Raise `ParameterError` for a parameter outside its range or without effect out of core."""
    method.check_parameters()
    if method.backend != "cpu":
        raise ParameterError(f"backend={method.backend!r} has no effect out of core; leave it out")


def initial_rows(num_nodes: int, dim: int, seed: int) -> Iterator[tuple[int, Vectors]]:
    """Yield the rows of `initial_vectors`, some at a time, and the number of the first of them."""
    random = generator(seed, Stream.VECTORS, 0)
    for first in range(0, num_nodes, _ROWS_AT_ONCE):
        yield first, next_vectors(random, min(_ROWS_AT_ONCE, num_nodes - first), dim)


def segments_of(num_nodes: int, method: WalkSkipGram) -> tuple[int, int]:
    """Return how many segments there are, at least one, and the chunks of each.

    Chunks are as many as if every node had an arc; where some have none, the last are empty.
    """
    walks = num_nodes * method.walks_per_node * method.epochs
    chunks = -(-walks // walks_per_chunk(method.walk_length))
    per_segment = max(CHUNKS_PER_SEGMENT, -(-chunks // SEGMENTS))
    return max(1, -(-chunks // per_segment)), per_segment


def skipgram_need(method: WalkSkipGram, num_nodes: int, num_arcs: int, *, weighted: bool = False) -> Need:
    """Return what `plan_skipgram` needs for a graph of this size."""
    num_segments, _ = segments_of(num_nodes, method)
    tables, arcs = 8 * num_nodes * method.dim, arc_bytes(num_arcs, weighted=weighted)
    alone = type(method)(**{**method.get_params(), "num_threads": 1})
    in_memory = alone.estimate(num_nodes, num_arcs, weighted=weighted)
    return Need(
        worker_bytes=max(0, in_memory.bytes - tables - arcs),
        cached_bytes=tables + arcs,
        disk_bytes=2 * tables if num_segments > 1 else 3 * tables // 2,
        written_bytes=num_segments * tables + NPY_HEADER + tables // 2,
        read_bytes=2 * arcs + (num_segments - 1) * tables + tables // 2,
        read_by_each=0,
        seconds=in_memory.seconds,
        spread=False,
    )


@task(version=2)
def train_segment(
    files: TaskFiles,
    *,
    graph: str,
    method: str,
    params: dict[str, Any],
    previous: str | None,
    first: int,
    chunks: int,
) -> dict[str, Any]:
    """Write both tables as they are after `chunks` chunks of walks from place `first` on.

    `previous` are the tables as they are before; None for those that training begins with.
    """
    folder, made = GraphFolder(graph), made_again(method, params)
    with files.output("tables") as path:
        if previous is None:
            _write_initial(path, folder.num_nodes, made)
        else:
            shutil.copyfile(files.path(previous), path)
        if not folder.num_nodes:
            return {}
        centers, contexts = _tables(path, folder.num_nodes, made.dim)
        job = made.walk_job(graph_without_ids(folder), VectorTables(centers, contexts))
        run([job], begin=first, end=first + chunks * walks_per_chunk(made.walk_length))
    return {"pairs": sum(job.record.pairs)}


@task(version=1)
def take_centers(files: TaskFiles, *, tables: str, shape: list[int]) -> dict[str, Any]:
    """Write the vectors of centres as ``vectors.npy``, float32 [num_nodes, dim]."""
    with files.output("vectors.npy") as path, path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}
        np.lib.format.write_array_header_1_0(file, header)
        left = 4 * shape[0] * shape[1]
        with files.path(tables).open("rb") as stream:
            while left:
                part = stream.read(min(left, 1 << 22))
                file.write(part)
                left -= len(part)
    return {}


def made_again(method: str, params: dict[str, Any]) -> WalkSkipGram:
    """Return the method that a task is told of."""
    made = make_method(method, **params)
    assert isinstance(made, WalkSkipGram)
    return made


def _write_initial(path: Path, num_nodes: int, method: WalkSkipGram) -> None:
    """`initial_vectors`, and zeros."""
    with path.open("wb") as file:
        for _, vectors in initial_rows(num_nodes, method.dim, method.seed):
            write_numbers(file, vectors)
        reserve(file, 8 * num_nodes * method.dim)


def _tables(path: Path, num_nodes: int, dim: int) -> tuple[Vectors, Vectors]:
    """The two tables of a file, to be written in place."""
    both = np.asarray(np.memmap(path, np.float32, "r+", shape=(2, num_nodes, dim)))
    return both[0], both[1]
