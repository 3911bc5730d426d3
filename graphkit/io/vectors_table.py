"""Vectors as a table in text, ``.csv`` or ``.tsv``: a header ``id, v0, v1, …`` and a row a node."""

from __future__ import annotations

import csv
from pathlib import Path

from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import InputError
from graphkit.files import PathLike, atomic_write
from graphkit.io.vectors_ids import ids_from_text, ids_to_text
from graphkit.io.vectors_rows import RowLayout, read_rows, write_rows

_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def write_table(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write ids and vectors, ids quoted where they need it; `info` has no place in it."""
    del info
    separator = _separator(path)
    header = separator.join(["id", *(f"v{i}" for i in range(vectors.shape[1]))])
    with atomic_write(path, overwrite=overwrite) as file:
        file.write(f"{header}\n".encode())
        write_rows(file, [quoted(text, separator) for text in ids_to_text(node_ids)], vectors, separator)


def read_table(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read ids from the first column and numbers from the others."""
    separator = _separator(path)
    with Path(path).open(encoding="utf-8", errors="replace", newline="") as file:
        header = next(csv.reader(file, delimiter=separator), [])
    if len(header) < 2:
        raise InputError("expected a header with a column of ids and columns of numbers", path=path, line=1)
    texts, vectors = read_rows(path, RowLayout(len(header) - 1, separator, quoted=True))
    return ids_from_text(texts), vectors, "{}"


def quoted(text: str, separator: str) -> str:
    """An id in double quotes if it needs them (RFC 4180)."""
    if not any(character in text for character in (separator, '"', "\r", "\n")):
        return text
    return '"' + text.replace('"', '""') + '"'


def _separator(path: PathLike) -> str:
    return _SEPARATORS[Path(path).suffix.lower()]
