"""Tables of edges: Parquet, Arrow IPC (Feather), and tables in memory that speak Arrow."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.graph.relabel import IdColumn
from graphkit.io import columns as names_of
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.weights import as_float32

if TYPE_CHECKING:
    import pyarrow

_ROW = "row {} (counted from 0)"


def read_parquet(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a Parquet file of edges, the columns needed only."""
    import pyarrow.parquet

    with source.seekable() as stream, in_arrow_words(source.name):
        file = pyarrow.parquet.ParquetFile(stream)
        ends, weight = choose(file.schema_arrow, options, source.name)
        names = file.schema_arrow.names
        table = file.read([names[column] for column in _needed(ends, weight)])
        table.validate(full=True)
    return _edge_table(table, "Parquet", names, ends, weight, source.name)


def parquet_pieces(source: Source, options: ReadOptions, rows: int) -> list[tuple[list[int], int]]:
    """Return (row groups, first row) of pieces of at least `rows` rows, but for the last."""
    import pyarrow.parquet

    with source.seekable() as stream, in_arrow_words(source.name):
        file = pyarrow.parquet.ParquetFile(stream)
        choose(file.schema_arrow, options, source.name)
        pieces: list[tuple[list[int], int]] = []
        before = room = 0
        for group in range(file.num_row_groups):
            if room <= 0:
                pieces.append(([], before))
                room = rows
            pieces[-1][0].append(group)
            before += file.metadata.row_group(group).num_rows
            room -= file.metadata.row_group(group).num_rows
    return pieces or [([], 0)]


def parquet_blocks(
    source: Source, options: ReadOptions, groups: list[int], first_row: int, rows: int
) -> Iterator[EdgeTable]:
    """Yield the edges of some row groups, `rows` rows at a time; `first_row` is that of the first group.

    Of groups without rows there is one block, without edges.
    """
    import pyarrow as pa
    import pyarrow.parquet

    with source.seekable() as stream, in_arrow_words(source.name):
        file = pyarrow.parquet.ParquetFile(stream)
        ends, weight = choose(file.schema_arrow, options, source.name)
        names = file.schema_arrow.names
        columns = [names[column] for column in _needed(ends, weight)]
        num_rows = sum(file.metadata.row_group(group).num_rows for group in groups)
        batches = file.iter_batches(rows, row_groups=groups, columns=columns) if num_rows else [None]
        for batch in batches:
            table = file.schema_arrow.empty_table() if batch is None else pa.Table.from_batches([batch])
            table.validate(full=True)
            yield _edge_table(table, "Parquet", names, ends, weight, source.name, first_row)
            first_row += len(table)


def read_feather(source: Source, options: ReadOptions) -> EdgeTable:
    """Read an Arrow IPC file (Feather 2) of edges, the columns needed only."""
    import pyarrow as pa

    with source.seekable() as stream, in_arrow_words(source.name):
        schema = pa.ipc.open_file(stream).schema
        ends, weight = choose(schema, options, source.name)
        wanted = pa.ipc.IpcReadOptions(included_fields=_needed(ends, weight))
        table = pa.ipc.open_file(stream, options=wanted).read_all()
        # Offsets may lead out of the file's buffers, text be no UTF-8: nothing else would look.
        table.validate(full=True)
    return _edge_table(table, "Arrow IPC", schema.names, ends, weight, source.name)


def read_table(source: Source) -> pyarrow.Table:
    """Read a whole Parquet or Arrow IPC file."""
    import pyarrow as pa
    import pyarrow.parquet

    with source.seekable() as stream, in_arrow_words(source.name):
        is_parquet = source.head.startswith(b"PAR1")
        table = pyarrow.parquet.read_table(stream) if is_parquet else pa.ipc.open_file(stream).read_all()
        table.validate(full=True)
        # Names that are not UTF-8 show only when they are looked at.
        _ = table.column_names
    return table


def from_table(table: pyarrow.Table, options: ReadOptions, description: str) -> EdgeTable:
    """Take edges from a table in memory."""
    names = table.column_names
    ends, weight = choose(table.schema, options, None)
    chosen = table.select([names[column] for column in _needed(ends, weight)])
    return _edge_table(chosen, description, names, ends, weight, None)


