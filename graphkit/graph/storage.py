"""A graph on disk: a folder of plain arrays and a manifest, opened memory-mapped.

Layout, format version 2::

    manifest.json           format, version, directed, num_nodes, num_arcs; size and BLAKE2b digest of each
                            file; the shards: ranges of rows of nearly equal work, with digests of their arcs
    indptr.npy              int64 [num_nodes + 1]
    indices.npy             int32 [num_arcs]
    weights.npy             float32 [num_arcs]; only for a weighted graph
    node_ids.npy            int64 [num_nodes]; or, for string ids,
    node_ids-00000.parquet  their dictionary in the order of the rows, a column ``id``, in one or more parts

of a `TemporalGraph` also ``timed_indptr.npy``, ``timed_indices.npy`` and ``times.npy``, of a `TypedGraph`
``node_types.npy`` and, as bytes of UTF-8 and a line each, ``type_names.npy``.

A shard is a range of each array, not a file: whatever opens a graph opens it whole, memory-mapped, and a task
that works on a shard maps, and checks, only that. Version 1, which is read too, has no shards, and string
ids as ``node_ids.utf8`` and ``node_ids_end.npy``.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.arrays import open_npy, save_npy
from graphkit.files.atomic import PathLike, atomic_folder, check_path, digest_of
from graphkit.files.json_files import check_form, read_json
from graphkit.graph.graph import Graph, check_rows
from graphkit.graph.node_ids import STRING
from graphkit.graph.shards import Shard, cut_shards
from graphkit.graph.stored_ids import dictionary_path, open_node_ids, read_dictionaries, write_dictionary
from graphkit.parallel import resolve_threads, run_ranges

FORMAT = "graphkit-graph"
VERSION = 2
MANIFEST = "manifest.json"

_ARC_ARRAYS = ("indices.npy", "weights.npy")

_SHARD = {"first_row": int, "end_row": int, "first_arc": int, "end_arc": int, "digests": {str: str}}
_FORM = {
    **{"directed": bool, "num_nodes": int, "num_arcs": int},
    **{"files": {str: {"bytes": int, "blake2b?": str}}, "shards?": [_SHARD]},
}


def save_graph(graph: Graph, folder: PathLike, *, overwrite: bool = False) -> None:
    """Write the graph as a folder that appears whole or not at all.

    Parameters
    ----------
    graph
        The graph.
    folder
        The folder to make.
    overwrite
        Whether an existing folder is replaced; only one that holds a graph ever is.

    Raises
    ------
    InputError
        If the folder exists and may not be replaced, or its parent does not exist.
    RunError
        If the disk is full.
    """
    check_replaceable(folder, overwrite=overwrite)
    with atomic_folder(folder, overwrite=overwrite) as temporary:
        save_npy(temporary / "indptr.npy", graph.indptr)
        save_npy(temporary / "indices.npy", graph.indices)
        if graph.weights is not None:
            save_npy(temporary / "weights.npy", graph.weights)
        if graph.node_ids.dtype == STRING:
            import pyarrow as pa

            write_dictionary(pa.array(graph.node_ids.tolist(), pa.string()), dictionary_path(temporary, 0))
        else:
            save_npy(temporary / "node_ids.npy", graph.node_ids)
        for name, array in graph.more_arrays().items():
            save_npy(temporary / f"{name}.npy", array)
        write_manifest(temporary, directed=graph.directed)


def check_replaceable(folder: PathLike, *, overwrite: bool) -> None:
    """Raise `InputError` if `overwrite` is asked for and the folder holds something else than a graph."""
    if overwrite and Path(folder).exists() and not is_graph_folder(folder):
        raise InputError("holds no graph and is not replaced; choose another folder", path=folder)


def write_manifest(folder: Path, *, directed: bool) -> None:
    """Cut the arrays in a folder into shards, and write the manifest of all that is there."""
    arrays = {name: open_npy(folder / name) for name in _ARC_ARRAYS if (folder / name).exists()}
    indptr = open_npy(folder / "indptr.npy")
    shards = cut_shards(indptr)
    digests = run_ranges(
        lambda place, _: {name: _arc_digest(array, shards[place]) for name, array in arrays.items()},
        range(len(shards) + 1),
        resolve_threads(),
    )
    files: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.iterdir()):
        files[file.name] = {"bytes": file.stat().st_size}
        if file.name not in arrays:
            files[file.name]["blake2b"] = digest_of(file)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "directed": directed,
        "num_nodes": len(indptr) - 1,
        "num_arcs": len(arrays["indices.npy"]),
        "files": files,
        "shards": [
            shard.as_json() | {"digests": digest} for shard, digest in zip(shards, digests, strict=True)
        ],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def open_graph(folder: PathLike, *, verify: bool = False) -> Graph:
    """Open a saved graph; its arrays are read from disk as they are used.

    Parameters
    ----------
    folder
        A folder written by `save_graph`.
    verify
        Whether to read everything and compare the digests. Without it the manifest, the presence
        and size of every file, and the arrays' types and lengths are checked.

    Raises
    ------
    InputError
        If the folder is no saved graph, was written by a newer version, or is damaged.
    """
    opened = GraphFolder(folder)
    if verify:
        opened.verify()
    graph = Graph(opened.indptr, opened.indices, opened.weights, opened.node_ids, directed=opened.directed)
    graph._origin = opened.path
    return opened.with_more(graph)


def is_graph_folder(folder: PathLike) -> bool:
    """Whether the folder holds a saved graph, of whatever version."""
    try:
        manifest = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


class GraphFolder:
    """A saved graph array by array, as tasks open it that need no node ids.

    Parameters
    ----------
    folder
        A folder written by `save_graph`.

    Attributes
    ----------
    path
        The folder.
    directed, num_nodes, num_arcs
        As of the graph.

    Raises
    ------
    InputError
        If the folder is no saved graph, was written by a newer version, or a file lacks or has another size.
    """

    def __init__(self, folder: PathLike):
        check_path(folder)
        self.path = Path(folder)
        self._manifest = _read_manifest(self.path)
        there = {file.name for file in self.path.iterdir()}
        for name, entry in self._manifest["files"].items():
            if name not in there:
                raise InputError("missing from the saved graph", path=self.path / name)
            _check_size(self.path / name, entry["bytes"])
        self.directed: bool = self._manifest["directed"]
        self.num_nodes: int = self._manifest["num_nodes"]
        self.num_arcs: int = self._manifest["num_arcs"]

    @cached_property
    def indptr(self) -> NDArray[np.int64]:
        """Row offsets, int64 [num_nodes + 1], memory-mapped."""
        return self._array("indptr.npy", np.int64, self.num_nodes + 1)

    @cached_property
    def indices(self) -> NDArray[np.int32]:
        """Rows of the neighbours, int32 [num_arcs], memory-mapped."""
        return self._array("indices.npy", np.int32, self.num_arcs)

    @cached_property
    def weights(self) -> NDArray[np.float32] | None:
        """Weights, float32 [num_arcs], memory-mapped; None for an unweighted graph."""
        return self._array("weights.npy", np.float32, self.num_arcs) if self.is_weighted else None

    @property
    def is_weighted(self) -> bool:
        """Whether arcs carry weights."""
        return "weights.npy" in self._manifest["files"]

    @cached_property
    def node_ids(self) -> NodeIds:
        """Ids of the rows; strings are read into memory."""
        parts = [name for name in self._manifest["files"] if name.endswith(".parquet")]
        if parts:
            return read_dictionaries([self.path / name for name in sorted(parts)])
        try:
            return open_node_ids(self.path)
        except (OSError, ValueError) as error:
            raise InputError(f"the node ids cannot be read: {error}", path=self.path) from error

    @cached_property
    def shards(self) -> list[Shard]:
        """The shards; of version 1 cut now, without digests."""
        listed = self._manifest.get("shards")
        return cut_shards(self.indptr) if listed is None else self._checked_shards(listed)

    def with_more(self, graph: Graph) -> Graph:
        """Return the graph with its times or its types, if the folder holds some."""
        files = self._manifest["files"]
        if "times.npy" in files:
            from graphkit.graph.temporal import TemporalGraph

            timed = (
                open_npy(self.path / f"{name}.npy") for name in ("timed_indptr", "timed_indices", "times")
            )
            return TemporalGraph(graph, *timed)
        if "node_types.npy" in files:
            from graphkit.graph.typed import TypedGraph

            names = open_npy(self.path / "type_names.npy").tobytes().decode().split("\n")
            return TypedGraph.of_codes(graph, open_npy(self.path / "node_types.npy"), names)
        return graph

    def _array(self, name: str, dtype: type[Any], length: int) -> NDArray[Any]:
        """An array of the folder; `InputError` if it is not of this type and length."""
        array = open_npy(self.path / name)
        if array.dtype != dtype or array.shape != (length,):
            raise InputError(
                f"must hold {np.dtype(dtype)} [{length}], holds {array.dtype} {list(array.shape)}; "
                "save the graph again",
                path=self.path / name,
            )
        return array

    def _checked_shards(self, listed: Any) -> list[Shard]:
        """The shards of the manifest; `InputError` if they are not all rows, in order."""
        try:
            shards = [Shard(**shard) for shard in listed]
            rows = [0, *(shard.end_row for shard in shards)]
            arcs = [int(self.indptr[row]) for row in rows]
            found = [(shard.first_row, shard.end_row, shard.first_arc, shard.end_arc) for shard in shards]
            is_whole = rows[-1] == self.num_nodes and rows == sorted(rows)
        except (TypeError, IndexError):
            is_whole = False
        if not is_whole or found != list(zip(rows, rows[1:], arcs, arcs[1:], strict=False)):
            raise InputError(
                "its shards are not the graph's rows, in order; save the graph again", self.path / MANIFEST
            )
        return shards

    @property
    def mark(self) -> str:
        """What stands for the graph's content: a digest of the manifest, which holds those of the arrays."""
        return digest_of(self.path / MANIFEST)

    def verify(self) -> None:
        """Read everything; `InputError` if a digest differs from the manifest's."""
        for name, entry in self._manifest["files"].items():
            if "blake2b" in entry and digest_of(self.path / name) != entry["blake2b"]:
                raise InputError(
                    "its content is not what was saved (the digest differs)", path=self.path / name
                )
        run_ranges(
            lambda number, _: self.verify_shard(number), range(len(self.shards) + 1), resolve_threads()
        )

    def verify_shard(self, number: int) -> None:
        """Read a shard's arcs; `InputError` if their digests are others, or they are arcs of no graph."""
        shard = self.shards[number]
        for name, digest in shard.digests.items():
            if _arc_digest(open_npy(self.path / name), shard) != digest:
                raise InputError(
                    f"the content of shard {number} (rows {shard.first_row:,} to {shard.end_row:,}) is not "
                    "what was saved (the digest differs)",
                    path=self.path / name,
                )
        try:
            check_rows(self.indptr, self.indices, self.weights, shard.first_row, shard.end_row)
        except InputError as error:
            raise InputError(error.message, self.path) from None


def _read_manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise InputError("no such folder", path=folder)
    if not is_graph_folder(folder):
        raise InputError(f"holds no saved graph ({MANIFEST} is missing or of another kind)", path=folder)
    manifest: dict[str, Any] = read_json(folder / MANIFEST, {"version": int}, "the manifest")
    version = manifest["version"]
    if version not in (1, VERSION):
        raise InputError(
            f"format version {version}, but these are read: 1 and {VERSION}; upgrade graphkit", path=folder
        )
    check_form(manifest, _FORM, "the manifest", folder / MANIFEST)
    missing = {"indptr.npy", "indices.npy"} - manifest["files"].keys()
    if missing:
        raise InputError(f"the manifest names no {', '.join(sorted(missing))}", path=folder / MANIFEST)
    return manifest


def _check_size(file: Path, size: int) -> None:
    if file.stat().st_size != size:
        raise InputError(f"holds {file.stat().st_size} bytes, the manifest says {size}", path=file)


def _arc_digest(array: NDArray[Any], shard: Shard) -> str:
    part = np.ascontiguousarray(array[shard.first_arc : shard.end_arc])
    return hashlib.blake2b(part.view(np.uint8).data, digest_size=16).hexdigest()
