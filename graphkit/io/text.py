"""Text edge lists: one edge a line."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.io import counts_line
from graphkit.io.edge_table import EdgeTable
from graphkit.io.layout import Layout
from graphkit.io.memory import check_growth
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.quoted import read_quoted
from graphkit.io.ranges import count_lines
from graphkit.io.row_blocks import RowBlock
from graphkit.io.rows import QuotedRow, RowError
from graphkit.io.sniff import sniff

if TYPE_CHECKING:
    pass

Columns = tuple[Any, Any, NDArray[np.float32] | None]


def read_text(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a text edge list.

    Raises
    ------
    InputError
        Naming the line, for anything that is not an edge.
    """
    layout = sniff(source.head, options, source.name)
    return counts_line.take_off(read_table(source, layout, options.bad_weights), layout, source.name)


def read_table(source: Source, layout: Layout, bad_weights: str = "error") -> EdgeTable:
    """Read the rows of a text file whose layout is known, with quotes or without."""
    if not layout.quoted:
        # A row with quotes may follow after the first lines.
        with contextlib.suppress(QuotedRow):
            return read_rows(source, layout, bad_weights)
    return read_quoted(source, layout, bad_weights)


def read_rows(source: Source, layout: Layout, bad_weights: str = "error") -> EdgeTable:
    """Read the rows of a text file whose layout is known and without quotes."""
    parts: list[Columns] = []
    lines_before = num_comments = num_rows = 0
    for number, text in enumerate(source.blocks()):
        start = layout.start if number == 0 else 0
        try:
            block = RowBlock(text, layout, bad_weights)
            parts.append(block.strings(start) if layout.as_text else block.numbers(start))
            num_comments += block.num_comments
            num_rows += len(parts[-1][0])
            check_growth(source, num_rows)
        except RowError as error:
            line = lines_before + count_lines(text, 0, error.place) + 1
            raise InputError(error.message, source.name, line) from None
        lines_before += count_lines(text, 0, len(text)) if source.compression else 0
    source_ids, target_ids, weights = (_joined([part[column] for part in parts]) for column in range(3))
    return EdgeTable(
        source_ids,
        target_ids,
        weights,
        description=layout.description,
        remarks=layout.remarks,
        num_comments=num_comments,
        end_names=layout.end_names,
        bipartite=layout.bipartite,
        doubtful_header=layout.doubtful_header,
        fault=lambda position, message: InputError(message, source.name, line_of(source, layout, position)),
    )


def _joined(parts: list[Any]) -> Any:
    """The parts of a column as one."""
    if parts[0] is None or len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    import pyarrow as pa

    return pa.chunked_array([chunk for part in parts for chunk in part.chunks])


def line_of(source: Source, layout: Layout, position: int) -> int:
    """Return the line of an edge, which is there, by reading again."""
    return next(itertools.islice(_data_lines(source, layout), position, None))


def _data_lines(source: Source, layout: Layout) -> Iterator[int]:
    """The numbers of the lines that hold rows."""
    comments = tuple(character.encode() for character in layout.comments)
    place = 0
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            shown = line.strip()
            if place >= layout.start and shown and not shown.startswith(comments):
                yield number
            place += len(line)
