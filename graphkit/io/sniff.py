"""The layout of a text edge list, found on its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphkit.errors import InputError
from graphkit.io import columns as names_of
from graphkit.io.layout import Layout
from graphkit.io.opening import HEAD_BYTES
from graphkit.io.options import ReadOptions
from graphkit.io.rows import NUMBER, PLAIN_INTEGER, QUOTE, UNQUOTED, field_spans

DELIMITERS = ("\t", ",", ";", "|", None)
"""Tried in this order; None is any number of spaces and tabs."""

_MAX_LINES = 200

_LIKE_A_TIME = 1e8
"""Whole numbers of this size in a third column are seconds or dates rather than weights."""

_BLANKS = b" \t\r"

_DIGITS = re.compile(r"[+-]?[0-9]+")

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

Row = list[str]


@dataclass(frozen=True)
class Line:
    """A line of the file that is neither blank nor a comment."""

    start: int
    number: int
    content: bytes


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
    delimiter = _delimiter([line.content for line in lines], options)
    quoted = is_quoted([line.content for line in lines], delimiter)
    rows = [split(line.content, delimiter, quoted) for line in lines]
    num_columns = _usual(len(row) for row in rows[1:] or rows)
    if num_columns < 2:
        raise InputError(f"expected at least two columns, found one: {rows[0][0]!r}", name, lines[0].number)

    header = _header(rows, num_columns, options)
    counts = None if header else _counts(rows, num_columns)
    skipped = 1 if header or counts else 0
    if header and len(header) != num_columns:
        raise InputError(
            f"the header names {len(header)} columns, the next lines have {num_columns}",
            name,
            lines[0].number,
        )
    if skipped == len(rows):
        raise InputError("holds no edges, only a header", name, lines[0].number)
    body, first = rows[skipped:], lines[skipped]
    try:
        source, target = names_of.find_ends(header, options.columns, num_columns)
        weight = _weight(body, (source, target), header, num_columns, options)
    except InputError as error:
        raise InputError(error.message, name) from None
    # The first row decides for all: a later one of another kind is an error, not another guess.
    ids = [body[0][end] for end in (source, target) if end < len(body[0])]
    as_text = ids_are_text(ids, options.id_type, name, first.number)
    return Layout(
        start=first.start,
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
    )


def first_lines(head: bytes, comments: str, name: str) -> list[Line]:
    """Return the first lines that hold something, at most 200."""
    start = _after_mark(head, name)
    if len(head) == HEAD_BYTES:
        # The last line is not all here.
        head = head[: head.rfind(b"\n") + 1]
    if b"\0" in head or not head:
        raise InputError("is not text; is the format right?", name)
    if b"\n" not in head and b"\r" in head.strip():
        raise InputError("lines end with a lone carriage return; convert them with: tr '\\r' '\\n'", name)
    lines: list[Line] = []
    for number, content in enumerate(head[start:].split(b"\n"), start=1):
        shown = content.strip(_BLANKS)
        if shown and shown[:1] not in {character.encode() for character in comments}:
            lines.append(Line(start, number, content))
            if len(lines) == _MAX_LINES:
                break
        start += len(content) + 1
    if not lines:
        raise InputError("holds no edges, only comments or blank lines", name)
    return lines


def split(line: bytes, delimiter: str | None, quoted: bool) -> Row:
    """Return the fields of a line."""
    if quoted:
        text = line.decode(errors="replace").strip()
        return [
            field.strip()
            for field in next(csv.reader([text], delimiter=delimiter or " ", skipinitialspace=True))
        ]
    return [line[begin:end].decode(errors="replace") for begin, end in field_spans(line, delimiter)]


def is_quoted(lines: Sequence[bytes], delimiter: str | None) -> bool:
    """Whether fields stand in quotes; between tabs or blanks only if the first two always do."""
    if not any(QUOTE in line for line in lines):
        return False
    fields = [[line[begin:end] for begin, end in field_spans(line, delimiter)] for line in lines]
    if delimiter not in UNQUOTED:
        return any(field.startswith(QUOTE) for row in fields for field in row)
    return all(len(row) >= 2 and row[0].startswith(QUOTE) and row[-1][-1:] == QUOTE for row in fields)


def _after_mark(head: bytes, name: str) -> int:
    """The length of a mark of byte order."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("is UTF-16 text; convert it with: iconv -f UTF-16 -t UTF-8 FILE > NEW", name)
    return 3 if head.startswith(b"\xef\xbb\xbf") else 0


