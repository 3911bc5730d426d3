"""Core numbers out of core: rounds over ranges of rows, with 4 bytes a node in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.cores.core_numbers import Degree, check_degree
from graphkit.engine import Engine, Plan, TaskFiles, task
from graphkit.engine.stage import stem
from graphkit.files.atomic import PathLike
from graphkit.graph.storage import GraphFolder
from graphkit.kernels.cpu.h_index import lower_numbers
from graphkit.outofcore.array_files import open_array, plain, save_numbers
from graphkit.outofcore.arriving_arcs import arriving_arcs
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import open_folder
from graphkit.outofcore.mapped_rows import map_rows

Csr = tuple[NDArray[Any], NDArray[Any]]


def core_numbers(graph: PathLike, *, engine: Engine, degree: Degree = "total") -> NDArray[np.int32]:
    """Compute the core number of each node of a saved graph, as `graphkit.core_numbers` does.

    Parameters
    ----------
    graph
        A graph folder.
    engine
        Runs the tasks. Its work folder needs room for 4 bytes a node and round; rounds are some tens. By "in"
        and "total" of a directed graph 10 bytes an arc more.
    degree
        What counts as the degree in a directed graph: ``"total"`` all arcs, ``"in"`` those that arrive,
        ``"out"`` those that leave.

    Returns
    -------
    int32 [num_nodes]
        In the order of the graph's nodes.

    Raises
    ------
    ParameterError
        For a degree that is unknown or without effect, or a work folder of another run.
    InputError
        For a folder that holds no graph, or a shard whose content is not what was saved.

    Notes
    -----
    Each round reads all arcs in order, by "total" of a directed graph twice. The numbers are the same on any
    number of workers.

    References
    ----------
    Lü, Zhou, Zhang, Stanley, "The H-index of a network node and its relation to degree and coreness", Nature
    Communications 2016.
    """
    folder = open_folder(graph)
    check_degree(degree, directed=folder.directed)
    engine.begin("kcore", {"degree": degree}, {str(folder.path): folder.mark})
    shards = [{"graph": str(folder.path), "shard": shard} for shard in range(len(folder.shards))]
    before: Plan = engine.map("verify", verify_shard, shards)
    ranges = [(shard.first_row, shard.end_row) for shard in folder.shards]
    arriving = None
    if folder.directed and degree != "out":
        before, ranges = arriving_arcs(engine, folder, before)
        arriving = before.name
    last = _rounds(
        engine, before, ranges, {"graph": str(folder.path), "degree": degree, "arriving": arriving}
    )
    numbers = np.array(_mapped(TaskFiles(engine.folder.path, ""), last, len(ranges)))
    engine.clear()
    return numbers


@task(version=2)
def lower_rows(
    files: TaskFiles,
    *,
    graph: str,
    degree: Degree,
    arriving: str | None,
    place: int,
    num_ranges: int,
    first_row: int,
    end_row: int,
    previous: str | None,
) -> dict[str, Any]:
    """Write the numbers of some rows after a round; `previous` is the stage of the one before.

    `arriving` is the stage of the arriving arcs, where they count, of which the file at `place` has these
    rows. The first round begins with the degrees; it counts as a change, since it has seen no other round.
    """
    folder = GraphFolder(graph)
    adjacencies = [] if degree == "in" else [_leaving(folder, first_row, end_row)]
    if arriving is not None:
        adjacencies.append(_arriving(files, stem(arriving, place)))
    if previous is None:
        numbers = _degrees(files, folder, degree, arriving, num_ranges)
    else:
        numbers = _mapped(files, previous, num_ranges)
    own = np.array(numbers[first_row:end_row])
    room = np.empty(int(own.max(initial=0)) + 1, np.int64)
    changes = lower_numbers(tuple(adjacencies), first_row, plain(numbers), own, room)
    save_numbers(files, "rows", own)
    return {"changes": int(changes) + (previous is None)}


def _rounds(engine: Engine, before: Plan, ranges: list[tuple[int, int]], common: dict[str, Any]) -> str:
    """Lower the numbers until none changes; return the last round's stage."""
    number, changes = 0, 1
    while changes:
        of_all = {**common, "num_ranges": len(ranges), "previous": f"round{number - 1}" if number else None}
        tasks = [
            {**of_all, "place": place, "first_row": first, "end_row": end}
            for place, (first, end) in enumerate(ranges)
        ]
        lowered = engine.map(f"round{number}", lower_rows, tasks, after=[before])
        changes = sum(result["changes"] for result in lowered.results)
        before, number = lowered, number + 1
    return before.name


def _leaving(folder: GraphFolder, first_row: int, end_row: int) -> Csr:
    return plain(folder.indptr[first_row : end_row + 1]), plain(folder.indices)


def _arriving(files: TaskFiles, prefix: str) -> Csr:
    degrees = open_array(files, f"{prefix}.degrees.npy")
    indptr = np.zeros(len(degrees) + 1, np.int64)
    np.cumsum(degrees, out=indptr[1:])
    return plain(indptr), plain(open_array(files, f"{prefix}.indices.npy"))


def _degrees(
    files: TaskFiles, folder: GraphFolder, degree: Degree, arriving: str | None, num_ranges: int
) -> NDArray[np.int32]:
    """The degrees of all nodes, int32 [num_nodes]."""
    degrees = np.zeros(folder.num_nodes, np.int32)
    if degree != "in":
        degrees += np.diff(folder.indptr).astype(np.int32)
    if arriving is not None:
        parts = [open_array(files, f"{stem(arriving, place)}.degrees.npy") for place in range(num_ranges)]
        degrees += np.concatenate(parts)
    return degrees


def _mapped(files: TaskFiles, stage: str, num_ranges: int) -> NDArray[np.int32]:
    """The numbers of all nodes after a round."""
    paths = [files.path(f"{stem(stage, place)}.rows") for place in range(num_ranges)]
    return map_rows(paths, 1, np.int32).reshape(-1)
