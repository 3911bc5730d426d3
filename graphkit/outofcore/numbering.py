"""From ids to rows out of core: what all ways have in common.

Whole numbers are ascending, strings in the order in which they first appear, as in memory (`relabel`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import Stage, TaskFiles
from graphkit.errors import InputError
from graphkit.graph.relabel import MAX_NODES
from graphkit.kernels.cpu import relabel as kernel
from graphkit.outofcore.array_files import open_array, plain

Chunk = dict[str, Any]
Way = dict[str, Any]


@dataclass(frozen=True)
class Numbering:
    """The rows of all ids.

    Attributes
    ----------
    num_nodes
        Number of ids.
    ways
        For each chunk, how its ids are turned into rows, see `chunk_rows`.
    stages
        What wrote the files that this takes.
    write_ids
        Writes the ids, in the order of their rows, into a folder.
    ids
        Files in the work folder that hold the ids one behind the other, as they are numbered by themselves.
    """

    num_nodes: int
    ways: list[Way]
    stages: list[Stage]
    write_ids: Callable[[Path], None]
    ids: list[str]


def checked_count(num_nodes: int) -> int:
    """Return the number of nodes; `InputError` for one beyond what a graph holds."""
    if num_nodes > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, found {num_nodes:,}")
    return num_nodes


def chunk_ids(files: TaskFiles, chunk: Chunk) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the (source, target) ids of a chunk, int32 or int64 [num_edges], without a line of counts."""
    source, target = (plain(open_array(files, path)) for path in edge_files(chunk)[:2])
    return source[chunk["skip"] :], target[chunk["skip"] :]


def edge_files(chunk: Chunk) -> list[str]:
    """Return the paths of a chunk's sources, targets and, if there are any, weights."""
    names = ("source", "target", "weights") if chunk["weighted"] else ("source", "target")
    return [f"{chunk['prefix']}.{name}.npy" for name in names]


def chunk_rows(files: TaskFiles, chunk: Chunk, way: Way) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the rows of (source, target) of a chunk, int32 [num_edges]; -1 for ids that are not listed."""
    ids = chunk_ids(files, chunk)
    look_up = {"bitmap": _by_bitmap, "sorted": _by_search, "strings": _by_number}[way["kind"]]
    source, target = look_up(files, ids, way)
    if "table" not in way:
        return source, target
    table = open_array(files, way["table"])
    return table[source], table[target]


def _by_bitmap(files: TaskFiles, ids: tuple[NDArray[Any], ...], way: Way) -> list[NDArray[np.int32]]:
    words, before = (np.array(open_array(files, way[name])) for name in ("words", "before"))
    rows = [np.empty(len(column), np.int32) for column in ids]
    for column, out in zip(ids, rows, strict=True):
        kernel.rank_ids(column, way["low"], words, before, out, 0, len(column))
    return rows


def _by_search(files: TaskFiles, ids: tuple[NDArray[Any], ...], way: Way) -> list[NDArray[np.int32]]:
    distinct = open_array(files, way["distinct"])
    parts = [
        open_array(files, path)[start : start + length] + np.int32(base)
        for path, start, length, base in way["parts"]
    ]
    rows = np.concatenate(parts)
    return [rows[np.searchsorted(distinct, column)] for column in ids]


def _by_number(files: TaskFiles, ids: tuple[NDArray[Any], ...], way: Way) -> list[NDArray[np.int32]]:
    parts = [open_array(files, path)[start : start + length] for path, start, length in way["parts"]]
    rows = np.empty(sum(map(len, parts)), np.int32)
    rows[open_array(files, way["order"])] = np.concatenate(parts)
    return [rows[column] for column in ids]
