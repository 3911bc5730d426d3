"""Files of tasks, put one behind the other into whole arrays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.engine import Engine, Stage
from graphkit.errors import InputError
from graphkit.files.arrays import save_npy, write_array_header
from graphkit.graph.build import overflow_message
from graphkit.graph.stored_ids import open_node_ids, read_dictionaries
from graphkit.parallel import resolve_threads, run_ranges

_COPIED_AT_ONCE = 1 << 18
"""Bytes, which stay in the cache of a core from reading to writing."""


def join_blocks(engine: Engine, blocks: Stage, folder: Path) -> None:
    """Put the blocks of rows one behind the other, as the arrays of a graph folder."""
    parts = [np.load(engine.folder.path / path, mmap_mode="r") for path in blocks.paths("degrees.npy")]
    indptr = np.zeros(sum(map(len, parts)) + 1, np.int64)
    np.cumsum(np.concatenate(parts), out=indptr[1:])
    save_npy(folder / "indptr.npy", indptr)
    for name, dtype in (("indices", np.int32), ("weights", np.float32)):
        paths = [engine.folder.path / path for path in blocks.paths(f"{name}.npy")]
        if paths[0].exists():
            join_arrays(paths, folder / f"{name}.npy", np.dtype(dtype), (int(indptr[-1]),))


def join_arrays(parts: list[Path], target: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Write arrays of files one behind the other into one file, without holding them, on all threads."""
    with target.open("wb") as file:
        write_array_header(file, dtype, shape)
        begin = file.tell()
    headers = [_header_bytes(part) for part in parts]
    sizes = [part.stat().st_size - header for part, header in zip(parts, headers, strict=True)]
    places = begin + np.cumsum([0, *sizes])

    def copy(first: int, end: int) -> None:
        for number in range(first, end):
            with parts[number].open("rb") as stream, target.open("r+b") as file:
                stream.seek(headers[number])
                file.seek(places[number])
                shutil.copyfileobj(stream, file, _COPIED_AT_ONCE)

    run_ranges(copy, range(len(parts) + 1), resolve_threads())


def _header_bytes(part: Path) -> int:
    with part.open("rb") as stream:
        assert np.lib.format.read_magic(stream) == (1, 0)
        np.lib.format.read_array_header_1_0(stream)
        return stream.tell()


def check_repeated(blocks: Stage, folder: Path) -> None:
    """Raise `InputError` if an arc was there more than once; `folder` holds the node ids."""
    repeated = next((arc for result in blocks.results if (arc := result["repeated"])), None)
    if repeated is not None:
        ends = " and ".join(map(repr, _ids_of(repeated, folder)))
        raise InputError(f"the edge between {ends} is given more than once (duplicates='error')")


def check_sums(blocks: Stage, folder: Path) -> None:
    """Raise `InputError` if the weights of an edge add up beyond float32; `folder` holds the node ids."""
    overflow = next((arc for result in blocks.results if (arc := result["overflow"])), None)
    if overflow is not None:
        raise InputError(overflow_message(*_ids_of(overflow, folder)))


def _ids_of(rows: list[int], folder: Path) -> list[Any]:
    texts = sorted(folder.glob("node_ids-*.parquet"))
    node_ids = read_dictionaries(texts) if texts else open_node_ids(folder)
    return [node_ids[row : row + 1].tolist()[0] for row in rows]
