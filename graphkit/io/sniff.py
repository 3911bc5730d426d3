"""The layout of a text edge list, found on its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from graphkit.errors import InputError
from graphkit.io import columns as names_of
from graphkit.io.decimals import has_comma, is_missing, is_number, may_be_thousands
from graphkit.io.delimiters import (
    Row,
    find_delimiter,
    is_quoted,
    split_rows,
    usual_width,
    without_decimal_commas,
)
from graphkit.io.head_lines import Line, first_lines
from graphkit.io.headers import names_columns
from graphkit.io.layout import Layout
from graphkit.io.options import ReadOptions
from graphkit.io.rows import PLAIN_INTEGER, are_integers, field_spans

_LIKE_A_TIME = 1e8
"""Whole numbers of this size in a third column are seconds or dates rather than weights."""

_SHOWN = 60

_FEW = 2
"""Of so many rows nothing follows from ids that come once."""

_KONECT_BIPARTITE = re.compile(rb"%[ \t]*bip\b")
"""The first line of KONECT's bipartite networks: ``% bip unweighted``."""

_DIGITS = re.compile(r"[+-]?[0-9]+")

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

Header = tuple[str, ...]


def sniff(head: bytes, options: ReadOptions, name: str) -> Layout:
    """Find out how the rows of a text file are laid out.

    Parameters
    ----------
    head
        The first bytes of the file, all of them if it is shorter than `HEAD_BYTES`.
    options
        What the caller says.
    name
        The file, for messages.

    Raises
    ------
    InputError
        If this is no text, holds no rows, or must not be guessed.
    """
    lines = first_lines(head, options.comments, name)
    _refuse_dictionaries(lines, options, name)
    delimiter = _delimiter(lines, name) if options.delimiter is None else options.delimiter
    # A space stands for any number of blanks.
    delimiter = None if delimiter == " " else delimiter
    quoted = is_quoted(lines, delimiter)
    try:
        rows = split_rows(lines, delimiter, quoted=quoted)
    except csv.Error:
        raise InputError("a field in quotes does not end", name) from None
    num_columns = usual_width(rows[1:] or rows)
    if num_columns < 2:
        raise _fault(
            rows[0], f"expected at least two columns, found one: {rows[0].fields[0][:_SHOWN]!r}", name
        )
    header = _header(rows, num_columns, options, name)
    counts = None if header else _counts(rows, num_columns)
    body = rows[1:] if header or counts else rows
    if not body:
        raise _fault(rows[0], "holds no edges, only a header", name)
    try:
        source, target = names_of.find_ends(header, options.columns, num_columns)
        weight = _weight(body, (source, target), header, num_columns, options)
        decimal = "." if weight is None else options.decimal or _decimal(_cells(body, weight), weight)
    except InputError as error:
        raise InputError(error.message, name) from None
    # The first row decides for all: a later one of another kind is an error, not another guess.
    ids = [body[0].fields[end] for end in (source, target) if end < len(body[0].fields)]
    as_text = ids_are_text(ids, options.id_type, name, body[0].line.number)
    return Layout(
        start=body[0].line.start,
        delimiter=delimiter,
        quoted=quoted,
        comments=options.comments,
        header=header,
        num_columns=num_columns,
        source=source,
        target=target,
        weight=weight,
        as_text=as_text,
        strict=options.id_type == "auto",
        counts=counts,
        decimal=decimal,
        doubtful_header=_doubtful_header(body, (source, target)) if as_text and header is None else None,
        num_marked=_num_marked(head[: body[0].line.start], options, delimiter, num_columns) if as_text else 0,
        bipartite=_KONECT_BIPARTITE.match(head) is not None,
    )


def _delimiter(lines: Sequence[Line], name: str) -> str | None:
    """The delimiter, a comma only if it is none of decimals."""
    found = find_delimiter(lines)
    between = without_decimal_commas(lines) if found == "," else ","
    if between is None:
        raise InputError(
            "columns may be separated by blanks, with a decimal comma in numbers, or by commas; pass "
            "delimiter=' ' or delimiter=','",
            name,
            lines[0].number,
        )
    return found if between == "," else between


def _doubtful_header(body: Sequence[Row], ends: tuple[int, int]) -> tuple[str, str] | None:
    """The ids of the first row, strings, if no other of the first rows holds them."""
    columns = [_cells(body, end) for end in ends]
    if len(body) <= _FEW or not all(map(len, columns)):
        return None
    first = columns[0][0], columns[1][0]
    return None if set(first) & {*columns[0][1:], *columns[1][1:]} else first