def choose(
    schema: pyarrow.Schema, options: ReadOptions, name: str | None
) -> tuple[tuple[int, int], int | None]:
    """Return the columns (source, target), weight, counted from 0."""
    names = schema.names
    if len(set(names)) < len(names):
        raise InputError(f"two columns have the same name; there are: {', '.join(names)}", name)
    try:
        ends = names_of.find_ends(names, options.columns, len(names))
        if options.weights is None:
            return ends, None
        if options.weights != "auto":
            return ends, names_of.find_column(names, options.weights, len(names), "weights")
    except InputError as error:
        raise InputError(error.message, name) from None
    weight = names_of.usual_weight(names)
    if weight is None and len(names) == 3 and set(ends) == {0, 1} and names_of.may_be_weight(names[2]):
        weight = 2
    if weight is None or weight in ends or not _is_number(schema.types[weight]):
        return ends, None
    return ends, weight


@contextlib.contextmanager
def in_arrow_words(name: str) -> Iterator[None]:
    """Turn what PyArrow raises into `InputError`."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", name) from None


def id_column(column: pyarrow.ChunkedArray, name: str | None, title: str, first_row: int = 0) -> IdColumn:
    """Return a column of ids as int64 or as strings, refusing missing values and other types.

    `first_row` is what its first row counts as in messages.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        raise InputError(
            f"{_ROW.format(first_row + _first_null(column))}: the {title} id is missing; leave such rows out",
            name,
        )
    if _is_string(column.type):
        return column.cast(pa.large_string())
    if not pa.types.is_integer(column.type):
        raise InputError(
            f"the {title} ids must be whole numbers or strings, found {column.type}; cast them, for instance "
            "by .astype('int64'), where rows without an id are left out",
            name,
        )
    try:
        numbers: NDArray[np.int64] = from_arrow(column.cast(pa.int64()))
    except pa.ArrowInvalid as error:
        raise InputError(f"the {title} ids must fit into 64 bits: {error}", name) from None
    return numbers


def _edge_table(
    table: pyarrow.Table,
    description: str,
    names: Sequence[str],
    ends: tuple[int, int],
    weight: int | None,
    name: str | None,
    first_row: int = 0,
) -> EdgeTable:
    source, target = (
        id_column(table.column(names[end]), name, title, first_row)
        for end, title in zip(ends, ("source", "target"), strict=True)
    )
    remarks = [f"columns: {names[ends[0]]!r} to {names[ends[1]]!r}"]
    if weight is not None:
        remarks.append(f"weight: column {names[weight]!r}")
    unused = [repr(column) for place, column in enumerate(names) if place not in (*ends, weight)]
    if unused:
        remarks.append(f"columns not used: {', '.join(unused)}")
    return EdgeTable(
        source,
        target,
        None if weight is None else _weight_column(table.column(names[weight]), name),
        end_names=(names[ends[0]], names[ends[1]]),
        description=description,
        remarks=remarks,
        fault=lambda position, message: row_fault(first_row + position, message, name),
    )


def row_fault(row: int, message: str, name: str | None) -> InputError:
    """Return the error for a row of a file."""
    return InputError(f"{_ROW.format(row)}: {message}", name)


def _weight_column(column: pyarrow.ChunkedArray, name: str | None) -> NDArray[Any]:
    """The weights, NaN where they are missing."""
    import pyarrow as pa

    if not _is_number(column.type):
        raise InputError(f"weights must be numbers, found {column.type}", name)
    return as_float32(from_arrow(column.cast(pa.float64())))


def _needed(ends: tuple[int, int], weight: int | None) -> list[int]:
    return [*ends] if weight is None else [*ends, weight]


def _first_null(column: pyarrow.ChunkedArray) -> int:
    import pyarrow.compute as pc

    return int(pc.index(column.is_null(), True).as_py())


def _is_string(type_: pyarrow.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_)
    )


def _is_number(type_: pyarrow.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(type_) or pa.types.is_integer(type_) or pa.types.is_decimal(type_))
