"""One row of a text file, read in full: what the kernel leaves, and the words for what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from graphkit.io.decimals import NUMBER, is_missing, with_point
from graphkit.io.layout import Layout

PLAIN_INTEGER = re.compile(r"-?[1-9][0-9]*|0")
"""A whole number that comes back the same when it is written again."""

_INTEGER = re.compile(r"[+-]?[0-9]+")

_BLANK_FIELD = re.compile(rb"[^ \t\r]+")

QUOTE = b'"'

UNQUOTED = (None, "\t")
"""Delimiters between which a quote is a character like any other, unless every id is quoted."""

_SHOWN = 60


def are_integers(fields: Iterable[str]) -> bool:
    """Whether each field is a whole number of 64 bits as it would be written again."""
    return all(PLAIN_INTEGER.fullmatch(field) and -(2**63) <= int(field) < 2**63 for field in fields)


class RowError(Exception):
    """What is wrong with a row; `place` is where its line begins in the text at hand."""

    def __init__(self, message: str, place: int = 0):
        self.message = message
        self.place = place
        super().__init__(message)


class QuotedRow(Exception):
    """A row holds quotes, though the first rows hold none: it is read another way."""


def field_spans(line: bytes, delimiter: str | None) -> list[tuple[int, int]]:
    """Return where each field of a line begins and ends, blanks around it left out.

    Examples
    --------
    >>> field_spans(b"1, new york ", ","), field_spans(b" 1  2", None)
    ([(0, 1), (3, 11)], [(1, 2), (4, 5)])
    """
    if delimiter is None:
        return [match.span() for match in _BLANK_FIELD.finditer(line)]
    blanks = b" \r" if delimiter == "\t" else b" \t\r"
    spans, begin = [], 0
    for part in line.split(delimiter.encode()):
        left = len(part) - len(part.lstrip(blanks))
        spans.append((begin + left, begin + max(left, len(part.rstrip(blanks)))))
        begin += len(part) + 1
    return spans


def read_row(line: bytes, layout: Layout) -> tuple[tuple[int, int], tuple[int, int], float]:
    """Read a row, which may hold anything.

    Returns
    -------
    source, target
        The id and 0; or, where ids are strings, where the field begins and its length.
    weight
        1 if rows have none, NaN if it is missing.

    Raises
    ------
    RowError
        If the row is no edge.
    QuotedRow
        If a field begins with a quote and quotes were not expected.
    """
    spans = field_spans(line, layout.delimiter)
    fields = [line[begin:end] for begin, end in spans]
    if layout.delimiter not in UNQUOTED and any(field.startswith(QUOTE) for field in fields):
        raise QuotedRow
    check_width(len(spans), layout.num_columns, line)
    ends = []
    for name, column in (("source", layout.source), ("target", layout.target)):
        begin, end = spans[column]
        text = decoded(fields[column])
        if layout.as_text:
            check_text_id(text, name)
            ends.append((begin, end - begin))
        else:
            ends.append((integer_id(text, name, strict=layout.strict), 0))
    weight = (
        1.0
        if layout.weight is None
        else number(decoded(fields[layout.weight]), layout.column_name(layout.weight), layout.decimal)
    )
    return ends[0], ends[1], weight


def check_width(found: int, expected: int, line: bytes) -> None:
    """Raise `RowError` unless the line has as many columns as the others."""
    if found != expected:
        shown = line.strip()[:_SHOWN].decode(errors="replace")
        raise RowError(f"expected {expected} columns, found {found}: {shown!r}")


def check_text_id(text: str, name: str) -> None:
    """Raise `RowError` for an empty id."""
    if not text:
        raise RowError(f"the {name} id is empty")


def integer_id(text: str, name: str, *, strict: bool) -> int:
    """Return an id as a whole number of 64 bits; `strict` refuses one that would be written otherwise."""
    advice = "pass id_type='string' to take ids as text"
    check_text_id(text, name)
    if not _INTEGER.fullmatch(text):
        raise RowError(f"expected a whole number as {name} id, as in the first rows, got {text!r}; {advice}")
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise RowError(f"the {name} id {text} does not fit into 64 bits; {advice}")
    if strict and not PLAIN_INTEGER.fullmatch(text):
        raise RowError(f"the {name} id {text} would become {value}; {advice}, or 'int' to take the number")
    return value


def number(text: str, column: str, decimal: str = ".") -> float:
    """Return a weight, NaN and infinity included; NaN where it is missing."""
    if is_missing(text):
        return math.nan
    plain = with_point(text) if decimal == "," else text
    if not NUMBER.fullmatch(plain) or (decimal == "," and plain == text and "." in text):
        raise RowError(
            f"expected a number as weight (column {column}), got {text!r}; "
            "pass weights=None to leave weights out"
        )
    return float(plain)


def shown_weight(line: bytes, layout: Layout) -> str:
    """Return the weight of a row, which was read, in words."""
    begin, end = field_spans(line, layout.delimiter)[layout.weight or 0]
    text = line[begin:end].decode()
    return text if is_missing(text) else f"{number(text, '', layout.decimal):g}"


def decoded(field: bytes) -> str:
    """Return the field as text."""
    try:
        return field.decode()
    except UnicodeDecodeError as error:
        raise RowError(not_utf8(field[error.start])) from None


def not_utf8(byte: int) -> str:
    """Return the message for text in another encoding."""
    return (
        f"the byte 0x{byte:02X} is not UTF-8 text; convert the file, "
        "for instance with: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"
    )
