"""Walks from given starts, made when they are asked for: what the functions that walk share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.arrays import Rows
from graphkit.checks import check_whole
from graphkit.walks.host_walker import CHUNK_WALKS, HostWalker

if TYPE_CHECKING:
    from graphkit.progress import Progress


class DrawnWalks:
    """Walk number k of a walker from the k-th start; iterating yields chunks of walks.

    Parameters
    ----------
    walker
        Makes the walks.
    starts
        Rows to start from, int32 [num_walks].

    Attributes
    ----------
    num_walks, walk_length : int
        The shape of all walks together.
    walks_at_once : int
        How many are best asked for at a time.
    """

    def __init__(self, walker: HostWalker, starts: Rows):
        self._walker, self._starts = walker, starts
        self.num_walks, self.walk_length = len(starts), walker.walk_length
        self.walks_at_once = walker.walks_at_once

    def all(self, progress: Progress | None = None) -> Rows:
        """Return all walks, int32 [num_walks, walk_length]; `progress` hears of ("walks", done, walks)."""
        out: Rows = self.room(self.num_walks)
        for first in range(0, len(out), self.walks_at_once):
            part = out[first : first + self.walks_at_once]
            self.part(first, part)
            if progress is not None:
                progress("walks", first + len(part), len(out))
        return out

    def room(self, num_walks: int) -> Any:
        """Return room for so many walks, as `part` fills it."""
        return self._walker.room(num_walks)

    def part(self, first: int, out: Rows) -> Rows:
        """Write the walks from number `first` on into `out`, int32 [any, walk_length], and return it."""
        last = first + len(out)
        return self._walker.walk(self._starts[first:last], np.arange(first, last), out)

    def chunks(self, chunk_walks: int = CHUNK_WALKS) -> Iterator[Rows]:
        """Return an iterator over arrays of `chunk_walks` walks, the last one perhaps shorter."""
        check_whole("chunk_walks", chunk_walks, 1)
        firsts = range(0, self.num_walks, chunk_walks)
        sizes = (min(chunk_walks, self.num_walks - first) for first in firsts)
        return (self.part(first, self.room(size)) for first, size in zip(firsts, sizes))

    def __iter__(self) -> Iterator[Rows]:
        return self.chunks()