def _usual(widths: Iterable[int]) -> int:
    return Counter(widths).most_common(1)[0][0]


def _delimiter(lines: Sequence[bytes], options: ReadOptions) -> str | None:
    """The delimiter with which most lines have equally many columns, two at least, whole numbers first."""
    if options.delimiter is not None:
        return None if options.delimiter == " " else options.delimiter

    def fitness(delimiter: str | None) -> tuple[bool, bool, float, int]:
        quoted = is_quoted(lines, delimiter)
        rows = [split(line, delimiter, quoted) for line in lines[1:] or lines]
        width = _usual(len(row) for row in rows)
        alike = [row for row in rows if len(row) == width]
        numbers = width >= 2 and sum(_are_integers(row[:2]) for row in alike) > len(alike) / 2
        return width >= 2, numbers, len(alike) / len(rows), -DELIMITERS.index(delimiter)

    return max(DELIMITERS, key=fitness)


def _are_integers(fields: Sequence[str]) -> bool:
    return all(PLAIN_INTEGER.fullmatch(field) and -(2**63) <= int(field) < 2**63 for field in fields)


def _header(rows: Sequence[Row], num_columns: int, options: ReadOptions) -> tuple[str, ...] | None:
    """The first row if it names columns."""
    chosen = [*(options.columns or ()), options.weights]
    by_name = any(isinstance(column, str) and column != "auto" and not column.isdigit() for column in chosen)
    if by_name or names_of.usual_ends(rows[0]) is not None or _differs(rows, num_columns):
        return tuple(rows[0])
    return None


def _differs(rows: Sequence[Row], num_columns: int) -> bool:
    """Whether the first row has text in each column, one at least, that holds numbers in all others."""
    body = [row for row in rows[1:] if len(row) == num_columns]
    if not body or len(rows[0]) != num_columns:
        return False
    numeric = [column for column in range(num_columns) if all(NUMBER.fullmatch(row[column]) for row in body)]
    return bool(numeric) and not any(NUMBER.fullmatch(rows[0][column]) for column in numeric)


def _counts(rows: Sequence[Row], num_columns: int) -> tuple[int, ...] | None:
    """The numbers of a first line ``n m`` or ``n n m`` if it has another number of columns than the rows."""
    if len(rows) > 1 and len(rows[0]) in (2, 3) and len(rows[0]) != num_columns and _are_integers(rows[0]):
        return tuple(int(field) for field in rows[0])
    return None


def ids_are_text(ids: Sequence[str], id_type: str, name: str, line: int) -> bool:
    """Whether the ids of the first rows are strings, not whole numbers."""
    if id_type != "auto":
        return id_type == "string"
    if _are_integers(ids):
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


def _weight(
    rows: Sequence[Row],
    ends: tuple[int, int],
    header: tuple[str, ...] | None,
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
    if (
        num_columns < 3
        or set(ends) != {0, 1}
        or (header and (num_columns > 3 or not names_of.may_be_weight(header[third])))
    ):
        return None
    values = [row[third] for row in rows if len(row) > third]
    if not values or not NUMBER.fullmatch(values[0]):
        return None
    if all(PLAIN_INTEGER.fullmatch(value) and float(value) >= _LIKE_A_TIME for value in values):
        raise InputError(
            f"column 3 looks like times ({values[0]}), not weights; pass weights=None to leave it out, or "
            "weights=3 to take it as the weight"
        )
    return third
