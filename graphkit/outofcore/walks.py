"""Random walks out of core: ranges of walks, each a task, then one file."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphkit.arrays import Rows
from graphkit.checks import check_whole
from graphkit.engine import Engine, Stage, TaskFiles, task
from graphkit.errors import unknown_parameter
from graphkit.files.atomic import PathLike, check_target
from graphkit.graph.graph import Graph
from graphkit.graph.storage import GraphFolder
from graphkit.io.walks import walks_suffix, write_walks
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.folder_graph import graph_without_ids, open_folder
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.walks.host_walker import CHUNK_WALKS
from graphkit.walks.walker import Walker, walker_bytes

NODES_PER_TASK = 1 << 24
"""Of the walks that a task makes: 64 MB."""

_SECONDS_PER_STEP = 6e-8
"""Of a walk of the first order; one of the second takes four times as long."""

_LAW = ("p", "q", "extend", "gamma", "restart", "stop")


def random_walks(
    graph: PathLike,
    output: PathLike,
    *,
    engine: Engine,
    walk_length: int = 80,
    walks_per_node: int = 10,
    seed: int = 0,
    overwrite: bool = False,
    **law: Any,
) -> tuple[int, int]:
    """Write the walks of `graphkit.random_walks` on a saved graph to a file; return (walks, walk_length).

    Parameters
    ----------
    graph
        A graph folder.
    output
        ``.npy`` for rows, ``.txt`` or ``.txt.gz`` for ids.
    engine
        Runs the tasks; its work folder needs room for 4 bytes a node of a walk, and is cleared at the end.
    walk_length, walks_per_node, seed
        As for `graphkit.random_walks`; `walks_per_node` one number for all.
    overwrite
        Whether an existing file is replaced.
    **law
        ``p``, ``q``, ``extend``, ``gamma``, ``restart``, ``stop``, as for `graphkit.random_walks`.

    Raises
    ------
    ParameterError
        For a parameter that is unknown or outside its range, or a work folder of another run.
    InputError
        For a folder that holds no graph, or an output that cannot be written.
    RunError
        If the disk is full.

    Notes
    -----
    The walks have the bits of those in memory. Workers step at random through the arcs: the graph's indices
    should fit into the machine's memory, once for all of them. Weights and q take tables of up to 9 bytes an
    arc, in each worker.
    """
    for name in law:
        if name not in _LAW:
            raise unknown_parameter("parameter", name, ("walk_length", "walks_per_node", "seed", *_LAW))
    folder, suffix = open_folder(graph), walks_suffix(output)
    check_target(output, overwrite=overwrite)
    check_whole("walks_per_node", walks_per_node, 0)
    params: dict[str, Any] = {"walk_length": check_whole("walk_length", walk_length, 1), "seed": seed, **law}
    # Its checks, long before a task fails on a parameter.
    Walker(_example(folder), **params)
    recorded = {"walks_per_node": walks_per_node, **params}
    engine.begin("walks", recorded, {str(folder.path): folder.mark})
    num_walks = folder.num_nodes * walks_per_node
    at_once = max(1, NODES_PER_TASK // walk_length)
    ranges = [
        {
            "graph": str(folder.path),
            "params": params,
            "first": first,
            "end": min(first + at_once, num_walks),
        }
        for first in range(0, num_walks, at_once)
    ]
    walked = engine.map("walk", walk_range, ranges)
    node_ids = np.empty(0, np.int64) if suffix == ".npy" else folder.node_ids
    # Plain numbers: NumPy's would stand in the header as it cannot be read.
    shape = int(num_walks), int(walk_length)
    write_walks(output, _chunks(engine, walked), node_ids, shape, overwrite=overwrite)
    engine.clear()
    return shape


def walks_need(
    num_nodes: int,
    num_arcs: int,
    *,
    walk_length: int = 80,
    walks_per_node: int = 10,
    weighted: bool = False,
    second_order: bool = False,
) -> Need:
    """Return what `random_walks` needs for a graph of this size, its output left out."""
    num_walks, at_once = num_nodes * walks_per_node, max(1, NODES_PER_TASK // walk_length)
    walks = 4 * num_walks * walk_length + NPY_HEADER * -(-num_walks // at_once)
    arcs = arc_bytes(num_arcs, weighted=weighted) + 8 * num_nodes
    tables = walker_bytes(num_nodes, num_arcs, weighted=weighted, second_order=second_order)
    return Need(
        worker_bytes=tables + min(at_once, num_walks) * (4 * walk_length + 12),
        cached_bytes=arcs,
        disk_bytes=walks,
        written_bytes=walks,
        read_bytes=0,
        read_by_each=arcs,
        seconds=num_walks * walk_length * _SECONDS_PER_STEP * (4 if second_order else 1),
    )


@task(version=1)
def walk_range(
    files: TaskFiles, *, graph: str, params: dict[str, Any], first: int, end: int
) -> dict[str, Any]:
    """Write walks number `first` to `end`, int32 [end - first, walk_length]."""
    folder = GraphFolder(graph)
    walker = _walker(graph, folder.mark, tuple(sorted(params.items())))
    numbers = np.arange(first, end)
    save_array(files, "walks", walker.walk((numbers % folder.num_nodes).astype(np.int32), numbers))
    return {}


@functools.lru_cache(maxsize=1)
def _walker(graph: str, _mark: str, params: tuple[tuple[str, Any], ...]) -> Walker:
    """A worker's tables, built for its first task and used for the others."""
    return Walker(graph_without_ids(GraphFolder(graph)), **dict(params))


def _example(folder: GraphFolder) -> Graph:
    """A graph of one edge of the same kind."""
    weights = [1.0] if folder.is_weighted else None
    return Graph.from_edges([(0, 1)], weights, directed=folder.directed)


def _chunks(engine: Engine, walked: Stage) -> Iterator[Rows]:
    files = TaskFiles(engine.folder.path, "")
    for path in walked.paths("walks.npy"):
        walks = open_array(files, path)
        for first in range(0, len(walks), CHUNK_WALKS):
            yield walks[first : first + CHUNK_WALKS]
