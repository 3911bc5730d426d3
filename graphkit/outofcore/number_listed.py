"""Rows in the order of a list of all nodes: ids are numbered by themselves first, then found in the list."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.engine import Engine, TaskFiles, task
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.files.digests import digest
from graphkit.graph.node_ids import STRING, NodeIndex
from graphkit.graph.stored_ids import read_dictionaries, save_node_ids
from graphkit.outofcore.array_files import open_array, save_array
from graphkit.outofcore.edge_chunks import EdgeChunks
from graphkit.outofcore.edge_faults import edge_fault
from graphkit.outofcore.numbering import Chunk, Numbering, Way, checked_count, chunk_rows
from graphkit.outofcore.string_chunks import open_strings, write_strings

_LISTED = "listed/nodes"


def list_mark(listed: NodeIds) -> str:
    """Return what tells one list of nodes from another.

    Examples
    --------
    >>> list_mark(np.array([3, 1])) == list_mark(np.array([1, 3]))
    False
    """
    if listed.dtype == STRING:
        return digest(listed.tolist())
    return hashlib.blake2b(listed.tobytes(), digest_size=16).hexdigest()


def check_list(edges: EdgeChunks, listed: NodeIds) -> None:
    """Raise `InputError` for a list of more nodes than a graph holds, or of ids of another kind."""
    checked_count(len(listed))
    if len(listed) and listed.dtype != _kind(edges):
        kinds = ("strings", "whole numbers") if listed.dtype != STRING else ("whole numbers", "strings")
        raise InputError(f"edges name nodes by {kinds[0]}, but the list of nodes holds {kinds[1]}")


def number_by_list(engine: Engine, edges: EdgeChunks, found: Numbering, listed: NodeIds) -> Numbering:
    """Number the ids as the list does, which have numbers of their own already.

    Raises
    ------
    InputError
        For the first edge that names a node which the list lacks, with its line.
    """
    # An empty list is of the edges' kind.
    path = _saved(engine, listed if len(listed) else np.array([], _kind(edges)))
    looked_up = engine.map("list", find_rows, [{"listed": path, "ids": found.ids}], after=found.stages)
    ways = [way | {"table": looked_up.path(0, "table.npy")} for way in found.ways]
    numbering = replace(
        found,
        num_nodes=len(listed),
        ways=ways,
        stages=[*found.stages, looked_up],
        write_ids=lambda folder: save_node_ids(listed, folder),
    )
    if looked_up.results[0]["unlisted"]:
        raise _unlisted(engine, edges, numbering)
    return numbering


@task(version=1)
def find_rows(files: TaskFiles, *, listed: str, ids: list[str]) -> dict[str, Any]:
    """Write the row of each id in the list, -1 where it is not there, int32; return how many are not."""
    if listed.endswith(".arrow"):
        rows = _rows_of_strings(files, listed, ids)
    else:
        rows = NodeIndex(open_array(files, listed)).find(_numbers(files.work, ids)).astype(np.int32)
    save_array(files, "table", rows)
    return {"unlisted": int(np.count_nonzero(rows < 0))}


@task(version=1)
def first_unlisted(files: TaskFiles, *, chunk: Chunk, way: Way) -> dict[str, Any]:
    """Return the first edge of a chunk that names a node which is not listed, and that id's own number."""
    ends = chunk_rows(files, chunk, way)
    edges = np.flatnonzero((ends[0] < 0) | (ends[1] < 0))
    if not len(edges):
        return {"edge": None}
    edge = int(edges[0])
    own = chunk_rows(files, chunk, {name: value for name, value in way.items() if name != "table"})
    return {"edge": edge, "number": int(own[0][edge] if ends[0][edge] < 0 else own[1][edge])}


def _kind(edges: EdgeChunks) -> Any:
    return np.dtype(np.int64) if edges.num_buckets is None else STRING


def _saved(engine: Engine, listed: NodeIds) -> str:
    """Write the list where tasks see it; return the path within the work folder."""
    files = TaskFiles(engine.folder.path, _LISTED)
    if listed.dtype != STRING:
        save_array(files, "ids", listed)
    else:
        import pyarrow as pa

        write_strings(files, "ids", pa.array(listed.tolist(), pa.large_string()))
    return next(iter(files.outputs))


def _rows_of_strings(files: TaskFiles, listed: str, ids: list[str]) -> NDArray[np.int32]:
    import pyarrow as pa
    import pyarrow.compute

    names = pa.array(read_dictionaries([files.path(path) for path in ids]).tolist(), pa.large_string())
    known = open_strings(files.path(listed)).combine_chunks()
    places = pyarrow.compute.index_in(names, value_set=known).fill_null(-1)
    rows: NDArray[np.int32] = from_arrow(places)
    return rows


def _numbers(work: Path, ids: list[str]) -> NDArray[np.int64]:
    return np.concatenate([np.load(work / path, mmap_mode="r", allow_pickle=False) for path in ids])


def _unlisted(engine: Engine, edges: EdgeChunks, numbering: Numbering) -> InputError:
    """The error for the first edge with an end that is not listed."""
    work = [{"chunk": chunk, "way": way} for chunk, way in zip(edges.chunks, numbering.ways, strict=True)]
    results = engine.map("unlisted", first_unlisted, work, after=numbering.stages).results
    number, first = next((n, result) for n, result in enumerate(results) if result["edge"] is not None)
    path, piece = engine.folder.path, edges.pieces[number]
    if _kind(edges) == STRING:
        node_ids = read_dictionaries([path / name for name in numbering.ids])
    else:
        node_ids = _numbers(path, numbering.ids)
    node_id = node_ids[first["number"] : first["number"] + 1].tolist()[0]
    message = f"the edge names the node {node_id!r}, which is not in the list of nodes"
    return edge_fault(piece, edges.rows_before(number) + first["edge"], message)
