"""The task that reads a piece of the input and writes its edges as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.engine import TaskFiles, task
from graphkit.errors import InputError
from graphkit.graph.relabel import ONE_KIND
from graphkit.io.arrow_tables import parquet_blocks
from graphkit.io.counts_line import first_row
from graphkit.io.edge_table import EdgeTable
from graphkit.io.layout import Layout
from graphkit.io.opening import Source, Text
from graphkit.io.options import ReadOptions
from graphkit.io.quoted import read_quoted
from graphkit.io.row_blocks import RowBlock
from graphkit.io.rows import QuotedRow, RowError
from graphkit.io.two_columns import tell_apart
from graphkit.io.weights import as_float32, first_refused, refusal, shown
from graphkit.kernels.cpu import text as kernel
from graphkit.outofcore.array_files import save_array
from graphkit.outofcore.pieces import Piece, layout_of
from graphkit.outofcore.string_chunks import save_strings

Chunk = dict[str, Any]


@task(version=3)
def read_piece(files: TaskFiles, *, piece: Piece, bad_weights: str, num_buckets: int) -> dict[str, Any]:
    """Write the edges of a piece, chunk by chunk.

    Files of chunk i: ``i.source.npy`` and ``i.target.npy``, the ids, int32 if that holds them all, else
    int64; or, where ids are strings, int32 numbers within the chunk, see `save_strings`; ``i.weights.npy``,
    float32, those that are to be dropped among them.

    Returns the chunks, or ``quotes`` where the piece holds quotes that were not expected.
    """
    try:
        tables = _tables(piece, bad_weights)
        return {
            "chunks": [
                _saved(files, number, table, bad_weights, num_buckets, piece)
                for number, table in enumerate(tables)
            ]
        }
    except QuotedRow:
        return {"chunks": [], "quotes": True}


def _saved(
    files: TaskFiles, number: int, table: EdgeTable, bad_weights: str, num_buckets: int, piece: Piece
) -> Chunk:
    if piece["bipartite"]:
        tell_apart(table)
    chunk: Chunk = {
        "edges": len(table.source),
        "comments": table.num_comments,
        "weighted": table.weights is not None,
        "made_positive": 0,
        "remarks": table.remarks,
    }
    if table.weights is not None:
        weights = _checked(table, bad_weights)
        if bad_weights == "abs":
            chunk["made_positive"] = int(np.count_nonzero(weights < 0))
            weights = np.abs(weights)
        save_array(files, f"{number}.weights", weights)
    chunk["strings"] = not isinstance(table.source, np.ndarray)
    if chunk["strings"] != (not isinstance(table.target, np.ndarray)):
        raise InputError(ONE_KIND, piece["path"])
    if chunk["strings"]:
        save_strings(files, number, table.source, table.target, num_buckets)
        return chunk
    ids = table.source, table.target
    extent = _extent(*ids)
    dtype = np.int32 if _fits(extent, np.iinfo(np.int32)) else np.int64
    for end, column in zip(("source", "target"), ids, strict=True):
        save_array(files, f"{number}.{end}", column.astype(dtype, copy=False))
    first = first_row(table, layout_of(piece)) if number == 0 and "layout" in piece else None
    return chunk | {
        "extent": extent,
        "first": first,
        "rest": None if first is None else _extent(*(column[1:] for column in ids)),
    }


def _extent(source: NDArray[np.int64], target: NDArray[np.int64]) -> list[int] | None:
    """[lowest, highest] id, None of nothing."""
    if not len(source):
        return None
    return [int(min(source.min(), target.min())), int(max(source.max(), target.max()))]


def _fits(extent: list[int] | None, kind: np.iinfo) -> bool:
    return extent is None or kind.min <= extent[0] <= extent[1] <= kind.max


def _checked(table: EdgeTable, bad_weights: str) -> NDArray[np.float32]:
    assert table.weights is not None
    weights = as_float32(table.weights)
    refused = first_refused(weights, bad_weights)
    if refused is not None:
        raise table.fault(refused, refusal(shown(table.weights[refused]), bad_weights))
    return weights


def _tables(piece: Piece, bad_weights: str) -> Iterator[EdgeTable]:
    if piece["kind"] == "parquet":
        columns = None if piece["columns"] is None else tuple(piece["columns"])
        options = ReadOptions(columns=columns, weights=piece["weights"])
        source = Source(piece["path"])
        yield from parquet_blocks(source, options, piece["groups"], piece["first_row"], piece["rows"])
        return
    layout = layout_of(piece)
    if piece["kind"] == "stream":
        yield from _streamed(Source(piece["path"]), layout, bad_weights)
        return
    text: Text = np.asarray(np.memmap(piece["path"], np.uint8, "r"))
    part = text[piece["start"] : piece["stop"]]
    try:
        if piece["kind"] == "quoted":
            content = Source.of_bytes(part.tobytes(), piece["path"])
            yield read_quoted(content, replace(layout, start=0), bad_weights)
        else:
            yield _rows(part, 0, layout, bad_weights, piece["path"], 0)
    except InputError as error:
        before = kernel.count_lines(text, 0, piece["start"])
        raise InputError(error.message, error.path, (error.line or 0) + before) from None


def _streamed(source: Source, layout: Layout, bad_weights: str) -> Iterator[EdgeTable]:
    """The blocks of a compressed file, which can only be read in order."""
    lines_before = 0
    for number, text in enumerate(source.blocks()):
        start = layout.start if number == 0 else 0
        yield _rows(text, start, layout, bad_weights, source.name, lines_before)
        lines_before += kernel.count_lines(text, 0, len(text))


def _rows(
    text: Text, start: int, layout: Layout, bad_weights: str, name: str, lines_before: int
) -> EdgeTable:
    block = RowBlock(text, layout, bad_weights)
    try:
        source, target, weights = block.strings(start) if layout.as_text else block.numbers(start)
    except RowError as error:
        line = lines_before + kernel.count_lines(text, 0, error.place) + 1
        raise InputError(error.message, name, line) from None
    return EdgeTable(source, target, weights, end_names=layout.end_names, num_comments=block.num_comments)
