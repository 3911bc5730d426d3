"""Files of the nodes of the highest scores: a row a pair, ``source, node, score``, best first."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike, atomic_write, check_path
from graphkit.io.vectors_ids import ids_to_text
from graphkit.io.vectors_table import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow

    from graphkit.pagerank.top_nodes import TopNodes

SEPARATORS = {".csv": ",", ".tsv": "\t"}

SUFFIXES = (".parquet", *SEPARATORS)

COLUMNS = ("source", "node", "score")

_CHUNK_PAIRS = 1 << 20


def top_nodes_suffix(path: PathLike) -> str:
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


def write_top_nodes(path: PathLike, top: TopNodes, *, overwrite: bool = True) -> None:
    """Write a result in the format of the path's suffix; see `TopNodes.save`."""
    suffix = top_nodes_suffix(path)
    with atomic_write(path, overwrite=overwrite) as file:
        if suffix == ".parquet":
            _write_parquet(file, top)
        else:
            write_top_lines(file, top, SEPARATORS[suffix])


def write_top_lines(file: IO[bytes], top: TopNodes, separator: str) -> None:
    """Write a header and a line a pair to an open file; if an id needs quotes (RFC 4180), all have them."""
    from pyarrow import csv

    is_plain = all(quoted(text, separator) == text for text in ids_to_text(top.node_ids))
    style = "none" if is_plain else "needed"
    # Arrow's own header would stand in quotes.
    options = csv.WriteOptions(include_header=False, delimiter=separator, quoting_style=style)
    file.write(separator.join(COLUMNS).encode() + b"\n")
    _write(lambda schema: csv.CSVWriter(file, schema, write_options=options), top)


def _write_parquet(file: IO[bytes], top: TopNodes) -> None:
    from pyarrow import parquet

    # Hardly two scores are the same; ids are, many times.
    options: dict[str, Any] = {"compression": "zstd", "use_dictionary": ["source", "node"]}
    _write(lambda schema: parquet.ParquetWriter(file, schema, **options), top)


def _write(writer_for: Any, top: TopNodes) -> None:
    chunks = _chunks(top)
    first = next(chunks)
    with writer_for(first.schema) as writer:
        writer.write_table(first)
        for chunk in chunks:
            writer.write_table(chunk)


def _chunks(top: TopNodes) -> Iterator[pyarrow.Table]:
    """Tables of about a million pairs; one without rows for no sources."""
    step = max(1, _CHUNK_PAIRS // top.rows.shape[1])
    for start in range(0, max(len(top), 1), step):
        yield top.to_arrow(start, start + step)
