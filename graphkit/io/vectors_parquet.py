"""Vectors in Parquet: a column ``id`` (int64 or string) and a column ``vector`` (float32 [dim]).

How they were made stands as JSON under ``graphkit`` in the file's metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow, to_arrow
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.io.vectors_ids import ids_to_arrow
from graphkit.io.vectors_numpy import as_numbers

if TYPE_CHECKING:
    import pyarrow

METADATA_KEY = b"graphkit"


def to_table(node_ids: NodeIds, vectors: Vectors) -> pyarrow.Table:
    """Return an Arrow table with the columns ``id`` and ``vector``; the vectors are not copied."""
    import pyarrow as pa

    values = to_arrow(np.ascontiguousarray(vectors).reshape(-1))
    lists = pa.FixedSizeListArray.from_arrays(values, vectors.shape[1])
    return pa.table({"id": ids_to_arrow(node_ids), "vector": lists})


def write_parquet(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write ids, vectors and `info`."""
    from pyarrow import parquet

    table = to_table(node_ids, vectors).replace_schema_metadata({METADATA_KEY: info})
    with atomic_write(path, overwrite=overwrite) as file:
        # Hardly two numbers are the same: looking for repetitions costs time and saves nothing.
        parquet.write_table(table, file, use_dictionary=False, compression="zstd")


def read_parquet(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read ids, vectors and, if it is there, `info`; lists of one length do as well as arrays."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # A path could be taken for a folder of parts.
        table = parquet.ParquetFile(path).read()
        table.validate(full=True)
        info = (table.schema.metadata or {}).get(METADATA_KEY, b"{}").decode()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"not a Parquet file that can be read: {error}", path=path) from error
    if not {"id", "vector"} <= set(table.column_names):
        raise InputError(
            f"expected the columns 'id' and 'vector', found {', '.join(table.column_names)}", path=path
        )
    return _ids(table["id"]), _matrix(table["vector"], path), info


def _ids(column: pyarrow.ChunkedArray) -> NodeIds:
    import pyarrow as pa

    if pa.types.is_integer(column.type) and not column.null_count:
        ids: NodeIds = from_arrow(column)
        return ids
    return np.array(column.to_pylist(), dtype=object)


def _matrix(column: pyarrow.ChunkedArray, path: PathLike) -> Vectors:
    """A column of lists as an array [num_nodes, dim]."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, dim = column.type, 0
    if pa.types.is_fixed_size_list(kind):
        dim = kind.list_size
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        lengths = pc.unique(pc.list_value_length(column)).to_pylist()
        dim = lengths[0] if len(lengths) == 1 else 0
    if not dim or column.null_count or not pa.types.is_floating(kind.value_type):
        raise InputError(
            f"the column 'vector' must hold numbers, equally many a row, found {kind}", path=path
        )
    values = from_arrow(pc.list_flatten(column))
    return as_numbers(values.reshape(len(column), dim), path)
