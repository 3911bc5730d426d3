"""Personalised PageRank of all nodes out of core: ranges of sources, each a task."""

from __future__ import annotations

import functools
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from graphkit.checks import check_whole
from graphkit.engine import Engine, TaskFiles, task
from graphkit.files.atomic import PathLike
from graphkit.graph.graph import Graph
from graphkit.graph.storage import GraphFolder
from graphkit.outofcore.array_files import save_array
from graphkit.outofcore.folder_graph import graph_without_ids, open_folder
from graphkit.outofcore.join import join_arrays
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.pagerank.personalized import PersonalizedPageRank
from graphkit.pagerank.top_nodes import TopNodes

RESULT_BYTES = 1 << 26
"""Of a task, about."""


def top_pagerank(
    graph: PathLike, pagerank: PersonalizedPageRank, k: int = 100, *, engine: Engine
) -> TopNodes:
    """Return the `k` nodes of the highest scores for each node of a saved graph, as `pagerank.top` does.

    Parameters
    ----------
    graph
        A graph folder.
    pagerank
        The law and the method; its `num_threads` has no effect, the engine has `workers`.
    k
        Nodes a source, >= 1; the source itself is one of them.
    engine
        Runs the tasks. Its work folder needs room for 16 k bytes a node.

    Returns
    -------
    TopNodes
        Its arrays are memory-mapped: the work folder must stay as long as they are used.

    Raises
    ------
    ParameterError
        If k < 1, or for a work folder of another run.
    InputError
        For a folder that holds no graph.
    RunError
        If the disk is full.

    Notes
    -----
    The bits are those in memory. A worker takes 24 bytes a node (walks: 12, and 8 bytes an arc of a weighted
    graph); the graph's indices, read in any order, should fit into the machine's memory once.
    """
    check_whole("k", k, 1)
    folder = open_folder(graph)
    pagerank.check_time(folder.num_arcs)
    params = asdict(pagerank)
    del params["num_threads"]
    engine.begin("ppr", {**params, "k": k}, {str(folder.path): folder.mark})
    at_once = max(1, RESULT_BYTES // (8 * k))
    common = {"graph": str(folder.path), "params": params, "k": k}
    ranges = [
        {**common, "first": first, "end": min(first + at_once, folder.num_nodes)}
        for first in range(0, max(1, folder.num_nodes), at_once)
    ]
    ranked = engine.map("rank", rank_sources, ranges)
    arrays = {"rows": ("<i4", [folder.num_nodes, k]), "scores": ("<f4", [folder.num_nodes, k])}
    if pagerank.method == "push":
        arrays["missing"] = ("<f8", [folder.num_nodes])
    joins = [
        {"parts": ranked.paths(f"{name}.npy"), "dtype": dtype, "shape": shape}
        for name, (dtype, shape) in arrays.items()
    ]
    joined = engine.map("join", join_parts, joins, after=[ranked])
    found = {
        name: np.load(engine.folder.path / joined.path(number, "npy"), mmap_mode="r")
        for number, name in enumerate(arrays)
    }
    return TopNodes(
        folder.node_ids, np.arange(folder.num_nodes), found["rows"], found["scores"], found.get("missing")
    )


def pagerank_need(
    pagerank: PersonalizedPageRank, num_nodes: int, num_arcs: int, k: int = 100, *, weighted: bool = False
) -> Need:
    """Return what `top_pagerank` needs for a graph of this size."""
    at_once = max(1, RESULT_BYTES // (8 * k))
    num_arrays, missing = (3, 8) if pagerank.method == "push" else (2, 0)
    numbers = num_nodes * (8 * k + missing)
    num_tasks = -(-max(1, num_nodes) // at_once)
    arcs = arc_bytes(num_arcs, weighted=weighted) + 8 * num_nodes
    alone = replace(pagerank, num_threads=1)
    a_task = alone.estimate(num_nodes, num_arcs, k=k, num_sources=min(at_once, num_nodes), weighted=weighted)
    written = 2 * numbers + num_arrays * NPY_HEADER * (num_tasks + 1)
    return Need(
        worker_bytes=max(0, a_task.bytes - arcs),
        cached_bytes=arcs,
        disk_bytes=written,
        written_bytes=written,
        read_bytes=numbers,
        read_by_each=arcs,
        seconds=alone.estimate(num_nodes, num_arcs, k=k, weighted=weighted).seconds,
    )


@task(version=2)
def rank_sources(
    files: TaskFiles, *, graph: str, params: dict[str, Any], k: int, first: int, end: int
) -> dict[str, Any]:
    """Write the result of the sources in rows `first` to `end`."""
    held = _graph(graph, GraphFolder(graph).mark)
    top = PersonalizedPageRank(**params).top_of_rows(held, np.arange(first, end), k)
    save_array(files, "rows", top.rows)
    save_array(files, "scores", top.scores)
    if top.missing is not None:
        save_array(files, "missing", top.missing)
    return {}


@task(version=1)
def join_parts(files: TaskFiles, *, parts: list[str], dtype: str, shape: list[int]) -> dict[str, Any]:
    """Write arrays one behind the other."""
    with files.output("npy") as path:
        join_arrays([files.path(part) for part in parts], path, np.dtype(dtype), tuple(shape))
    return {}


@functools.lru_cache(maxsize=1)
def _graph(graph: str, _mark: str) -> Graph:
    """A worker's graph, opened for its first task; strengths are summed once."""
    return graph_without_ids(GraphFolder(graph))
