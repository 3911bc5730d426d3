"""How the pages of files in memory maps are read: one by one, or many ahead of where a reader is.

A system reads ahead, by up to megabytes for each page that is asked for. That helps who goes through a file,
and hurts who looks at a few places: on a graph of 200 million edges whose file was not in memory, a local
cluster of 100 nodes had 172 MB read.
"""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


@contextlib.contextmanager
def few_pages(arrays: Iterable[NDArray[Any] | None]) -> Iterator[None]:
    """Have those of the arrays that are maps read page by page within the block."""
    with _advised(arrays, "MADV_RANDOM", "MADV_NORMAL"):
        yield


@contextlib.contextmanager
def many_pages(arrays: Iterable[NDArray[Any] | None]) -> Iterator[None]:
    """Have those of the arrays that are maps read ahead within a block of `few_pages`."""
    with _advised(arrays, "MADV_NORMAL", "MADV_RANDOM"):
        yield


@contextlib.contextmanager
def _advised(arrays: Iterable[NDArray[Any] | None], within: str, behind: str) -> Iterator[None]:
    maps = [array._mmap for array in arrays if isinstance(array, np.memmap)]  # type: ignore[attr-defined]
    maps = [each for each in maps if each is not None and hasattr(mmap, within)]
    for each in maps:
        each.madvise(getattr(mmap, within))
    try:
        yield
    finally:
        for each in maps:
            each.madvise(getattr(mmap, behind))
