"""A graph on disk: a folder of plain arrays and a manifest, opened memory-mapped.

Layout, format version 1::

    manifest.json      format, version, directed, num_nodes, num_arcs; size and BLAKE2b digest of each file
    indptr.npy         int64 [num_nodes + 1]
    indices.npy        int32 [num_arcs]
    weights.npy        float32 [num_arcs]; only for a weighted graph
    node_ids.npy       int64 [num_nodes]; or, for string ids,
    node_ids.utf8      the ids' UTF-8 bytes one after the other, and
    node_ids_end.npy   int64 [num_nodes], where each id ends
"""

from __future__ import annotations

import hashlib
import json
import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files import PathLike, atomic_folder
from graphkit.graph import Graph
from graphkit.node_ids import STRING

FORMAT = "graphkit-graph"
VERSION = 1
MANIFEST = "manifest.json"


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
    if overwrite and Path(folder).exists() and not is_graph_folder(folder):
        raise InputError("holds no graph and is not replaced; choose another folder", path=folder)
    with atomic_folder(folder, overwrite=overwrite) as temporary:
        np.save(temporary / "indptr.npy", graph.indptr, allow_pickle=False)
        np.save(temporary / "indices.npy", graph.indices, allow_pickle=False)
        if graph.weights is not None:
            np.save(temporary / "weights.npy", graph.weights, allow_pickle=False)
        save_node_ids(graph.node_ids, temporary)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "directed": graph.directed,
            "num_nodes": graph.num_nodes,
            "num_arcs": graph.num_arcs,
            "files": {
                file.name: {"bytes": file.stat().st_size, "blake2b": _digest(file)}
                for file in sorted(temporary.iterdir())
            },
        }
        (temporary / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


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
    path = Path(folder)
    manifest = _read_manifest(path)
    for name, entry in manifest["files"].items():
        _check_file(path / name, entry, verify=verify)
    weights = _open_array(path / "weights.npy") if "weights.npy" in manifest["files"] else None
    graph = Graph(
        _open_array(path / "indptr.npy"),
        _open_array(path / "indices.npy"),
        weights,
        open_node_ids(path),
        directed=manifest["directed"],
    )
    if (graph.num_nodes, graph.num_arcs) != (manifest["num_nodes"], manifest["num_arcs"]):
        raise InputError("the arrays' lengths are not those of the manifest; save the graph again", path=path)
    return graph


def is_graph_folder(folder: PathLike) -> bool:
    """Whether the folder holds a saved graph, of whatever version."""
    try:
        manifest = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _read_manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise InputError("no such folder", path=folder)
    if not is_graph_folder(folder):
        raise InputError(f"holds no saved graph ({MANIFEST} is missing or of another kind)", path=folder)
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("version") != VERSION:
        raise InputError(
            f"format version {manifest.get('version')}, but this is read: {VERSION}; upgrade graphkit",
            path=folder,
        )
    missing = {"directed", "num_nodes", "num_arcs", "files"} - manifest.keys()
    missing |= {"indptr.npy", "indices.npy"} - manifest.get("files", {}).keys()
    if missing:
        raise InputError(f"the manifest names no {', '.join(sorted(missing))}", path=folder / MANIFEST)
    return manifest


def _check_file(file: Path, entry: dict[str, Any], *, verify: bool) -> None:
    if not file.is_file():
        raise InputError("missing from the saved graph", path=file)
    if file.stat().st_size != entry["bytes"]:
        raise InputError(f"holds {file.stat().st_size} bytes, the manifest says {entry['bytes']}", path=file)
    if verify and _digest(file) != entry["blake2b"]:
        raise InputError("its content is not what was saved (the digest differs)", path=file)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _open_array(file: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"not an array file: {error}", path=file) from error
    return array


def save_node_ids(node_ids: NodeIds, folder: Path) -> None:
    """Write node ids into a folder, as the files named above."""
    if node_ids.dtype != STRING:
        np.save(folder / "node_ids.npy", node_ids, allow_pickle=False)
        return
    encoded = [text.encode() for text in node_ids.tolist()]
    (folder / "node_ids.utf8").write_bytes(b"".join(encoded))
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    np.save(folder / "node_ids_end.npy", ends, allow_pickle=False)


def open_node_ids(folder: Path) -> NodeIds:
    """Read node ids that `save_node_ids` wrote."""
    if not (folder / "node_ids_end.npy").exists():
        return _open_array(folder / "node_ids.npy")
    ends = _open_array(folder / "node_ids_end.npy").tolist()
    if not ends:
        return np.array([], dtype=STRING)
    with (folder / "node_ids.utf8").open("rb") as stream:
        if not ends[-1]:
            return np.array([""], dtype=STRING)
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
            starts = [0, *ends[:-1]]
            return np.array([text[a:b].decode() for a, b in zip(starts, ends, strict=True)], dtype=STRING)
