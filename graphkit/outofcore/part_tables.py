"""Two tables of vectors in one file, part behind part: nodes are dealt out to parts in turn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from graphkit.arrays import Vectors
from graphkit.files.arrays import write_numbers
from graphkit.sgns.partition import part_sizes


class PartTables:
    """The parts of the centres, and behind them those of the contexts, in a file of plain float32.

    Parameters
    ----------
    path
        The file.
    num_nodes, dim, num_parts
        Of the tables.

    Attributes
    ----------
    held
        All parts.
    """

    def __init__(self, path: Path, num_nodes: int, dim: int, num_parts: int):
        self._path, self._dim = path, dim
        self._rows = np.tile(part_sizes(num_nodes, num_parts), 2)
        self._firsts = np.concatenate([[0], np.cumsum(self._rows)])
        self._num_parts = num_parts
        self.held = range(num_parts)

    def centers(self, part: int) -> Vectors:
        """Return a copy of a part of the centres."""
        return self._read(part)

    @contextlib.contextmanager
    def lent(self, block: tuple[int, int]) -> Iterator[tuple[Vectors, Vectors]]:
        """Lend a part of the centres and one of the contexts, in memory; written back when they come back."""
        places = block[0], self._num_parts + block[1]
        centers, contexts = map(self._read, places)
        yield centers, contexts
        for place, vectors in zip(places, (centers, contexts), strict=True):
            self._write(place, vectors)

    def end_round(self) -> None:
        """All contexts are in the file."""

    def _read(self, place: int) -> Vectors:
        rows, first = int(self._rows[place]), int(self._firsts[place])
        with self._path.open("rb") as file:
            file.seek(4 * self._dim * first)
            return np.fromfile(file, np.float32, rows * self._dim).reshape(rows, self._dim)

    def _write(self, place: int, vectors: Vectors) -> None:
        with self._path.open("r+b") as file:
            file.seek(4 * self._dim * int(self._firsts[place]))
            write_numbers(file, vectors)
