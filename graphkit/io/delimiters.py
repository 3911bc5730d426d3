"""What stands between the columns of a text file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graphkit.io.head_lines import Line
from graphkit.io.rows import QUOTE, UNQUOTED, are_integers, field_spans

DELIMITERS = ("\t", ",", ";", "|", None)
"""Tried in this order; None is any number of spaces and tabs."""

_TWO_QUOTED = re.compile(rb'[ \t]*"[^"]*"[ \t]+"[^"]*"([ \t\r]|$)')


@dataclass(frozen=True)
class Row:
    """The fields of a row and the line on which it begins."""

    line: Line
    fields: list[str]


def find_delimiter(lines: Sequence[Line]) -> str | None:
    """Return the delimiter with which most rows have equally many columns, two at least.

    Of several, one with whole numbers in the first two columns; else the first of `DELIMITERS`.
    """

    def fitness(delimiter: str | None) -> tuple[bool, bool, float, int]:
        # The first row may be a header or counts.
        try:
            rows = split_rows(lines, delimiter, quoted=is_quoted(lines, delimiter))
        except csv.Error:
            return False, False, 0.0, 0
        rows = rows[1:] or rows
        width = usual_width(rows)
        alike = [row.fields for row in rows if len(row.fields) == width]
        numbers = sum(are_integers(fields[:2]) for fields in alike) > len(alike) / 2
        return width >= 2, width >= 2 and numbers, len(alike) / len(rows), -DELIMITERS.index(delimiter)

    return max(DELIMITERS, key=fitness)


def usual_width(rows: Sequence[Row]) -> int:
    """Return the number of columns of most rows."""
    return Counter(len(row.fields) for row in rows).most_common(1)[0][0]


def is_quoted(lines: Sequence[Line], delimiter: str | None) -> bool:
    """Whether fields stand in quotes; between tabs or blanks only if the first two do on every line."""
    if not any(QUOTE in line.content for line in lines):
        return False
    if delimiter in UNQUOTED:
        return all(_TWO_QUOTED.match(line.content) for line in lines)
    spans = ((line.content, span) for line in lines for span in field_spans(line.content, delimiter))
    return any(content.startswith(QUOTE, begin) for content, (begin, _) in spans)


def split_rows(lines: Sequence[Line], delimiter: str | None, *, quoted: bool) -> list[Row]:
    """Return the rows that the lines hold; within quotes a row may go on over several."""
    if not quoted:
        return [Row(line, _fields(line.content, delimiter)) for line in lines]
    text = (line.content.decode(errors="replace").strip() + "\n" for line in lines)
    reader = csv.reader(text, delimiter=delimiter or " ", skipinitialspace=True)
    rows, first = [], 0
    for fields in reader:
        rows.append(Row(lines[first], [field.strip() for field in fields]))
        first = reader.line_num
    return rows


def _fields(line: bytes, delimiter: str | None) -> list[str]:
    return [line[begin:end].decode(errors="replace") for begin, end in field_spans(line, delimiter)]
