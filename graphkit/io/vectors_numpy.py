"""Vectors in NumPy's formats: ``.npy`` with the ids in a text file beside it, or one ``.npz``.

An ``.npz`` holds ``node_ids`` (int64 or fixed-width text), ``vectors`` and ``info`` (JSON text), none of
them pickled, so that ``numpy.load`` alone reads it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Vectors, loses_digits
from graphkit.errors import InputError
from graphkit.files.arrays import open_npy, write_array
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.files.unpacking import open_npz
from graphkit.graph.node_ids import STRING
from graphkit.io.vectors_ids import check_one_line, ids_from_text, ids_to_text


def ids_path(path: PathLike) -> Path:
    """Return where the ids of an ``.npy`` file stand: ``emb.npy`` → ``emb.ids.txt``."""
    return Path(path).with_suffix(".ids.txt")


def write_npy(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write the vectors, and their ids one a line beside them; `info` has no place in it."""
    del info
    texts = ids_to_text(node_ids)
    check_one_line(texts, path)
    with (
        atomic_write(path, overwrite=overwrite) as array,
        atomic_write(ids_path(path), overwrite=overwrite) as lines,
    ):
        write_array(array, vectors)
        lines.write("".join(f"{text}\n" for text in texts).encode())
        lines.flush()
        # On the disk before the ids take their name, so that a kill finds little time between the two.
        array.flush()
        os.fsync(array.fileno())
        # The ids take their name first; old vectors must not stand beside them if the run is killed then.
        Path(path).unlink(missing_ok=True)


def read_npy(path: PathLike, *, mmap: bool = False) -> tuple[NodeIds, Vectors, str]:
    """Read the vectors, memory-mapped on request, and their ids."""
    beside = ids_path(path)
    if not beside.is_file():
        raise InputError(f"the ids are missing: expected one a line in {beside}", path=path)
    vectors = open_npy(Path(path), mapped=mmap)
    texts = beside.read_bytes().decode().replace("\r\n", "\n").split("\n")
    if texts[-1] == "":
        texts.pop()
    if vectors.ndim != 2 or len(texts) != len(vectors):
        raise InputError(f"holds an array {list(vectors.shape)}, but {beside} {len(texts)} ids", path=path)
    return ids_from_text(texts), as_numbers(vectors, path), "{}"


def as_numbers(vectors: NDArray[Any], path: PathLike) -> Vectors:
    """Return vectors as float32, or as the float64 that they are if float32 would lose digits of theirs."""
    if vectors.dtype.kind not in "biuf":
        raise InputError(f"expected an array of numbers, found {vectors.dtype}", path=path)
    return vectors if loses_digits(vectors) else vectors.astype(np.float32, copy=False)


def write_npz(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write ids, vectors and `info` into one file."""
    plain = plain_ids(node_ids, path, "save as .parquet")
    with atomic_write(path, overwrite=overwrite) as file:
        np.savez(file, node_ids=plain, vectors=vectors, info=np.array(info))


def plain_ids(node_ids: NodeIds, path: PathLike, remedy: str) -> NodeIds:
    """Return ids as an array that needs no pickle: int64 or strings of fixed width."""
    if node_ids.dtype != STRING:
        return node_ids
    plain = np.array(node_ids.tolist(), dtype=np.str_)
    if plain.tolist() != node_ids.tolist():
        raise InputError(f"an id ends in a NUL character, which .npz cannot carry; {remedy}", path=path)
    return plain


def read_npz(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read ids, vectors and, if it is there, `info`."""
    try:
        with Path(path).open("rb") as stream, open_npz(stream, Path(path).stat().st_size) as arrays:
            node_ids, vectors = arrays["node_ids"], arrays["vectors"]
            info = str(arrays["info"]) if "info" in arrays else "{}"
    except InputError as error:
        raise InputError(error.message, path) from None
    except KeyError as error:
        raise InputError(f"expected the arrays node_ids and vectors: {error.args[0]}", path=path) from error
    except Exception as error:
        # Of a damaged archive, whose headers are read as Python, whatever comes up.
        raise InputError(f"not an .npz file of vectors: {error}", path=path) from error
    ids = node_ids.astype(STRING) if node_ids.dtype.kind == "U" else node_ids
    return ids, as_numbers(vectors, path), info
