"""MapFrame in Parquet: ``id``, ``x``, ``y`` and maybe ``z``, its columns, and ``neighbors``.

``neighbors`` holds ``{ids: [row, …], distances: [number, …]}`` with rows counted from 0, as Embedding Atlas
reads it: ``embedding-atlas map.parquet --x x --y y --neighbors neighbors``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike, atomic_write, check_path
from graphkit.graph.node_ids import STRING
from graphkit.io.attributes import column_values
from graphkit.io.vectors_ids import ids_to_arrow

if TYPE_CHECKING:
    import pyarrow

    from graphkit.maps.frame import MapFrame

AXES = ("x", "y", "z")
RESERVED = ("id", *AXES, "neighbors")


def write_frame(frame: MapFrame, path: PathLike, *, overwrite: bool) -> None:
    """Write a map as Parquet; see `MapFrame.save`."""
    import pyarrow as pa
    from pyarrow import parquet

    taken = [name for name in frame.columns if name in RESERVED]
    if taken:
        raise InputError(
            f"the column {taken[0]!r} has a name that the file needs itself: {', '.join(RESERVED)}"
        )
    columns: dict[str, Any] = {"id": ids_to_arrow(frame.node_ids)}
    columns.update(zip(AXES, (pa.array(axis) for axis in frame.positions.T), strict=False))
    for name, values in frame.columns.items():
        columns[name] = (
            pa.array([value or None for value in values.tolist()], pa.string())
            if (values.dtype == STRING)
            else pa.array(values, from_pandas=True)
        )
    if frame.neighbors is not None:
        columns["neighbors"] = _neighbors(frame.neighbors, frame.distances)
    with atomic_write(path, overwrite=overwrite) as file:
        parquet.write_table(pa.table(columns), file, compression="zstd")


def is_frame(path: PathLike) -> bool:
    """Whether a Parquet file has the columns of a map."""
    return {"id", "x", "y"} <= set(_opened(path).schema_arrow.names)


def read_frame(path: PathLike) -> dict[str, Any]:
    """Return what `MapFrame` takes, read from a file that `write_frame` wrote, or one like it."""
    check_path(path)
    table = _read(path)
    names = table.column_names
    if not {"id", "x", "y"} <= set(names):
        raise InputError(f"expected the columns id, x and y, found {', '.join(names)}", path=path)
    found = {
        "node_ids": table["id"].to_pylist(),
        "positions": _positions([table[axis] for axis in AXES if axis in names]),
        "columns": {name: column_values(table[name]) for name in names if name not in RESERVED},
    }
    if "neighbors" in names:
        found["neighbors"], found["distances"] = _from_neighbors(table["neighbors"], path)
    return found


def _positions(axes: list[pyarrow.ChunkedArray]) -> NDArray[Any]:
    """Coordinates as exactly as the file has them: float32 if it has all so, else float64."""
    positions = np.stack([column_values(axis) for axis in axes], axis=1)
    return positions.astype(np.float32) if {str(axis.type) for axis in axes} == {"float"} else positions


def _read(path: PathLike) -> pyarrow.Table:
    """The whole file, its content checked."""
    import pyarrow as pa

    file = _opened(path)
    try:
        table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"not a Parquet file that can be read: {error}", path=path) from error
    return table


def _opened(path: PathLike) -> Any:
    """A Parquet file, or `InputError`."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except FileNotFoundError:
        raise InputError("no such file", path=path) from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"not a Parquet file that can be read: {error}", path=path) from error


def _neighbors(rows: NDArray[np.int32], distances: NDArray[np.float32] | None) -> pyarrow.Array:
    import pyarrow as pa

    held = rows >= 0
    ends = np.concatenate([[0], np.cumsum(held.sum(axis=1))]).astype(np.int32)
    parts = {"ids": pa.ListArray.from_arrays(pa.array(ends), pa.array(rows[held]))}
    if distances is not None:
        parts["distances"] = pa.ListArray.from_arrays(pa.array(ends), pa.array(distances[held]))
    return pa.StructArray.from_arrays(list(parts.values()), names=list(parts))


def _from_neighbors(
    column: pyarrow.ChunkedArray, path: PathLike
) -> tuple[NDArray[np.int32], NDArray[np.float32] | None]:
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [field.name for field in column.type] if pa.types.is_struct(column.type) else []
    if "ids" not in names:
        raise InputError("the column neighbors must hold ids, rows counted from 0", path=path)
    lengths, ids = _lists(pc.struct_field(column, "ids"), pa.int32(), path)
    held = np.arange(lengths.max(initial=0)) < lengths[:, None]
    rows = np.full(held.shape, -1, np.int32)
    rows[held] = ids
    if "distances" not in names:
        return rows, None
    lengths_too, values = _lists(pc.struct_field(column, "distances"), pa.float32(), path)
    if not np.array_equal(lengths, lengths_too):
        raise InputError("the column neighbors must hold a distance for each of its ids", path=path)
    distances = np.zeros(held.shape, np.float32)
    distances[held] = values
    return rows, distances


def _lists(
    column: pyarrow.ChunkedArray, kind: pyarrow.DataType, path: PathLike
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """How many numbers each list has, none where it is missing, and all of them one behind the other."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        lists = column.cast(pa.list_(kind))
        lengths, values = pc.list_value_length(lists).fill_null(0), pc.list_flatten(lists)
    except pa.ArrowException as error:
        raise InputError(f"the column neighbors must hold lists of numbers: {error}", path=path) from error
    if values.null_count:
        raise InputError("the column neighbors has lists with missing numbers", path=path)
    return lengths.to_numpy().astype(np.int64), values.to_numpy()
