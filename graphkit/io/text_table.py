"""Small text tables that begin with a node id: labels, lists of nodes, attributes, features."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphkit.errors import InputError, ParameterError
from graphkit.graph.node_ids import NodeIndex
from graphkit.io.columns import find_column
from graphkit.io.delimiters import WHOLE_LINE, find_table_delimiter, line_fields
from graphkit.io.headers import are_nodes, has_header
from graphkit.io.layout import in_words
from graphkit.io.opening import Source
from graphkit.io.options import Column
from graphkit.io.rows import not_utf8

COMMENTS = "#%"

Note = Callable[[str], object]
"""Is told in words what was understood of a file, a line each time."""


@dataclass(frozen=True)
class TextTable:
    """Rows of text fields.

    Attributes
    ----------
    name
        The file, for messages.
    delimiter
        The character between columns, None for blanks, or `WHOLE_LINE`.
    header
        Names of the columns, or None.
    rows
        The fields of each row; rows may differ in length.
    lines
        The line of each row, counted from 1.
    num_comments
        Lines passed over as comments between or behind the rows.
    """

    name: str
    delimiter: str | None
    header: tuple[str, ...] | None
    rows: list[list[str]]
    lines: list[int]
    num_comments: int = 0

    def column(self, column: Column, parameter: str) -> int:
        """Return the column, counted from 0, that the caller named."""
        try:
            return find_column(self.header, column, max(map(len, self.rows)), parameter)
        except InputError as error:
            raise InputError(error.message, self.name) from None

    def fault(self, row: int, message: str) -> InputError:
        """Return the error for a row."""
        return InputError(message, self.name, self.lines[row])

    def tell(self, note: Note | None) -> None:
        """Say what was understood."""
        if note is None:
            return
        columns = f"columns separated by {in_words(self.delimiter)}"
        header = f"header: {', '.join(self.header)}" if self.header else "no header"
        note(f"{self.name}: {'one a line' if self.delimiter == WHOLE_LINE else columns}, {header}")
        if self.num_comments:
            note(f"{self.name}: comment lines amid the rows passed over: {self.num_comments:,}")


def read_text_table(
    source: Source,
    delimiter: str | None,
    *,
    index: NodeIndex | None = None,
    comments: str = COMMENTS,
    is_list: bool = False,
) -> TextTable:
    """Read a table of text.

    Blank lines are passed over, and comments: lines that begin with one of `comments`, unless they hold a row
    of a known node.

    Parameters
    ----------
    source
        The file.
    delimiter
        The character between columns, a space for blanks, "" for none, None to find out.
    index
        The nodes that rows may be of; None if they are not known.
    comments
        Characters that begin a line to be passed over.
    is_list
        Whether a line without a delimiter other than blanks is one id.
    """
    if delimiter and (len(delimiter) > 1 or delimiter in '"\r\n'):
        raise ParameterError(f"delimiter must be one character, '' or None, got {delimiter!r}")
    filled = [(number, line) for number, line in enumerate(_lines(source), start=1) if line.strip()]
    marks = tuple(comments)
    plain = [(number, line) for number, line in filled if not line.lstrip().startswith(marks)]
    sample = [line for _, line in plain or filled]
    try:
        if delimiter is None:
            separator = find_table_delimiter(sample, source.suffix, index, is_list=is_list)
        else:
            separator = None if delimiter == " " else delimiter
        numbered = _with_nodes(filled, plain, separator, index)
        rows = [line_fields(line.strip("\r "), separator) for _, line in numbered]
    except csv.Error as error:
        raise InputError(f"cannot be read as CSV: {error}", source.name) from None
    if not rows:
        raise InputError("holds nothing but comments or blank lines", source.name)
    numbers = [number for number, _ in numbered]
    kept = {*numbers, *range(numbers[0])}
    num_comments = sum(number not in kept for number, _ in filled)
    skip = has_header(rows, index)
    header = tuple(rows[0]) if skip else None
    return TextTable(source.name, separator, header, rows[skip:], numbers[skip:], num_comments)


def _lines(source: Source) -> list[str]:
    with source.open() as stream:
        content = stream.read()
    try:
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise InputError(not_utf8(content[error.start]), source.name, at) from None


def _with_nodes(
    filled: Sequence[tuple[int, str]],
    plain: list[tuple[int, str]],
    separator: str | None,
    index: NodeIndex | None,
) -> list[tuple[int, str]]:
    """The lines of rows: also those that begin as a comment, but with the id of a node."""
    if index is None or len(plain) == len(filled):
        return plain
    rows = {number for number, _ in plain}
    marked = [(number, line) for number, line in filled if number not in rows]
    firsts = [(line_fields(line.strip("\r "), separator) or [""])[0] for _, line in marked]
    nodes = are_nodes(firsts, index)
    rows.update(number for (number, _), known in zip(marked, nodes, strict=True) if known)
    return [(number, line) for number, line in filled if number in rows]
