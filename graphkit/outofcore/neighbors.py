"""Nearest neighbours out of core: blocks of queries compared with all points, or ranges of lists."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_choice
from graphkit.engine import Engine, Plan, Stage, TaskFiles, task
from graphkit.files.atomic import PathLike
from graphkit.files.digests import digest, file_mark
from graphkit.io.vectors import read_vectors
from graphkit.neighbors.arguments import as_vectors, query_bounds
from graphkit.neighbors.exact import nearest_by_distance
from graphkit.neighbors.knn import are_few, check_search, num_zero
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.neighbors.list_search import ListSearch
from graphkit.neighbors.lists import PointLists
from graphkit.neighbors.vector_table import Metric, Points
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.join import join_arrays
from graphkit.parallel import even_bounds, resolve_threads
from graphkit.seeds import check_seed

TASKS, POINTS_PER_TASK = 512, 1 << 11
"""Tasks of a search at most, and points of one at least: a task costs some milliseconds."""

Result = dict[str, Any]


def knn_graph(
    vectors: PathLike,
    k: int = 15,
    *,
    engine: Engine,
    metric: Metric = "euclidean",
    recall: float = 0.95,
    num_lists: int | None = None,
    num_probes: int | None = None,
    seed: int = 0,
) -> KnnGraph:
    """Find the k nearest other points of every point, as `graphkit.neighbors.knn_graph` does.

    Parameters
    ----------
    vectors
        A ``.npy`` file of vectors, float32 or float64 [num_points, dim]; it is memory-mapped.
    k, metric, recall, num_lists, num_probes, seed
        As there.
    engine
        Runs the tasks. Its work folder needs room for 20 k bytes a point, and where lists are searched for a
        copy of the vectors, and one more where few columns do not do.

    Returns
    -------
    KnnGraph
        Its arrays are memory-mapped: the work folder must stay as long as they are used.

    Raises
    ------
    ParameterError
        For a parameter outside its range, NaN or infinity, or a work folder of another run.
    InputError
        For a file that holds no vectors.
    RunError
        If the disk is full.

    Notes
    -----
    The bits are those in memory. Lists are made by one task, in whose memory two copies of the vectors must
    fit; a comparison of all points needs 32 MiB a worker.
    """
    check_choice("metric", metric, get_args(Metric))
    path = str(Path(vectors).absolute())
    points = as_vectors(_mapped(path), f"the vectors in {vectors}")
    k, num_lists, num_probes = check_search(len(points), k, recall, num_lists, num_probes)
    params = {"k": k, "metric": metric, "recall": recall, "num_lists": num_lists, "num_probes": num_probes}
    params["seed"] = check_seed(seed)
    engine.begin("knn", params, {path: file_mark(path)})
    common = {"vectors": path, "params": params}
    zero = num_zero(points, metric)
    if not ((num_lists is None and num_probes is None and are_few(*points.shape)) or recall == 1):
        found = _in_lists(engine, common, zero)
        if found is not None:
            return found
    ranges = [{**common, "first": low, "end": high} for low, high in query_bounds(*points.shape)]
    compared = engine.map("compare", compare_range, ranges)
    joins = [
        {"parts": compared.paths(f"{name}.npy"), "dtype": dtype, "shape": [len(points), k]}
        for name, dtype in (("found", "<i4"), ("distances", "<f4"))
    ]
    joined = engine.map("join", join_rows, joins, after=[compared])
    arrays = [np.load(engine.folder.path / joined.path(place, "npy"), mmap_mode="r") for place in range(2)]
    return KnnGraph(arrays[0], arrays[1], metric, "exact", 1.0, num_zero=zero)


def num_tasks(num_points: int) -> int:
    """Return into how many tasks a search in lists of so many points is cut, at most.

    Examples
    --------
    >>> [num_tasks(num_points) for num_points in (0, 20_000, 100_000_000)]
    [1, 10, 512]
    """
    return max(1, min(TASKS, -(-num_points // POINTS_PER_TASK)))


@task(version=1)
def compare_range(files: TaskFiles, *, vectors: str, params: dict[str, Any], first: int, end: int) -> Result:
    """Write the neighbours of points `first` to `end`, compared with all."""
    points, own = _mapped(vectors), np.arange(first, end)
    metric = params["metric"]
    rows, distances = nearest_by_distance(points, points[first:end], params["k"], metric=metric, exclude=own)
    save_array(files, "found", rows.astype(np.int32))
    save_array(files, "distances", distances)
    return {}


@task(version=1)
def join_rows(files: TaskFiles, *, parts: list[str], dtype: str, shape: list[int]) -> Result:
    """Write the rows of all ranges one behind the other."""
    with files.output("npy") as path:
        join_arrays([files.path(part) for part in parts], path, np.dtype(dtype), tuple(shape))
    return {}


@task(version=1)
def make_lists(files: TaskFiles, *, vectors: str, params: dict[str, Any]) -> Result:
    """Write the points in lists, and the sample by which the recall is measured."""
    points = as_vectors(_mapped(vectors), "vectors")
    search = ListSearch.begin(points, num_threads=resolve_threads(), **params)
    names = search.lists.arrays() | {"sample": search.rows, "farthest": search.farthest}
    for name, array in names.items():
        save_array(files, name, array)
    counts = {"probes": search.probes, "candidates": search.candidates}
    return {"names": sorted(names), "num_lists": search.lists.num_lists, **counts}


@task(version=1)
def search_range(
    files: TaskFiles,
    *,
    vectors: str,
    params: dict[str, Any],
    made: dict[str, Any],
    probes: int,
    candidates: int,
    first: int,
    end: int,
) -> Result:
    """Write the neighbours of the points in lists `first` to `end`, and which points they are."""
    search = _opened(files, vectors, params, made)
    rows, found, values = search.lists.search_range(first, end, params["k"], probes, candidates)
    for name, array in (("rows", rows), ("found", found), ("values", values)):
        save_array(files, name, array)
    return {}


@task(version=1)
def judge(
    files: TaskFiles, *, vectors: str, params: dict[str, Any], made: dict[str, Any], parts: list[str]
) -> Result:
    """Write the neighbours of all points in their order; return the recall."""
    search = _opened(files, vectors, params, made)
    shape = len(search.points), params["k"]
    found, distances = np.empty(shape, np.int32), np.empty(shape, np.float32)
    for part in parts:
        rows = open_array(files, f"{part}.rows.npy")
        found[rows] = open_array(files, f"{part}.found.npy")
        distances[rows] = open_array(files, f"{part}.values.npy")
    search.complete(found, distances, resolve_threads())
    save_array(files, "found", found)
    save_array(files, "distances", distances)
    return {"recall": search.reached(found, resolve_threads())}


def _in_lists(engine: Engine, common: dict[str, Any], zero: int) -> KnnGraph | None:
    """What is found in lists; None where comparing all points is as fast."""
    params = common["params"]
    built: Stage = engine.map("lists", make_lists, [common])
    facts = built.results[0]
    made = {"stem": built.path(0, ""), "names": facts["names"], "num_lists": facts["num_lists"]}
    search = _opened(TaskFiles(engine.folder.path, ""), common["vectors"], params, made)
    search.probes, search.candidates = facts["probes"], facts["candidates"]
    before, turn = built, 0
    while search.is_worth_it:
        ways = {**common, "made": made, "probes": search.probes, "candidates": search.candidates}
        bounds = even_bounds(search.lists.num_lists, num_tasks(len(search.points)))
        ranges = [{**ways, "first": low, "end": high} for low, high in itertools.pairwise(bounds)]
        searched = engine.map(f"search{turn}", search_range, ranges, after=[before])
        parts = [path.removesuffix(".rows.npy") for path in searched.paths("rows.npy")]
        judged = engine.map(
            f"judge{turn}", judge, [{**common, "made": made, "parts": parts}], after=[searched]
        )
        reached = judged.results[0]["recall"]
        if search.is_enough(reached):
            return _graph(engine, judged, search, reached, zero)
        search.look_further()
        before, turn = judged, turn + 1
    return None


def _graph(engine: Engine, judged: Plan, search: ListSearch, reached: float, zero: int) -> KnnGraph:
    arrays = [
        np.load(engine.folder.path / judged.path(0, f"{name}.npy"), mmap_mode="r")
        for name in ("found", "distances")
    ]
    numbers = reached, search.lists.num_lists, search.probes, zero
    return KnnGraph(arrays[0], arrays[1], search.metric, "lists", *numbers)


def _opened(files: TaskFiles, vectors: str, params: dict[str, Any], made: dict[str, Any]) -> ListSearch:
    """What `make_lists` wrote, memory-mapped."""
    arrays: dict[str, NDArray[Any]] = {
        # Plain arrays: each access to a memory map takes some microseconds.
        name: np.asarray(open_array(files, f"{made['stem']}{name}.npy"))
        for name in made["names"]
    }
    points, metric = _mapped(vectors), params["metric"]
    lists = PointLists.opened(points, arrays, metric)
    return ListSearch(
        points,
        params["k"],
        metric,
        params["recall"],
        lists,
        arrays["sample"],
        arrays["farthest"],
        0,
        0,
        params["num_probes"] is not None,
    )


def _mapped(vectors: str) -> Points:
    return _mapped_once(vectors, digest(file_mark(vectors)))


@functools.lru_cache(maxsize=1)
def _mapped_once(vectors: str, _mark: str) -> Points:
    points: Points = np.asarray(read_vectors(vectors, mmap=True)[1])
    return points
