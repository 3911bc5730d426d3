"""Files of random walks: text of node ids, or an array of rows.

Text is a walk a line, ids separated by blanks, as DeepWalk writes its corpus. ``.npy`` is int32 [num_walks,
walk_length], entries being rows of the graph and -1 behind the end of a walk. Walks come in chunks, so that
they are never in memory all together.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np

from graphkit.arrays import NodeIds, Rows
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import PathLike, atomic_path, atomic_write
from graphkit.io.vectors_ids import ids_to_text

SUFFIXES = (".txt", ".txt.gz", ".npy")

_BLANK = re.compile(r"\s")


def walks_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in.

    Raises
    ------
    ParameterError
        If it ends in none.
    """
    name = Path(path).name.lower()
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return suffix
    raise ParameterError(f"{path}: no format for walks has this suffix; use {', '.join(SUFFIXES)}")


def write_walks(
    path: PathLike,
    walks: Iterable[Rows],
    node_ids: NodeIds,
    shape: tuple[int, int],
    *,
    overwrite: bool = True,
) -> None:
    r"""Write walks in the format of the path's suffix; the file appears whole or not at all.

    Parameters
    ----------
    path
        Where to: ``.txt``, ``.txt.gz`` or ``.npy``.
    walks
        Chunks, int32 [any, walk_length], as of `graphkit.walks.random_walks.iter_walks`.
    node_ids
        The id of each row, [num_nodes].
    shape
        (num_walks, walk_length) of all chunks together.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For another suffix.
    InputError
        For a target that cannot be written, or, in text, an id that is empty or holds a blank.
    RunError
        If the disk is full.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "walks.txt"
    >>> write_walks(path, [np.array([[0, 1, 0], [1, -1, -1]])], np.array([10, 20]), (2, 3))
    >>> path.read_text()
    '10 20 10\n20\n'
    """
    suffix = walks_suffix(path)
    if suffix == ".npy":
        _write_array(path, walks, shape, overwrite=overwrite)
        return
    texts = walk_texts(node_ids, path)
    with atomic_write(path, overwrite=overwrite) as file:
        if suffix == ".txt":
            write_walk_lines(file, walks, texts)
        else:
            # No time in the header: the same walks give the same file.
            with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, filename="", mtime=0) as packed:
                write_walk_lines(packed, walks, texts)


def walk_texts(node_ids: NodeIds, path: PathLike) -> list[str]:
    """Return ids as they stand in text; `path` names the file in the message for one that cannot."""
    texts = ids_to_text(node_ids)
    for text in texts:
        if not text or _BLANK.search(text):
            raise InputError(
                f"the id {text!r} is empty or holds a blank, which walks as text cannot carry; write .npy, "
                "whose entries are rows of the graph",
                path=path,
            )
    return texts


def write_walk_lines(file: IO[bytes] | gzip.GzipFile, walks: Iterable[Rows], texts: list[str]) -> None:
    """Write a line a walk to an open file."""
    # -1 finds the last entry, and is cut off with the blanks before it.
    padded = [*texts, ""]
    for chunk in walks:
        lines = (" ".join([padded[row] for row in walk]).rstrip(" ") for walk in chunk.tolist())
        file.write("".join(f"{line}\n" for line in lines).encode())


def _write_array(path: PathLike, walks: Iterable[Rows], shape: tuple[int, int], *, overwrite: bool) -> None:
    header = {"descr": "<i4", "fortran_order": False, "shape": shape}
    with atomic_path(path, overwrite=overwrite) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for chunk in walks:
            file.write(np.ascontiguousarray(chunk, "<i4").data)
