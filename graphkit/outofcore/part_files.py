"""Parts of two tables of vectors, each in a file of its own: written by whoever holds it, read by anybody."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphkit.engine import TaskFiles
from graphkit.files.arrays import write_numbers
from graphkit.outofcore.skipgram import initial_rows
from graphkit.sgns.partition import Shapes, put_range
from graphkit.sgns.ring import Parts


def file_of(part: int) -> str:
    """Return the name of the file of a part: its centres in plain float32, and its contexts."""
    return f"part{part:05d}"


def write_parts(files: TaskFiles, centers: Parts, contexts: Parts) -> None:
    """Write the parts that are held."""
    for part, vectors in centers.items():
        with files.output(file_of(part)) as path, path.open("wb") as file:
            write_numbers(file, vectors)
            write_numbers(file, contexts[part])


def parts_before(
    files: TaskFiles, previous: list[str], shapes: Shapes, seed: int, held: Iterable[int]
) -> tuple[Parts, Parts]:
    """Return the parts of both tables that are held, those of the centres first.

    Read are the files of `previous`, one a part; where there are none, training begins: with the rows of
    `initial_vectors`, of which no others are in memory, and zeros.
    """
    if not previous:
        return _first_centers(shapes, seed, held), {part: np.zeros(shapes[part], np.float32) for part in held}
    centers, contexts = Parts(), Parts()
    for part in held:
        both = np.fromfile(files.path(previous[part]), np.float32)
        centers[part], contexts[part] = both.reshape(2, *shapes[part])
    return centers, contexts


def _first_centers(shapes: Shapes, seed: int, held: Iterable[int]) -> Parts:
    centers = {part: np.empty(shapes[part], np.float32) for part in held}
    num_nodes, num_parts = sum(rows for rows, _ in shapes.values()), len(shapes)
    for first, rows in initial_rows(num_nodes, shapes[0][1], seed):
        put_range(centers, first, rows, num_parts)
    return centers
