"""The first round of reading out of core: all pieces of all inputs, and what is known when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit.engine import Engine, Stage
from graphkit.engine.stage import stem
from graphkit.errors import InputError
from graphkit.io.counts_line import are_counts, no_counts
from graphkit.io.edge_table import comments_remark
from graphkit.io.options import ReadOptions
from graphkit.io.two_columns import apart_remark
from graphkit.outofcore.numbering import Chunk
from graphkit.outofcore.pieces import Piece, layout_of, pieces_of, quoted_layout, text_pieces
from graphkit.outofcore.read_task import read_piece

_BYTES_PER_BUCKET = 1 << 26
"""Bytes of the input to a bucket of strings: what one task holds of them is less."""

_MAX_BUCKETS = 1 << 10


@dataclass(frozen=True)
class EdgeChunks:
    """All edges, in chunks in their order.

    Attributes
    ----------
    name
        The first input, for messages.
    stage
        What wrote the files.
    chunks
        For each: ``prefix``, what the names of its files begin with; ``edges``, its number of rows; ``skip``,
        how many of them are a line of counts; ``weighted``; ``made_positive``.
    pieces
        For each chunk, the piece of the input that it is of.
    extent
        (lowest, highest) whole-number id; None if there are no edges, or for strings.
    num_buckets
        Of strings; None for whole numbers.
    description, remarks
        For the report.
    """

    name: str
    stage: Stage
    chunks: list[Chunk]
    pieces: list[Piece]
    extent: tuple[int, int] | None
    num_buckets: int | None
    description: str
    remarks: list[str]

    @property
    def weighted(self) -> bool:
        """Whether edges have weights."""
        return bool(self.chunks[0]["weighted"])

    @property
    def num_edges(self) -> int:
        """Number of rows, without lines of counts."""
        return sum(chunk["edges"] - chunk["skip"] for chunk in self.chunks)

    def rows_before(self, chunk: int) -> int:
        """Return how many rows of its piece stand before a chunk's edges."""
        piece, rows = self.pieces[chunk], int(self.chunks[chunk]["skip"])
        for other, earlier in zip(self.pieces[:chunk], self.chunks, strict=False):
            rows += int(earlier["edges"]) if other is piece else 0
        return rows


def read_edges(engine: Engine, inputs: list[Path], format: str, options: ReadOptions) -> EdgeChunks:
    """Read all inputs.

    Raises
    ------
    InputError
        For a fault in a file, with the line; for files that do not go together.
    """
    num_buckets = min(_MAX_BUCKETS, 1 + sum(file.stat().st_size for file in inputs) // _BYTES_PER_BUCKET)
    found = [piece for file in inputs for piece in pieces_of(file, format, options)]
    # A table without rows beside others says nothing, not even of which kind its ids are.
    pieces = [piece for piece in found if piece.get("groups") != []] or found[:1]
    common = {"bad_weights": options.bad_weights, "num_buckets": num_buckets}
    stage = engine.map("read", read_piece, [{"piece": piece, **common} for piece in pieces])
    quoted = {
        piece["path"]: quoted_layout(piece)
        for piece, result in zip(pieces, stage.results, strict=True)
        if "quotes" in result
    }
    if quoted:
        # Quotes were met behind the first lines: their files are cut, and read, another way.
        pieces = [
            piece
            for file in inputs
            for piece in (
                text_pieces(file, quoted[str(file)])
                if str(file) in quoted
                else [piece for piece in pieces if piece["path"] == str(file)]
            )
        ]
        stage = engine.map("read-quoted", read_piece, [{"piece": piece, **common} for piece in pieces])
    return _described(stage, pieces, num_buckets)


def _described(stage: Stage, pieces: list[Piece], num_buckets: int) -> EdgeChunks:
    by_file: dict[str, list[Chunk]] = {}
    for number, (piece, result) in enumerate(zip(pieces, stage.results, strict=True)):
        for place, chunk in enumerate(result["chunks"]):
            prefix = f"{stem(stage.name, number)}.{place}"
            found = {"prefix": prefix, "skip": 0, "piece": piece, **chunk}
            by_file.setdefault(piece["path"], []).append(found)
    first_pieces = {piece["path"]: piece for piece in reversed(pieces)}
    remarks: list[str] = []
    for path, chunks in by_file.items():
        if "layout" in first_pieces[path]:
            remarks += _taken_off(chunks, first_pieces[path])
    chunks = [chunk for chunks in by_file.values() for chunk in chunks]
    for name, words in (("weighted", "weights"), ("strings", "string ids")):
        if len({chunk[name] for chunk in chunks}) > 1:
            raise InputError(f"some of the files have {words}, others have not", pieces[0]["path"])
    first = next(iter(first_pieces.values()))
    if "layout" in first:
        layout = layout_of(first)
        apart = [apart_remark(layout.end_names)] if layout.bipartite else []
        passed = comments_remark(sum(chunk["comments"] for chunk in chunks))
        described, remarks = layout.description, [*layout.remarks, *remarks, *apart, *passed]
    else:
        described, remarks = "Parquet", chunks[0]["remarks"] if chunks else []
    strings = bool(chunks) and chunks[0]["strings"]
    kept = ("prefix", "skip", "edges", "weighted", "made_positive")
    return EdgeChunks(
        pieces[0]["path"],
        stage,
        [{name: chunk[name] for name in kept} for chunk in chunks],
        [chunk["piece"] for chunk in chunks],
        None if strings else _extent(chunks),
        num_buckets if strings else None,
        described,
        remarks,
    )


def _taken_off(chunks: list[Chunk], piece: Piece) -> list[str]:
    """Leave out a first line of counts, which shows when all are read; return what to report of it."""
    layout, num_rows = layout_of(piece), sum(chunk["edges"] for chunk in chunks)
    if layout.counts is not None:
        counts, extent = layout.counts, _extent(chunks)
        if extent is None or not are_counts(counts, num_rows, *extent):
            raise no_counts(layout, piece["path"])
        return [_remark(counts)]
    first = chunks[0].get("first")
    if first is None:
        return []
    rest = _extent([{"extent": chunks[0]["rest"], "skip": 0}, *chunks[1:]])
    if rest is None or not are_counts(tuple(first), num_rows - 1, *rest):
        return []
    chunks[0] |= {"skip": 1, "extent": chunks[0]["rest"]}
    return [_remark(first)]


def _remark(counts: Any) -> str:
    shown = " ".join(str(number) for number in counts)
    return f"first line {shown!r} read as counts of nodes and edges, not as an edge"


def _extent(chunks: list[Chunk]) -> tuple[int, int] | None:
    extents = [chunk["extent"] for chunk in chunks if chunk.get("extent")]
    if not extents:
        return None
    return min(low for low, _ in extents), max(high for _, high in extents)
