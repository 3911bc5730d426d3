"""Small text tables that begin with a node id: labels, lists of nodes, features."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from graphkit.errors import InputError, ParameterError
from graphkit.io.columns import find_column
from graphkit.io.opening import Source
from graphkit.io.options import Column
from graphkit.io.rows import NUMBER, PLAIN_INTEGER, not_utf8

COMMENTS = ("#", "%")

_DELIMITERS = ("\t", ",", ";", "|")

_SAMPLE = 200

_ID_NAMES = ("id", "node", "node_id", "nodeid", "name", "vertex", "key", "user", "user_id")


@dataclass(frozen=True)
class TextTable:
    """Rows of text fields.

    Attributes
    ----------
    name
        The file, for messages.
    delimiter
        The character between columns, or None for blanks.
    header
        Names of the columns, or None.
    rows
        The fields of each row; rows may differ in length.
    lines
        The line of each row, counted from 1.
    """

    name: str
    delimiter: str | None
    header: tuple[str, ...] | None
    rows: list[list[str]]
    lines: list[int]

    def column(self, column: Column, parameter: str) -> int:
        """Return the column, counted from 0, that the caller named."""
        try:
            return find_column(self.header, column, max(map(len, self.rows)), parameter)
        except InputError as error:
            raise InputError(error.message, self.name) from None

    def fault(self, row: int, message: str) -> InputError:
        """Return the error for a row."""
        return InputError(message, self.name, self.lines[row])


def read_text_table(source: Source, delimiter: str | None, *, has_header: bool | None = None) -> TextTable:
    """Read a table of text; blank lines and lines that begin with # or % are passed over.

    Parameters
    ----------
    source
        The file.
    delimiter
        The character between columns, a space for blanks, None to find out.
    has_header
        Whether the first row names the columns; None to find out.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ParameterError(f"delimiter must be one character or None, got {delimiter!r}")
    with source.open() as stream:
        content = stream.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise InputError(not_utf8(content[error.start]), source.name, at) from None
    numbered = [
        (number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith(COMMENTS)
    ]
    if not numbered:
        raise InputError("holds nothing but comments or blank lines", source.name)
    separator = (
        None if delimiter == " " else delimiter or _find_delimiter([line for _, line in numbered], source)
    )
    rows: list[list[str]] = []
    for number, line in numbered:
        try:
            rows.append(_fields(line.strip("\r "), separator))
        except csv.Error as error:
            raise InputError(f"cannot be read as CSV: {error}", source.name, number) from None
    lines = [number for number, _ in numbered]
    if has_header is None:
        has_header = _is_header(rows)
    if has_header:
        return TextTable(source.name, separator, tuple(rows[0]), rows[1:], lines[1:])
    return TextTable(source.name, separator, None, rows, lines)


def _find_delimiter(lines: Sequence[str], source: Source) -> str | None:
    """The delimiter that every line has, and, outside CSV files, no blank before it."""
    sample = lines[:_SAMPLE]
    for delimiter in _DELIMITERS:
        if all(delimiter in line for line in sample) and (
            delimiter == "\t"
            or source.suffix == ".csv"
            or not any(" " in line.split(delimiter)[0].strip() for line in sample)
        ):
            return delimiter
    return None


def _fields(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return line.split()
    if '"' in line:
        return [
            field.strip() for field in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        ]
    return [field.strip() for field in line.split(delimiter)]


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: a usual name of ids, or text above numbers only."""
    if rows[0][0].lower() in _ID_NAMES:
        return True
    ids = [row[0] for row in rows[1:_SAMPLE]]
    return bool(ids) and not NUMBER.fullmatch(rows[0][0]) and all(map(PLAIN_INTEGER.fullmatch, ids))
