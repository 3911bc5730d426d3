"""Core numbers out of core: rounds over the shards, with 4 bytes a node in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import Engine, TaskFiles, task
from graphkit.errors import ParameterError
from graphkit.files import PathLike
from graphkit.kernels.cpu.h_index import lower_numbers
from graphkit.outofcore.fastrp_tasks import verify_shard
from graphkit.outofcore.folder_graph import open_folder
from graphkit.outofcore.need import Need, arc_bytes, shard_rows
from graphkit.outofcore.row_files import rows_between
from graphkit.storage import GraphFolder

USUAL_ROUNDS = 30
"""Of networks of people and pages; the most that are seen in practice are some tens."""

_SECONDS_PER_ARC, _SECONDS_PER_NODE = 3e-9, 1e-8


def core_numbers(graph: PathLike, *, engine: Engine) -> NDArray[np.int32]:
    """Compute the core number of each node of a saved undirected graph, as `graphkit.core_numbers` does.

    Parameters
    ----------
    graph
        A graph folder.
    engine
        Runs the tasks. Its work folder needs room for 4 bytes a node and round; rounds are some tens.

    Returns
    -------
    int32 [num_nodes]
        In the order of the graph's nodes.

    Raises
    ------
    ParameterError
        For a directed graph, or a work folder of another run.
    InputError
        For a folder that holds no graph, or a shard whose content is not what was saved.

    Notes
    -----
    Each round reads all arcs in order. The numbers are the same on any number of workers.

    References
    ----------
    Lü, Zhou, Zhang, Stanley, "The H-index of a network node and its relation to degree and coreness", Nature
    Communications 2016.
    """
    folder = open_folder(graph)
    if folder.directed:
        raise ParameterError("out of core, core numbers are of undirected graphs, got a directed one")
    engine.begin("kcore", {}, {str(folder.path): folder.mark})
    path, shards = str(folder.path), range(len(folder.shards))
    before = engine.map("verify", verify_shard, [{"graph": path, "shard": shard} for shard in shards])
    number, changes = 0, 1
    while changes:
        previous = f"round{number - 1}" if number else None
        tasks = [{"graph": path, "shard": shard, "previous": previous} for shard in shards]
        before = engine.map(f"round{number}", lower_shard, tasks, after=[before])
        changes = sum(result["changes"] for result in before.results)
        number += 1
    files = TaskFiles(engine.folder.path, "")
    numbers = np.array(_numbers(files, before.name, folder))
    engine.clear()
    return numbers


def cores_need(num_nodes: int, num_arcs: int, *, weighted: bool = False, rounds: int = USUAL_ROUNDS) -> Need:
    """Return what `core_numbers` needs for a graph of this size, in so many rounds."""
    numbers, arcs = 4 * num_nodes, arc_bytes(num_arcs, weighted=weighted)
    return Need(
        # The first round counts the arcs of all nodes.
        worker_bytes=3 * numbers + 12 * shard_rows(num_nodes, num_arcs),
        cached_bytes=numbers,
        disk_bytes=rounds * numbers,
        written_bytes=rounds * numbers,
        read_bytes=arcs + rounds * (4 * num_arcs + 8 * num_nodes),
        read_by_each=rounds * numbers,
        seconds=rounds * (num_arcs * _SECONDS_PER_ARC + num_nodes * _SECONDS_PER_NODE),
    )


@task(version=1)
def lower_shard(files: TaskFiles, *, graph: str, shard: int, previous: str | None) -> dict[str, Any]:
    """Write the numbers of a shard's rows after a round; `previous` is the stage of the one before.

    The first round begins with the degrees; it counts as a change, since it has seen no other round.
    """
    folder = GraphFolder(graph)
    rows = folder.shards[shard]
    indptr = np.asarray(folder.indptr[rows.first_row : rows.end_row + 1])
    if previous is None:
        numbers = np.diff(folder.indptr).astype(np.int32)
    else:
        numbers = _numbers(files, previous, folder)
    own = np.array(numbers[rows.first_row : rows.end_row])
    changes = lower_numbers(indptr, np.asarray(folder.indices), rows.first_row, numbers, own)
    with files.output("rows") as path:
        own.tofile(path)
    return {"changes": int(changes) + (previous is None)}


def _numbers(files: TaskFiles, stage: str, folder: GraphFolder) -> NDArray[np.int32]:
    rows = rows_between(files, stage, folder, 1, 0, folder.num_nodes, dtype=np.int32)
    return rows.reshape(-1)
