"""Arrays in the files of tasks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles


def save_array(files: TaskFiles, name: str, array: NDArray[Any]) -> None:
    """Write an array as the task's file ``NAME.npy``."""
    with files.output(f"{name}.npy") as path, path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def open_array(files: TaskFiles, relative: str) -> NDArray[Any]:
    """Open an array of the work folder, memory-mapped."""
    array: NDArray[Any] = np.load(files.path(relative), mmap_mode="r", allow_pickle=False)
    return array
