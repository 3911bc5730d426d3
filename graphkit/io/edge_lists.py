"""Files of edges: a row an edge, ``source, target`` and, with weights, ``weight``."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from graphkit.errors import ParameterError
from graphkit.files.arrow_numbers import to_arrow
from graphkit.files.atomic import PathLike, atomic_write, check_path
from graphkit.io.vectors_ids import ids_to_arrow, ids_to_text
from graphkit.io.vectors_table import quoted

if TYPE_CHECKING:
    import pyarrow

    from graphkit.graph.graph import Graph

SEPARATORS = {".csv": ",", ".tsv": "\t"}

SUFFIXES = (".parquet", *SEPARATORS)


def edges_suffix(path: PathLike) -> str:
    """Return which of `SUFFIXES` a path ends in; "" for one without a suffix, a folder.

    Raises
    ------
    ParameterError
        If it ends in another.
    """
    check_path(path)
    suffix = Path(f"_{Path(path).name}").suffix.lower()
    if suffix not in ("", *SUFFIXES):
        raise ParameterError(
            f"{path}: no format for edges has the suffix {suffix!r}; use {', '.join(SUFFIXES)}, or none for "
            "a saved graph"
        )
    return suffix


def write_edges(path: PathLike, graph: Graph, *, overwrite: bool = True) -> None:
    """Write a graph in the format of the path's suffix, without one as a saved graph.

    In a file each undirected edge stands once, and nodes without edges do not.

    Raises
    ------
    ParameterError
        For another suffix.
    InputError
        For a target that cannot be written.
    RunError
        If the disk is full.
    """
    suffix = edges_suffix(path)
    if not suffix:
        graph.save(path, overwrite=overwrite)
        return
    with atomic_write(path, overwrite=overwrite) as file:
        if suffix == ".parquet":
            from pyarrow import parquet

            parquet.write_table(edge_table(graph), file, compression="zstd")
        else:
            write_edge_lines(file, graph, SEPARATORS[suffix])


def write_edge_lines(file: IO[bytes], graph: Graph, separator: str) -> None:
    """Write a header and a line an edge to an open file; if an id needs quotes (RFC 4180), all have them."""
    from pyarrow import csv

    table = edge_table(graph)
    is_plain = all(quoted(text, separator) == text for text in ids_to_text(graph.node_ids))
    # Arrow's own header would stand in quotes.
    options = csv.WriteOptions(
        include_header=False, delimiter=separator, quoting_style="none" if is_plain else "needed"
    )
    file.write(separator.join(table.column_names).encode() + b"\n")
    csv.write_csv(table, file, options)


def edge_table(graph: Graph) -> pyarrow.Table:
    """Return the edges as an Arrow table."""
    import pyarrow as pa

    source, target, weights = graph.edge_rows()
    ids = ids_to_arrow(graph.node_ids)
    columns: dict[str, Any] = {
        "source": ids.take(to_arrow(source)),
        "target": ids.take(to_arrow(target)),
    }
    if weights is not None:
        columns["weight"] = to_arrow(weights)
    return pa.table(columns)
