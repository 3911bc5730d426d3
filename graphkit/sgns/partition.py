"""Tables dealt out to parts in turn: which rows a part has, in what order, and how parts make a table.

Who owns which row stands in `kernels/cpu/parts.py`; everything here follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.kernels.cpu.parts import part_and_row

Shapes = dict[int, tuple[int, int]]
"""Rows and columns of each part."""


def part_sizes(num_rows: int, num_parts: int) -> list[int]:
    """Return how many rows each part has; the first has the most.

    Examples
    --------
    >>> part_sizes(8, num_parts=3)
    [3, 3, 2]
    """
    return [len(range(part, num_rows, num_parts)) for part in range(num_parts)]


def part_shapes(shape: tuple[int, ...], num_parts: int) -> Shapes:
    """Return the shapes of the parts of a table.

    Examples
    --------
    >>> part_shapes((5, 8), num_parts=2)
    {0: (3, 8), 1: (2, 8)}
    """
    return {part: (size, shape[1]) for part, size in enumerate(part_sizes(shape[0], num_parts))}


def part_firsts(num_rows: int, num_parts: int) -> NDArray[np.int64]:
    """Return where each part begins if one lies behind the other, and where the last ends."""
    return np.cumsum([0, *part_sizes(num_rows, num_parts)])


def part_of(table: NDArray[Any], part: int, num_parts: int) -> NDArray[Any]:
    """Return a copy of the rows of a part."""
    return np.ascontiguousarray(table[part::num_parts])


def put_part(table: NDArray[Any], part: int, num_parts: int, rows: Any) -> None:
    """Write the rows of a part into a table."""
    table[part::num_parts] = rows


def joined(parts: Mapping[int, Vectors], shape: tuple[int, ...]) -> Vectors:
    """Return the table that all parts make."""
    table: Vectors = np.empty(shape, np.float32)
    for part, rows in parts.items():
        put_part(table, part, len(parts), rows)
    return table


def places_behind_one_another(nodes: NDArray[np.integer], num_rows: int, num_parts: int) -> NDArray[np.int64]:
    """Return the place of each node's row in a table whose parts lie one behind the other.

    Examples
    --------
    >>> places_behind_one_another(np.arange(5), num_rows=5, num_parts=2)
    array([0, 3, 1, 4, 2])
    """
    parts, rows = part_and_row(nodes, num_parts)
    places: NDArray[np.int64] = part_firsts(num_rows, num_parts)[parts] + rows
    return places


def put_range(parts: Mapping[int, NDArray[Any]], first: int, rows: NDArray[Any], num_parts: int) -> None:
    """Write rows of a table, from number `first` on, into the parts that own them; `parts` may lack some."""
    for part, owned in parts.items():
        skipped = (part - first) % num_parts
        taken = rows[skipped::num_parts]
        _, place = part_and_row(first + skipped, num_parts)
        owned[place : place + len(taken)] = taken
