"""Where in the input an edge stands that turned out wrong when all were read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graphkit.errors import InputError
from graphkit.io.arrow_tables import row_fault
from graphkit.io.opening import Source, Text
from graphkit.io.quoted import line_of_quoted
from graphkit.io.text import line_of
from graphkit.kernels.cpu import text as kernel
from graphkit.outofcore.pieces import Piece, layout_of


def edge_fault(piece: Piece, row: int, message: str) -> InputError:
    """Return the error for a row of a piece, counted from 0, with its line; the piece is read again."""
    if piece["kind"] == "parquet":
        return row_fault(piece["first_row"] + row, message, piece["path"])
    layout = layout_of(piece)
    if piece["kind"] == "stream":
        return InputError(message, piece["path"], line_of(Source(piece["path"]), layout, row))
    text: Text = np.asarray(np.memmap(piece["path"], np.uint8, "r"))
    content = Source.of_bytes(text[piece["start"] : piece["stop"]].tobytes(), piece["path"])
    find = line_of_quoted if piece["kind"] == "quoted" else line_of
    before = kernel.count_lines(text, 0, piece["start"])
    return InputError(message, piece["path"], before + find(content, replace(layout, start=0), row))
