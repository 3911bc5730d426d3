"""Adjacency matrices as text: a row of numbers a node, with the names of the nodes around them or without."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.io.columns import usual_ends
from graphkit.io.decimals import is_number, with_point
from graphkit.io.delimiters import DELIMITERS, is_quoted, split_rows
from graphkit.io.edge_table import EdgeTable
from graphkit.io.head_lines import MAX_LINES, Line, first_lines
from graphkit.io.layout import in_words
from graphkit.io.opening import HEAD_BYTES, Source
from graphkit.io.options import ReadOptions
from graphkit.io.sparse import from_matrix
from graphkit.io.typed_ids import ids_of_file

_SURELY = 6
"""As many rows as numbers a row are hardly edges from here on; of fewer the diagonal decides."""

_CORNERED = 3
"""Names without a corner are at least as many; two may be a line of counts."""

_MANY = 50
"""Numbers a row that no list of edges has."""


class _Matrix(NamedTuple):
    """Names of columns and rows, None if there are none, and the cells, of which more rows may follow."""

    columns: list[str] | None
    rows: list[str] | None
    cells: list[list[str]]


def is_matrix(source: Source, options: ReadOptions) -> bool:
    """Whether a text file is an adjacency matrix whose first row and column name the same nodes.

    Raises
    ------
    InputError
        If it may be a matrix of another kind, with the formats to choose from.
    """
    lines = first_lines(source.head, options.comments, source.name)
    is_whole = len(source.head) < HEAD_BYTES and len(lines) < MAX_LINES
    for delimiter in _delimiters(options):
        found = None if options.columns is not None else _matrix_of(lines, delimiter)
        if found is None:
            continue
        if found.columns is None:
            _refuse_without_names(found.cells, source, is_whole=is_whole)
        elif found.rows == found.columns[: len(found.cells)] or (
            is_whole and sorted(found.rows or []) == sorted(found.columns)
        ):
            return True
        elif not usual_ends(found.columns):
            raise InputError(
                "looks like a matrix whose rows are not named as its columns are; write a row for each edge, "
                "or pass format='text' to take the first columns as edges",
                source.name,
            )
    return False


def read_matrix_text(source: Source, options: ReadOptions) -> EdgeTable:
    """Read an adjacency matrix of text; without names the ids are its rows, from 0."""
    import scipy.sparse

    with source.open() as stream:
        lines = first_lines(stream.read(), options.comments, source.name, whole=True)
    few = lines[:MAX_LINES]
    known = [delimiter for delimiter in _delimiters(options) if _matrix_of(few, delimiter) is not None]
    found = _apart(lines, known[0]) if known else None
    if found is None:
        raise InputError("holds no matrix: rows of equally many numbers, with names or without", source.name)
    try:
        matrix, node_ids = _ordered(found, options)
    except InputError as error:
        raise InputError(error.message, source.name) from None
    entries = scipy.sparse.coo_array(matrix)
    table = from_matrix(entries, node_ids, weighted=options.weighted("matrix"), name=source.name)
    table.description = f"adjacency matrix as text, columns separated by {in_words(known[0])}"
    if node_ids is None:
        table.remarks.append("ids are the rows of the matrix, from 0")
    return table


def _delimiters(options: ReadOptions) -> Sequence[str | None]:
    if options.delimiter is None:
        return DELIMITERS
    return (None if options.delimiter == " " else options.delimiter,)


def _ordered(found: _Matrix, options: ReadOptions) -> tuple[NDArray[np.float64], NodeIds | None]:
    """The numbers with rows in the order of the columns, and the ids of both."""
    matrix = _numbers(found.cells, options)
    if found.columns is None or found.rows is None:
        return matrix, None
    if sorted(found.rows) != sorted(found.columns):
        raise InputError("the rows of the matrix are not named as its columns are")
    node_ids = ids_of_file(found.columns, options.id_type)
    place = {name: row for row, name in enumerate(found.rows)}
    return matrix[[place[name] for name in found.columns]], node_ids


def _matrix_of(lines: Sequence[Line], delimiter: str | None) -> _Matrix | None:
    """The lines as rows of numbers, but for names around them, None if they are anything else."""
    # Edges have few columns: the second row tells at once.
    if len(lines) < 3 or len(split_rows(lines[1:2], delimiter, quoted=False)[0].fields) < 3:
        return None
    found = _apart(lines, delimiter)
    return found if found and all(is_number(cell) for row in found.cells for cell in row) else None


def _apart(lines: Sequence[Line], delimiter: str | None) -> _Matrix | None:
    """Names and cells of the lines, at least three; None if rows are of different lengths."""
    try:
        rows = [row.fields for row in split_rows(lines, delimiter, quoted=is_quoted(lines, delimiter))]
    except csv.Error:
        return None
    first, *body = rows
    if not body:
        # A quotation mark has taken all lines into one cell.
        return None
    width = len(body[0])
    if any(len(row) != width for row in body):
        return None
    columns = first[1:] if len(first) == width else first
    named = [row[0] for row in body]
    if len(first) == width:
        # An empty corner tells a matrix from a table with a header, else its names do.
        is_named = first[0] == "" or (set(named) <= set(columns) and not all(map(is_number, first)))
    else:
        is_named = len(columns) == width - 1 >= _CORNERED and set(named) <= set(columns)
    if is_named:
        return _Matrix(columns, named, [row[1:] for row in body])
    return _Matrix(None, None, rows) if len(first) == width else None


def _numbers(cells: Sequence[Sequence[str]], options: ReadOptions) -> NDArray[np.float64]:
    """The cells of a square matrix as numbers, commas being those of decimals."""
    width = len(cells[0])
    if len(cells) != width:
        raise InputError(f"an adjacency matrix must be square, got {len(cells):,} x {width:,}")
    if options.decimal == "." and any("," in cell for row in cells for cell in row):
        raise InputError("numbers have a decimal comma; pass decimal=','")
    try:
        return np.array([[float(with_point(cell)) for cell in row] for row in cells])
    except ValueError as error:
        raise InputError(f"the cells of the matrix must be numbers: {error}") from None


def _refuse_without_names(cells: list[list[str]], source: Source, *, is_whole: bool) -> None:
    """Ask where rows of numbers may be those of a matrix, or edges with further columns."""
    width = len(cells[0])
    if not (width > _MANY or (is_whole and len(cells) == width)):
        return
    has_loops = any(float(with_point(cells[place][place])) for place in range(min(len(cells), width)))
    if width >= _SURELY or not has_loops:
        raise InputError(
            f"may be an adjacency matrix, of {width:,} columns of numbers, or a list of edges; pass "
            "format='matrix' or format='text'",
            source.name,
        )
