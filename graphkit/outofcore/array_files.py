"""Arrays in the files of tasks."""

from __future__ import annotations

import os
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles

_ZEROS = 1 << 20


def save_array(files: TaskFiles, name: str, array: NDArray[Any]) -> None:
    """Write an array as the task's file ``NAME.npy``."""
    with files.output(f"{name}.npy") as path, path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def open_array(files: TaskFiles, relative: str) -> NDArray[Any]:
    """Open an array of the work folder, memory-mapped."""
    array: NDArray[Any] = np.load(files.path(relative), mmap_mode="r", allow_pickle=False)
    return array


def plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as kernels are compiled for it: read-only, and no memory map."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


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
