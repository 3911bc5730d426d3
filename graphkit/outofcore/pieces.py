"""Input files cut into pieces that tasks read side by side, each within bounded memory."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import PathLike, check_path
from graphkit.io.arrow_tables import parquet_pieces
from graphkit.io.formats import find_format
from graphkit.io.layout import Layout
from graphkit.io.opening import Source, Text
from graphkit.io.options import ReadOptions
from graphkit.io.ranges import line_end
from graphkit.io.sniff import sniff

FORMATS = ("text", "parquet")

PIECE_BYTES = 1 << 25
"""Of text, about 2 M edges: what a task holds at once, some copies included, is five times that."""

BLOCK_ROWS = 1 << 21
"""Of tables, the same."""

_QUOTE = ord('"')

Piece = dict[str, Any]


def input_files(path: PathLike) -> list[Path]:
    """Return the file, or all files of a folder by name.

    Raises
    ------
    InputError
        If there is none.
    """
    check_path(path)
    given = Path(path)
    if not given.exists():
        raise InputError("no such file", path)
    if given.is_file():
        return [given.absolute()]
    files = sorted(file.absolute() for file in given.iterdir() if file.is_file() and file.name[0] not in "._")
    if not files:
        raise InputError("is a folder without files", path)
    return files


def pieces_of(path: Path, format: str, options: ReadOptions) -> list[Piece]:
    """Return the pieces of a file, as arguments of the task that reads them.

    Raises
    ------
    ParameterError
        For a format that is not read in pieces.
    """
    source = Source(path)
    name = find_format(source, options) if format == "auto" else format
    if name not in FORMATS:
        raise ParameterError(f"out of core these formats are read: {', '.join(FORMATS)}; {path} is {name}")
    if name == "parquet":
        columns = None if options.columns is None else list(options.columns)
        return [
            {
                "path": str(path),
                "kind": "parquet",
                "groups": groups,
                "first_row": first_row,
                "columns": columns,
                "weights": options.weights,
                "bipartite": bool(options.bipartite),
                "rows": BLOCK_ROWS,
            }
            for groups, first_row in parquet_pieces(source, options, BLOCK_ROWS)
        ]
    layout = sniff(source.head, options, source.name)
    if options.bipartite is not None:
        layout = replace(layout, bipartite=options.bipartite)
    if source.compression is None:
        return text_pieces(path, layout)
    if layout.quoted:
        raise InputError("is compressed and has fields in quotes; unpack it to read it out of core", path)
    return [{"path": str(path), "kind": "stream", "bipartite": layout.bipartite, "layout": asdict(layout)}]


def text_pieces(path: Path, layout: Layout) -> list[Piece]:
    """Return the pieces of a plain text file: whole rows, with quotes even where lines end within them."""
    text: Text = np.memmap(path, np.uint8, "r")
    bounds = [layout.start]
    while bounds[-1] < len(text):
        wanted = bounds[-1] + PIECE_BYTES
        bounds.append(_row_end(text, bounds[-1], wanted) if layout.quoted else _line_end(text, wanted))
    return [
        {
            "path": str(path),
            "kind": "quoted" if layout.quoted else "text",
            "bipartite": layout.bipartite,
            "layout": asdict(layout),
            "start": start,
            "stop": stop,
        }
        for start, stop in itertools.pairwise(bounds)
    ]


def quoted_layout(piece: Piece) -> Layout:
    """Return the layout of a file in which a row with quotes was met."""
    return replace(layout_of(piece), quoted=True)


def layout_of(piece: Piece) -> Layout:
    """Return the layout that a piece of text carries."""
    fields = dict(piece["layout"])
    for name in ("header", "counts", "doubtful_header"):
        fields[name] = None if fields[name] is None else tuple(fields[name])
    return Layout(**fields)


def _line_end(text: Text, place: int) -> int:
    """The beginning of the line after that of text[place - 1], or the end of the text."""
    return min(len(text), line_end(text, min(place, len(text)) - 1) + 1)


def _row_end(text: Text, start: int, place: int) -> int:
    """`_line_end`, but behind a line that ends outside quotes, `start` being outside too."""
    end = _line_end(text, place)
    open_quotes = int(np.count_nonzero(text[start:end] == _QUOTE)) % 2
    while open_quotes and end < len(text):
        after = _line_end(text, end + 1)
        open_quotes ^= int(np.count_nonzero(text[end:after] == _QUOTE)) % 2
        end = after
    return end
