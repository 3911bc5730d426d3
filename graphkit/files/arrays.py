"""Arrays written into files: all of them, or an error.

`numpy.ndarray.tofile`, and `numpy.save` with it, hand the numbers to C's standard library and do not look
whether closing the file wrote the last of them: on a full disk up to 4 kB are lost without a word. A sparse
file has no room on the disk yet; writing through a map then kills the process. So numbers are written by
Python's own files, and what is written through a map is set aside first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from graphkit.errors import InputError
from graphkit.files.mapped import watch

_ZEROS = 1 << 20


def write_numbers(file: IO[bytes], array: NDArray[Any]) -> None:
    """Write the plain numbers of an array, row after row."""
    if array.size:
        file.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def write_array(file: IO[bytes], array: NDArray[Any]) -> None:
    """Write an array with NumPy's header, as `numpy.save` does.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write_array(file, np.arange(3))
    >>> np.load(io.BytesIO(file.getvalue())).tolist()
    [0, 1, 2]
    """
    write_array_header(file, array.dtype, array.shape)
    write_numbers(file, array)


def write_array_header(file: IO[bytes], dtype: DTypeLike, shape: tuple[int, ...]) -> None:
    """Write NumPy's header for numbers that follow row after row."""
    facts = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, facts)


def save_npy(path: Path, array: NDArray[Any]) -> None:
    """Write an array as a file of its own."""
    with path.open("wb") as file:
        write_array(file, array)


def map_npy(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> NDArray[Any]:
    """Make a file of zeros with NumPy's header, with room on the disk, and map it to be written."""
    with path.open("wb") as file:
        write_array_header(file, dtype, shape)
        reserve(file, file.tell() + np.dtype(dtype).itemsize * int(np.prod(shape)))
    array: NDArray[Any] = np.lib.format.open_memmap(path, "r+")
    return array


def open_npy(path: Path, *, mapped: bool = True) -> NDArray[Any]:
    """Open the array of an ``.npy`` file, memory-mapped or read.

    Raises
    ------
    InputError
        For what is no such array, or holds Python objects, or is cut off.
    """
    try:
        array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except Exception:
        # The header is read as Python, and raises whatever that may: SyntaxError, TokenError, ValueError ...
        array = None
    if not isinstance(array, np.ndarray):
        raise InputError("not an array file of numbers, whole as numpy.save wrote it", path)
    if isinstance(array, np.memmap):
        watch(array._mmap, path)  # type: ignore[attr-defined]
    return array


def reserve(file: IO[bytes], size: int) -> None:
    """Make a file being written at least `size` bytes long, with zeros, and have the disk set them aside.

    If the disk has no room for what is written through a map later, that is an error here, no crash there.
    """
    file.flush()
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, max(1, size))
        return
    file.seek(0, os.SEEK_END)
    for start in range(file.tell(), size, _ZEROS):
        file.write(bytes(min(_ZEROS, size - start)))
    file.flush()
