"""What stands between the columns of a text file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graphkit.graph.node_ids import NodeIndex
from graphkit.io.columns import usual_ends
from graphkit.io.decimals import has_comma
from graphkit.io.head_lines import Line
from graphkit.io.headers import ID_NAMES, are_nodes
from graphkit.io.rows import QUOTE, UNQUOTED, are_integers, field_spans

DELIMITERS = ("\t", ",", ";", "|", None)
"""Tried in this order; None is any number of spaces and tabs."""

WHOLE_LINE = ""
"""The delimiter of a list: a line is a field."""

_SAMPLE = 200

_QUOTED_LINE = re.compile(r'"([^"]|"")*"')

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


def without_decimal_commas(lines: Sequence[Line]) -> str | None:
    """Return a delimiter with which all commas are those of decimals beside source and target, else ",".

    These are the columns that a header names so, or the first two. All other rows have equally many columns.

    Examples
    --------
    >>> without_decimal_commas([Line(0, 1, b"a;b;0,5"), Line(8, 2, b"b;c;1,25")])
    ';'
    """
    for delimiter in (";", "|", None):
        rows = [row.fields for row in split_rows(lines, delimiter, quoted=False)]
        body = rows[1:] or rows
        ends = set(usual_ends(rows[0]) or (0, 1))
        places = {place for row in body for place, cell in enumerate(row) if "," in cell}
        alike = len({len(row) for row in body}) == 1 and places and not places & ends
        if alike and all(has_comma(row[place]) for row in body for place in places if "," in row[place]):
            return delimiter
    return ","


def find_table_delimiter(
    lines: Sequence[str], suffix: str, index: NodeIndex | None = None, *, is_list: bool = False
) -> str | None:
    """Return the delimiter of a table that begins with a node id, and whose rows may differ in length.

    Parameters
    ----------
    lines
        All lines that hold rows.
    suffix
        That of the file; in a ``.csv`` a blank may stand beside a delimiter.
    index
        The nodes that rows may be of: most rows begin with one of them. None if they are not known; then
        it is the first of `DELIMITERS` that every line has.
    is_list
        Whether lines that only blanks divide are ids, and so are whole lines.
    """
    sample = lines[:_SAMPLE]
    if not sample:
        return WHOLE_LINE if is_list else None
    held = [delimiter for delimiter in DELIMITERS[:-1] if all(str(delimiter) in line for line in lines)]
    likely = [delimiter for delimiter in held if _divides(sample, str(delimiter), suffix, is_list=is_list)]
    usual = [*likely, WHOLE_LINE if is_list else None]
    if index is None:
        return usual[0]

    def num_nodes(delimiter: str | None) -> int:
        firsts = [_first_field(line.strip("\r "), delimiter) for line in sample]
        return sum(are_nodes(firsts, index))

    # A delimiter that only some lines have is one where rows begin with nodes by it.
    best = max([*usual[: None if is_list else -1], *DELIMITERS], key=num_nodes)
    return best if num_nodes(best) else usual[0]


def _divides(lines: Sequence[str], delimiter: str, suffix: str, *, is_list: bool) -> bool:
    """Whether a character that every line has divides it, and is no mark of punctuation."""
    if delimiter == "\t" or suffix == ".csv":
        return True
    if is_list:
        # Los Angeles, California; but not under a name of ids.
        named = _first_field(lines[0], delimiter).lower() in ID_NAMES
        return named or not all(f"{delimiter} " in line for line in lines)
    return not any(" " in line.split(delimiter)[0].strip() for line in lines)


def _first_field(line: str, delimiter: str | None) -> str:
    """The first field of a row; of a line of nothing but white space an empty one."""
    return next(iter(line_fields(line, delimiter)), "")


def line_fields(line: str, delimiter: str | None) -> list[str]:
    """Return the fields of a row on one line, blanks around them left out."""
    if delimiter is None:
        return line.split()
    if delimiter == WHOLE_LINE:
        text = line.strip()
        return [text[1:-1].replace('""', '"') if _QUOTED_LINE.fullmatch(text) else text]
    if '"' in line:
        return [
            field.strip() for field in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        ]
    return [field.strip() for field in line.split(delimiter)]


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
