"""Graph random features out of core: ranges of rows, each a task."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.engine import Engine, Stage, TaskFiles, task
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike
from graphkit.graph.storage import GraphFolder
from graphkit.graph_kernels.feature_walks import RowWalker
from graphkit.graph_kernels.length_features import square_csr
from graphkit.graph_kernels.modulation import Series
from graphkit.methods.random_features import RandomFeatures
from graphkit.outofcore.array_files import save_array
from graphkit.outofcore.folder_graph import graph_without_ids, open_folder
from graphkit.outofcore.join import join_arrays
from graphkit.outofcore.need import NPY_HEADER, Need, arc_bytes
from graphkit.parallel import resolve_threads

if TYPE_CHECKING:
    import scipy.sparse

WALKERS_PER_TASK = 1 << 22

_NO_EFFECT = ("dim", "num_threads", "backend", "two_sided")


def kernel_features(graph: PathLike, model: RandomFeatures, *, engine: Engine) -> scipy.sparse.csr_array:
    """Return `model.fit_features(graph).features_` of a saved graph.

    Parameters
    ----------
    graph
        A graph folder, undirected.
    model
        The features; `dim` and `num_threads` have no effect, the engine has `workers`.
    engine
        Runs the tasks. Its work folder needs room for the features twice, 8 bytes an entry.

    Returns
    -------
    SciPy CSR, float32 [num_nodes, num_nodes]
        Memory-mapped: the work folder must stay as long as it is used.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect, a directed graph, a series that diverges on this
        graph, or a work folder of another run.
    InputError
        For a folder that holds no graph.
    RunError
        If the disk is full.

    Notes
    -----
    The bits are those in memory. A worker takes about 40 bytes a node; the graph's indices, read in any
    order, should fit into the machine's memory once.
    """
    for name, value in (("backend", "cpu"), ("two_sided", False)):
        if getattr(model, name) != value:
            raise ParameterError(f"{name}={getattr(model, name)!r} has no effect out of core; leave it out")
    folder = open_folder(graph)
    params = {name: value for name, value in model.get_params().items() if name not in _NO_EFFECT}
    params["coefficients"] = None if model.coefficients is None else [float(c) for c in model.coefficients]
    # Its checks, before a task fails on a parameter.
    model.row_walker(graph_without_ids(folder))
    engine.begin("kernel-features", params, {str(folder.path): folder.mark})
    at_once = max(1, WALKERS_PER_TASK // model.num_walkers)
    ranges = [
        {
            "graph": str(folder.path),
            "params": params,
            "first": first,
            "end": min(first + at_once, folder.num_nodes),
        }
        for first in range(0, max(1, folder.num_nodes), at_once)
    ]
    return _joined(engine, engine.map("features", write_features, ranges))


def kernel_features_need(
    model: RandomFeatures, num_nodes: int, num_arcs: int, *, weighted: bool = False
) -> Need:
    """Return what `kernel_features` needs for a graph of this size, at most."""
    alone = RandomFeatures(**{**model.get_params(), "dim": 1, "num_threads": 1})
    whole = alone.estimate(num_nodes, num_arcs, weighted=weighted)
    at_once = min(num_nodes, max(1, WALKERS_PER_TASK // model.num_walkers))
    arcs = arc_bytes(num_arcs, weighted=weighted)
    a_task = alone.estimate(at_once, 0)
    entries = num_nodes * alone.most_entries(num_nodes)
    written = 2 * int(8 * entries + 8 * num_nodes) + 3 * NPY_HEADER
    return Need(
        worker_bytes=a_task.bytes + 40 * num_nodes,
        cached_bytes=arcs + 8 * num_nodes,
        disk_bytes=written,
        written_bytes=written,
        read_bytes=written // 2,
        read_by_each=arcs + 8 * num_nodes,
        seconds=whole.seconds,
    )


@task(version=1)
def write_features(
    files: TaskFiles, *, graph: str, params: dict[str, Any], first: int, end: int
) -> dict[str, Any]:
    """Write rows `first` to `end` of the features: entries of each row, columns, values."""
    walker, series = _walker(graph, GraphFolder(graph).mark, json.dumps(params))
    threads = resolve_threads()
    rows = walker.features(first, end, threads).combine(series.modulation, num_threads=threads)
    save_array(files, "counts", np.diff(rows.indptr).astype(np.int64))
    save_array(files, "columns", rows.indices)
    save_array(files, "values", rows.data)
    return {"entries": len(rows.data)}


@task(version=1)
def join_entries(files: TaskFiles, *, parts: list[str], dtype: str, num_entries: int) -> dict[str, Any]:
    """Write the entries of all rows one behind the other."""
    with files.output("npy") as path:
        join_arrays([files.path(part) for part in parts], path, np.dtype(dtype), (num_entries,))
    return {}


def _joined(engine: Engine, written: Stage) -> scipy.sparse.csr_array:
    num_entries = sum(result["entries"] for result in written.results)
    joins = [
        {"parts": written.paths(f"{name}.npy"), "dtype": dtype, "num_entries": num_entries}
        for name, dtype in (("columns", "<i4"), ("values", "<f4"))
    ]
    joined = engine.map("join", join_entries, joins, after=[written])
    work = engine.folder.path
    counts = [np.load(work / path) for path in written.paths("counts.npy")]
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    columns, values = (np.load(work / joined.path(number, "npy"), mmap_mode="r") for number in range(2))
    return square_csr(indptr, columns, values)


@functools.lru_cache(maxsize=1)
def _walker(graph: str, _mark: str, params: str) -> tuple[RowWalker, Series]:
    """A worker's walker: strengths are summed once."""
    return RandomFeatures(**json.loads(params)).row_walker(graph_without_ids(GraphFolder(graph)))
