"""Vectors as a table in text, ``.csv`` or ``.tsv``: a header ``id, v0, v1, …`` and a row a node."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import InputError
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.io.decimals import has_comma, is_number
from graphkit.io.headers import has_header
from graphkit.io.vectors_ids import ids_from_text, ids_to_text
from graphkit.io.vectors_rows import RowLayout, read_rows, write_rows

_SEPARATORS = {".csv": ",", ".tsv": "\t"}

_SAMPLE = 200


def write_table(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write ids and vectors, ids quoted where they need it; `info` has no place in it."""
    del info
    separator = _separator(path)
    header = separator.join(["id", *(f"v{i}" for i in range(vectors.shape[1]))])
    with atomic_write(path, overwrite=overwrite) as file:
        file.write(f"{header}\n".encode())
        write_rows(file, [quoted(text, separator) for text in ids_to_text(node_ids)], vectors, separator)


def read_table(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read ids from the first column and numbers from the others.

    The first row is a header unless its cells are numbers. In a ``.csv`` columns may also be separated by
    semicolons, and numbers then have a decimal comma.
    """
    separator = _separator(path)
    rows = _first_rows(path, separator)
    if separator == "," and _has_semicolons(in_two := _first_rows(path, ";")):
        separator, rows = ";", in_two
    if not rows or len(rows[0]) < 2:
        raise InputError("expected a column of ids and columns of numbers", path=path, line=1)
    cells = [cell for row in rows[1:] or rows for cell in row[1:]]
    layout = RowLayout(
        len(rows[0]) - 1,
        separator,
        quoted=True,
        skip=int(has_header(rows)),
        decimal="," if separator == ";" and any(map(has_comma, cells)) else ".",
    )
    texts, vectors = read_rows(path, layout)
    return ids_from_text(texts), vectors, "{}"


def _first_rows(path: PathLike, separator: str) -> list[list[str]]:
    with Path(path).open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(itertools.islice(csv.reader(file, delimiter=separator), _SAMPLE))


def _has_semicolons(rows: list[list[str]]) -> bool:
    """Whether rows cut at semicolons are an id and numbers, the first row being a header or not."""
    return all(len(row) > 1 for row in rows) and all(is_number(cell) for row in rows[1:] for cell in row[1:])


def quoted(text: str, separator: str) -> str:
    """An id in double quotes if it needs them (RFC 4180)."""
    if not any(character in text for character in (separator, '"', "\r", "\n")):
        return text
    return '"' + text.replace('"', '""') + '"'


def _separator(path: PathLike) -> str:
    return _SEPARATORS[Path(path).suffix.lower()]
