"""Files of rows that lie one behind the other in memory without being copied there."""

from __future__ import annotations

import ctypes
import math
import mmap
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_MAP_FIXED = 0x10
"""On Linux and macOS."""


def map_rows(paths: Sequence[Path], width: int, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Map files of rows as one array, read-only, [num_rows, width].

    Parameters
    ----------
    paths
        Files of plain rows without a header; each but the last a multiple of the size of a page.
    width
        Columns.
    dtype
        Of the numbers.

    Notes
    -----
    A stretch of addresses is reserved, and the files are mapped into it one behind the other: what stands in
    the system's cache is shared by all processes that read it. Where that cannot be done (Windows, files
    that end within a page) the rows are copied.
    """
    sizes = [path.stat().st_size for path in paths]
    if sys.platform == "win32" or any(size % mmap.ALLOCATIONGRANULARITY for size in sizes[:-1]):
        rows = np.concatenate([np.fromfile(path, dtype) for path in paths]).reshape(-1, width)
        rows.flags.writeable = False
        return rows
    if not sum(sizes):
        return np.empty((0, width), dtype)
    region = mmap.mmap(-1, sum(sizes), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
    # The array keeps the region, and with it all that is mapped into it, until nobody holds the array.
    flat = np.frombuffer(region, dtype)
    address = flat.ctypes.data
    for path, size in zip(paths, sizes, strict=True):
        if size:
            _map_at(address, path, size)
        address += size
    return flat.reshape(math.prod(flat.shape) // width, width)


def _map_at(address: int, path: Path, size: int) -> None:
    """Put a file in the place of what is mapped at an address."""
    function = ctypes.CDLL(None, use_errno=True).mmap
    function.restype = ctypes.c_void_p
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_longlong]
    with path.open("rb") as file:
        found = function(address, size, mmap.PROT_READ, mmap.MAP_SHARED | _MAP_FIXED, file.fileno(), 0)
    if found != address:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))
