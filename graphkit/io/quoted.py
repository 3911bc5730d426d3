"""Text edge lists with fields in double quotes, read by PyArrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.arrays import Weights
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.io.edge_table import EdgeTable
from graphkit.io.layout import Layout
from graphkit.io.opening import Source
from graphkit.io.rows import RowError, check_text_id, check_width, integer_id, not_utf8, number
from graphkit.io.weights import as_float32, first_refused, refusal

if TYPE_CHECKING:
    import pyarrow

_FIRST_ESCAPE = 0xDC00
"""What a byte that is not UTF-8 is raised by, to stand in a string."""

_NOT_CLOSED = "a field in quotes does not end"

_STRICT_INTEGER, _INTEGER = r"^(-?[1-9][0-9]*|0)$", r"^[+-]?[0-9]+$"


def read_quoted(source: Source, layout: Layout, bad_weights: str) -> EdgeTable:
    """Read the rows of a text file whose layout is known.

    Notes
    -----
    A doubled quote within quotes is a quote; delimiters and line ends within quotes belong to the field.
    """
    import pyarrow as pa

    try:
        table, num_comments = _table(source, layout)
        source_ids, target_ids = (_ids(table.column(name), layout) for name in ("source", "target"))
        weights = None if layout.weight is None else _weights(table.column("weight"), layout)
        _check_closed(source, layout)
    except (pa.ArrowInvalid, RowError) as error:
        _check_rows(source, layout)
        raise InputError(str(error), source.name) from None
    if weights is not None and (bad := first_refused(weights, bad_weights)) is not None:
        line, row = next(_rows(source, layout, bad))
        raise InputError(refusal(row[layout.weight or 0], bad_weights), source.name, line)
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
        fault=lambda position, message: InputError(
            message, source.name, line_of_quoted(source, layout, position)
        ),
    )


def line_of_quoted(source: Source, layout: Layout, position: int) -> int:
    """Return the line in which the row at a position, which is there, begins, by reading again."""
    return next(_rows(source, layout, position))[0]


def _table(source: Source, layout: Layout) -> tuple[pyarrow.Table, int]:
    """The columns needed, as trimmed strings, and how many comment lines were passed over."""
    import pyarrow as pa

    try:
        return _columns(source, layout, passing_over=False)
    except pa.ArrowInvalid:
        # Either a row is wrong, which reading plainly finds, or a line is no row.
        _check_rows(source, layout)
        return _columns(source, layout, passing_over=True)


def _check_closed(source: Source, layout: Layout) -> None:
    """Refuse a quote that swallowed the rest of the file."""
    num_quotes = sum(int(np.count_nonzero(text == ord('"'))) for text in source.blocks())
    if num_quotes % 2 == 0:
        return
    # No proof yet: one may stand within a field without quotes.
    line = 0
    try:
        for number_of_line, _ in _rows(source, layout, 0, strict=True):
            line = number_of_line
    except csv.Error as error:
        if "expected after" not in str(error):
            raise InputError(_NOT_CLOSED, source.name, line + 1) from None


def _columns(source: Source, layout: Layout, *, passing_over: bool) -> tuple[pyarrow.Table, int]:
    """As `_table`; lines that are no rows are an error or passed over."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    wanted = {layout.source: "source", layout.target: "target"}
    if layout.weight is not None:
        wanted[layout.weight] = "weight"
    names = [wanted.get(column, f"unused {column}") for column in range(layout.num_columns)]
    marks = tuple(layout.comments)

    passed: list[bool] = []

    def pass_over(row: pyarrow.csv.InvalidRow) -> str:
        if not _is_void(row.text, marks):
            return "error"
        passed.append(bool(row.text.strip()))
        return "skip"

    with source.open() as stream:
        stream.read(layout.start)
        table = pyarrow.csv.read_csv(
            stream,
            pyarrow.csv.ReadOptions(column_names=names),
            pyarrow.csv.ParseOptions(
                delimiter=layout.delimiter or " ",
                newlines_in_values=True,
                invalid_row_handler=pass_over if passing_over else None,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                include_columns=list(wanted.values()),
                strings_can_be_null=False,
            ),
        )
    if names[0] in table.column_names:
        _refuse_marks(table.column(names[0]), layout.comments)
    columns = {name: pc.utf8_trim_whitespace(table.column(name)) for name in wanted.values()}
    return pa.table(columns), sum(passed)


def _is_void(line: str, marks: tuple[str, ...]) -> bool:
    return not line.strip() or line.lstrip().startswith(marks)


def _refuse_marks(first_column: pyarrow.ChunkedArray, marks: str) -> None:
    """Refuse ids that begin as a comment: whether they were quoted is no longer known."""
    import pyarrow.compute as pc

    for mark in marks:
        if pc.any(pc.starts_with(first_column, mark)).as_py():
            raise RowError(
                f"a row begins with {mark!r}, which marks comments; pass comments='' if it is an id"
            )


def _ids(column: pyarrow.ChunkedArray, layout: Layout) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if layout.as_text:
        if pc.any(pc.equal(column, "")).as_py():
            raise RowError("an id is empty")
        return column
    if not pc.all(pc.match_substring_regex(column, _STRICT_INTEGER if layout.strict else _INTEGER)).as_py():
        raise RowError("an id is no whole number")
    return from_arrow(pc.cast(pc.utf8_ltrim(column, "+"), pa.int64()))


def _weights(column: pyarrow.ChunkedArray, layout: Layout) -> Weights:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return as_float32(from_arrow(pc.cast(column, pa.float64())))
    except pa.ArrowInvalid:
        texts = column.to_pylist()
        return as_float32(np.array([number(text, "of the weight", layout.decimal) for text in texts]))


def _check_rows(source: Source, layout: Layout) -> None:
    """Raise the error of the first row that is wrong, if one is."""
    line = 0
    try:
        for number_of_line, row in _rows(source, layout, 0):
            line = number_of_line
            _check_encoding(row)
            check_width(len(row), layout.num_columns, ",".join(row).encode())
            for name, column in (("source", layout.source), ("target", layout.target)):
                if layout.as_text:
                    check_text_id(row[column], name)
                else:
                    integer_id(row[column], name, strict=layout.strict)
            if layout.weight is not None:
                number(row[layout.weight], layout.column_name(layout.weight), layout.decimal)
    except RowError as error:
        raise InputError(error.message, source.name, line) from None
    except csv.Error:
        raise InputError(_NOT_CLOSED, source.name, line + 1) from None


def _check_encoding(row: list[str]) -> None:
    try:
        "".join(row).encode()
    except UnicodeEncodeError as error:
        raise RowError(not_utf8(ord(error.object[error.start]) - _FIRST_ESCAPE)) from None


def _rows(
    source: Source, layout: Layout, position: int, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of the rows from `position` on, read plainly; `strict` refuses a quote not closed."""
    marks = tuple(layout.comments)
    with source.open() as stream:
        lines_before = stream.read(layout.start).count(b"\n")
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
        reader = csv.reader(
            text, delimiter=layout.delimiter or " ", skipinitialspace=layout.delimiter is None, strict=strict
        )
        last_line = 0
        for row in reader:
            line, last_line = last_line + 1, reader.line_num
            if not row or (
                len(row) != layout.num_columns and _is_void((layout.delimiter or " ").join(row), marks)
            ):
                continue
            if position:
                position -= 1
            else:
                yield lines_before + line, [field.strip() for field in row]
