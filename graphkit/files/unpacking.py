"""How much a compressed file may unpack to: a bomb of a few bytes must not fill the memory."""

from __future__ import annotations

import zipfile
from typing import IO, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike
from graphkit.resources import available_memory, in_bytes

_TIMES = 50
"""Graphs and vectors, as text or as arrays, become three to thirty times as large."""

_ALWAYS = 1 << 29
"""Bytes that may come of any file."""


def most_unpacked(packed: int) -> int:
    """Return the bytes that a compressed file of a size may become."""
    return max(_ALWAYS, _TIMES * packed)


def check_unpacked(size: int, packed: int, path: PathLike | None = None) -> None:
    """Raise `InputError` if a compressed file becomes more bytes than such files do.

    Examples
    --------
    >>> check_unpacked(10**10, 10**6, "edges.txt.gz")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    graphkit.errors.InputError: edges.txt.gz: unpacks to more than 50 times its size, as no graph and ...
    """
    if size > most_unpacked(packed):
        raise InputError(
            f"unpacks to more than {_TIMES} times its size, as no graph and no vectors do; if that is meant, "
            "unpack it first",
            path,
        )


def check_in_memory(size: int, path: PathLike | None = None) -> None:
    """Raise `InputError` if bytes that are needed at once, and their copies, leave no memory."""
    if 2 * size > _ALWAYS and 2 * size > (available := available_memory()):
        raise InputError(
            f"needs {in_bytes(size)} and more in one piece, {in_bytes(available)} of memory are available",
            path,
        )


def open_npz(stream: IO[bytes], packed: int) -> Any:
    """Open a NumPy archive without pickles, as `numpy.load` does.

    Parameters
    ----------
    stream
        The archive, open.
    packed
        Its size.

    Raises
    ------
    InputError
        If its arrays are larger than memory, or than such a file can hold.
    """
    with zipfile.ZipFile(stream) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    check_unpacked(size, packed)
    check_in_memory(size)
    stream.seek(0)
    return np.load(stream, allow_pickle=False)
