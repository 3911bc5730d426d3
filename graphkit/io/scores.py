"""Tables of node ids with scores: a row a pair of nodes, or a node and a label, best first."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike, atomic_write, check_path
from graphkit.io.vectors_ids import ids_to_text
from graphkit.io.vectors_table import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow

    from graphkit.arrays import NodeIds

SEPARATORS = {".csv": ",", ".tsv": "\t"}

SUFFIXES = (".parquet", *SEPARATORS)


def scores_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in.

    Raises
    ------
    ParameterError
        If it ends in none.
    """
    check_path(path)
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(
            f"{path}: no format for lists of nodes has the suffix {suffix!r}; use {', '.join(SUFFIXES)}"
        )
    return suffix


def write_scores(
    path: PathLike, chunks: Iterable[pyarrow.Table], names: Iterable[NodeIds], *, overwrite: bool = True
) -> None:
    """Write tables of one schema, one behind the other, in the format of the path's suffix.

    Parameters
    ----------
    path
        ``.parquet``, ``.csv`` or ``.tsv``.
    chunks
        The tables, at least one; their columns are ids or labels, and numbers.
    names
        The ids and labels that stand in the tables.
    overwrite
        Whether an existing file is replaced.
    """
    suffix = scores_suffix(path)
    with atomic_write(path, overwrite=overwrite) as file:
        if suffix == ".parquet":
            _write_parquet(file, iter(chunks))
        else:
            write_score_lines(file, chunks, names, SEPARATORS[suffix])


def write_score_lines(
    file: IO[bytes], chunks: Iterable[pyarrow.Table], names: Iterable[NodeIds], separator: str
) -> None:
    """Write a header and a line a row to an open file; if a name needs quotes (RFC 4180), all have them."""
    from pyarrow import csv

    texts = itertools.chain.from_iterable(map(ids_to_text, names))
    is_plain = all(quoted(text, separator) == text for text in texts)
    # Arrow's own header would stand in quotes.
    options = csv.WriteOptions(
        include_header=False, delimiter=separator, quoting_style="none" if is_plain else "needed"
    )
    tables = iter(chunks)
    first = next(tables)
    file.write(separator.join(first.column_names).encode() + b"\n")
    with csv.CSVWriter(file, first.schema, write_options=options) as writer:
        for chunk in itertools.chain([first], tables):
            writer.write_table(chunk)


def _write_parquet(file: IO[bytes], chunks: Iterator[pyarrow.Table]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    first = next(chunks)
    # Hardly two scores are the same; ids are, many times.
    repeating = [field.name for field in first.schema if not pa.types.is_floating(field.type)]
    options: dict[str, Any] = {"compression": "zstd", "use_dictionary": repeating}
    with parquet.ParquetWriter(file, first.schema, **options) as writer:
        for chunk in itertools.chain([first], chunks):
            writer.write_table(chunk)
