"""Arrays in the files of tasks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles
from graphkit.files.arrays import save_npy, write_numbers


def save_array(files: TaskFiles, name: str, array: NDArray[Any]) -> None:
    """Write an array as the task's file ``NAME.npy``."""
    with files.output(f"{name}.npy") as path:
        save_npy(path, array)


def save_numbers(files: TaskFiles, name: str, array: NDArray[Any]) -> None:
    """Write the plain numbers of an array as the task's file ``NAME``."""
    with files.output(name) as path, path.open("wb") as file:
        write_numbers(file, array)


def open_array(files: TaskFiles, relative: str) -> NDArray[Any]:
    """Open an array of the work folder, memory-mapped."""
    array: NDArray[Any] = np.load(files.path(relative), mmap_mode="r", allow_pickle=False)
    return array


def plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as kernels are compiled for it: read-only, and no memory map."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
