"""Files of vectors, one id and one row a node: which format belongs to which suffix."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.files.atomic import PathLike, check_target
from graphkit.files.json_files import parsed
from graphkit.io.vectors_numpy import ids_path, read_npy, read_npz, write_npy, write_npz
from graphkit.io.vectors_parquet import read_parquet, write_parquet
from graphkit.io.vectors_table import read_table, write_table
from graphkit.io.vectors_word2vec import read_binary, read_text, write_binary, write_text

_ROWS_CHECKED = 1 << 16
"""At a time: vectors may be larger than memory, and so may what says of each number whether it is finite."""


class Format(NamedTuple):
    """How files of one suffix are written and read; how the vectors were made travels as JSON text."""

    title: str
    write: Callable[..., None]
    read: Callable[..., tuple[NodeIds, Vectors, str]]


_TEXT = Format("word2vec text", write_text, read_text)

FORMATS = {
    ".parquet": Format("Parquet", write_parquet, read_parquet),
    ".txt": _TEXT,
    ".w2v": _TEXT,
    ".emb": _TEXT,
    ".emd": _TEXT,
    ".embeddings": _TEXT,
    ".vec": _TEXT,
    ".bin": Format("word2vec binary", write_binary, read_binary),
    ".npy": Format("NumPy array, ids beside it", write_npy, read_npy),
    ".npz": Format("NumPy archive", write_npz, read_npz),
    ".csv": Format("table", write_table, read_table),
    ".tsv": Format("table", write_table, read_table),
}


def vectors_format(path: PathLike) -> Format:
    """Return the format that belongs to the suffix of a path.

    Raises
    ------
    ParameterError
        For a suffix without a format, with those that have one.
    """
    # Of a name like ".txt" pathlib finds no suffix.
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in FORMATS:
        raise ParameterError(
            f"{path}: no format for vectors has the suffix {suffix!r}; use {', '.join(FORMATS)}"
        )
    return FORMATS[suffix]


def check_vectors_target(path: PathLike, *, suffix: str | None = None, overwrite: bool) -> None:
    """Refuse a target that cannot be written in a suffix's format, before any work is done for it.

    Raises
    ------
    ParameterError
        For an unknown suffix.
    InputError
        If the folder is missing or may not be written, or a file of that name exists and `overwrite` is
        false.
    """
    write = vectors_format(path if suffix is None else suffix).write
    paths = [path, ids_path(path)] if write is write_npy else [path]
    for target in paths:
        check_target(target, overwrite=overwrite)


def write_vectors(
    path: PathLike,
    node_ids: NodeIds,
    vectors: Vectors,
    info: dict[str, Any],
    *,
    suffix: str | None = None,
    overwrite: bool = True,
) -> None:
    """Write vectors in the format of a suffix; the file appears whole or not at all.

    Parameters
    ----------
    path
        Where to; its folder must exist.
    node_ids, vectors
        Unique ids [num_nodes] and their rows, float32 [num_nodes, dim].
    info
        How the vectors were made, kept by ``.parquet`` and ``.npz``.
    suffix
        The suffix whose format is meant; None for the path's own.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    RunError
        If a vector holds NaN or infinity, or the disk is full.
    ParameterError, InputError
        For an unknown suffix, a target that cannot be written, ids that the format cannot carry.
    """
    write = vectors_format(path if suffix is None else suffix).write
    check_finite(node_ids, vectors)
    write(path, node_ids, vectors, json.dumps(info, default=_plain), overwrite=overwrite)


def read_vectors(path: PathLike, *, mmap: bool = False) -> tuple[NodeIds, Vectors, dict[str, Any]]:
    """Read vectors in the format of the path's suffix.

    Parameters
    ----------
    path
        The file.
    mmap
        Whether vectors are read from disk as they are used; ``.npy`` only.

    Returns
    -------
    tuple
        Node ids, vectors, and how they were made: empty where the format has no place for it.

    Raises
    ------
    InputError
        If the file is missing or not what its suffix says, with the line where there is one; if a vector
        holds NaN or infinity, unless `mmap`.
    ParameterError
        For an unknown suffix, or `mmap` with a format that cannot.
    """
    read = vectors_format(path).read
    if not Path(path).is_file():
        raise InputError("no such file", path=path)
    if mmap and read is not read_npy:
        raise ParameterError(f"mmap works with .npy files only, got {path}")
    if mmap:
        node_ids, vectors, info = read_npy(path, mmap=True)
    else:
        node_ids, vectors, info = read(path)
        if fault := _not_finite(node_ids, vectors):
            raise InputError(fault, path)
    return node_ids, vectors, parsed(info, {}, "how the vectors were made", path)


def check_finite(node_ids: NodeIds, vectors: Vectors) -> None:
    """Raise `RunError` naming the first node whose vector holds NaN or infinity."""
    if fault := _not_finite(node_ids, vectors):
        raise RunError(f"{fault}; nothing was written")


def _not_finite(node_ids: NodeIds, vectors: Vectors) -> str | None:
    """How many vectors hold NaN or infinity, and whose is the first; None if none does."""
    starts = range(0, len(vectors), _ROWS_CHECKED)
    bad = np.flatnonzero(
        np.concatenate(
            [np.empty(0, np.bool_)]
            + [~np.isfinite(vectors[start : start + _ROWS_CHECKED]).all(axis=1) for start in starts]
        )
    )
    if not bad.size:
        return None
    share = f"{bad.size:,} of {len(vectors):,}"
    first = node_ids[bad[:1]].tolist()[0]
    return f"the vectors of {share} nodes hold NaN or infinity, the first that of {first!r}"


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
