"""Two tables of vectors in one file, part behind part: nodes are dealt out to parts in turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphkit.arrays import Vectors
from graphkit.files.arrays import write_numbers


class PartTables:
    """The parts of the centres, and behind them those of the contexts, in a file of plain float32.

    Parameters
    ----------
    path
        The file.
    num_nodes, dim, num_parts
        Node v is row v // num_parts of part v % num_parts.
    """

    def __init__(self, path: Path, num_nodes: int, dim: int, num_parts: int):
        self._path, self._dim = path, dim
        sizes = np.array([len(range(part, num_nodes, num_parts)) for part in range(num_parts)])
        self._rows = np.tile(sizes, 2)
        self._firsts = np.concatenate([[0], np.cumsum(self._rows)])
        self._num_parts = num_parts

    def centers(self, part: int) -> Vectors:
        """Return a copy of a part of the centres."""
        return self._read(part)

    def contexts(self, part: int) -> Vectors:
        """Return a copy of a part of the contexts."""
        return self._read(self._num_parts + part)

    def put_centers(self, part: int, vectors: Vectors) -> None:
        """Write a part of the centres."""
        self._write(part, vectors)

    def put_contexts(self, part: int, vectors: Vectors) -> None:
        """Write a part of the contexts."""
        self._write(self._num_parts + part, vectors)

    def _read(self, place: int) -> Vectors:
        rows, first = int(self._rows[place]), int(self._firsts[place])
        with self._path.open("rb") as file:
            file.seek(4 * self._dim * first)
            return np.fromfile(file, np.float32, rows * self._dim).reshape(rows, self._dim)

    def _write(self, place: int, vectors: Vectors) -> None:
        with self._path.open("r+b") as file:
            file.seek(4 * self._dim * int(self._firsts[place]))
            write_numbers(file, vectors)