def _num_marked(head: bytes, options: ReadOptions, delimiter: str | None, num_columns: int) -> int:
    """How many comment lines have as many columns as rows; of words between blanks nothing follows."""
    if delimiter is None:
        return 0
    marks = tuple(mark.encode() for mark in options.comments)
    marked = [line for line in head.split(b"\n") if line.lstrip().startswith(marks)]
    return sum(len(field_spans(line, delimiter)) == num_columns for line in marked)


def _cells(rows: Sequence[Row], column: int) -> list[str]:
    return [row.fields[column] for row in rows if len(row.fields) > column]


def _decimal(cells: Sequence[str], column: int) -> str:
    """The decimal point of a column of weights."""
    with_comma = [cell for cell in cells if has_comma(cell)]
    if not with_comma:
        return "."
    if may_be_thousands(with_comma):
        raise InputError(
            f"column {column + 1} holds {with_comma[0]!r}, which has a decimal comma or is a thousand and "
            "more; pass decimal=',' if it is the former, else write it without the comma"
        )
    return ","


def ids_are_text(ids: Sequence[str], id_type: str, name: str, line: int) -> bool:
    """Whether the ids of the first row are strings, not whole numbers."""
    if id_type != "auto":
        return id_type == "string"
    if are_integers(ids):
        return False
    # 007, and numbers of more than 64 bits, are text; 1.0 and 1e3 are neither.
    if all(map(_DECIMAL.fullmatch, ids)) and not all(map(_DIGITS.fullmatch, ids)):
        raise InputError(
            f"ids look like decimal numbers ({ids[0]}); write them as whole numbers, or pass "
            "id_type='string' to take them as text",
            name,
            line,
        )
    return True


def _refuse_dictionaries(lines: Sequence[Line], options: ReadOptions, name: str) -> None:
    """Refuse to pass over weights that stand where no column is."""
    for line in lines:
        if options.weights is not None and b"{'" in line.content:
            raise InputError(
                "edges carry Python dictionaries, as networkx.write_edgelist writes them; write the weights "
                "as a column, with data=['weight'], or pass weights=None",
                name,
                line.number,
            )


def _fault(row: Row, message: str, name: str) -> InputError:
    return InputError(message, name, row.line.number)


def _header(rows: Sequence[Row], num_columns: int, options: ReadOptions, name: str) -> Header | None:
    """The first row if it names columns."""
    chosen = [*(options.columns or ()), options.weights]
    by_name = any(isinstance(column, str) and column != "auto" and not column.isdigit() for column in chosen)
    first = rows[0].fields
    differs = len(first) == num_columns and names_columns([row.fields for row in rows])
    if not (by_name or differs or names_of.usual_ends(first)):
        return None
    if len(first) != num_columns:
        message = f"the header names {len(first)} columns, the next lines have {num_columns}"
        raise _fault(rows[0], message, name)
    return tuple(first)


def _counts(rows: Sequence[Row], num_columns: int) -> tuple[int, ...] | None:
    """The numbers of a first line ``n m`` or ``n n m`` if it has another number of columns than the rows."""
    first = rows[0].fields
    if len(rows) > 1 and len(first) in (2, 3) and len(first) != num_columns and are_integers(first):
        return tuple(int(field) for field in first)
    return None


def _weight(
    rows: Sequence[Row],
    ends: tuple[int, int],
    header: Header | None,
    num_columns: int,
    options: ReadOptions,
) -> int | None:
    """The column of the weight."""
    if options.weights is None:
        return None
    if options.weights != "auto":
        return names_of.find_column(header, options.weights, num_columns, "weights")
    if header and (named := names_of.usual_weight(header)) is not None and named not in ends:
        return named
    third = 2
    if num_columns <= third or set(ends) != {0, 1}:
        return None
    if header and (num_columns > third + 1 or not names_of.may_be_weight(header[third])):
        return None
    values = [value for value in _cells(rows, third) if not is_missing(value)]
    if not values or not is_number(values[0]):
        return None
    if all(PLAIN_INTEGER.fullmatch(value) and float(value) >= _LIKE_A_TIME for value in values):
        raise InputError(
            f"column 3 looks like times ({values[0]}), not weights; pass weights=None to leave it out, or "
            "weights=3 to take it as the weight"
        )
    return third
