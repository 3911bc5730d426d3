"""Attributes of nodes: columns of numbers or words that are shown beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import STRING, NodeIndex, coerce_ids
from graphkit.io.decimals import NUMBER, with_points
from graphkit.io.node_lists import text_ids
from graphkit.io.opening import Source
from graphkit.io.rows import PLAIN_INTEGER
from graphkit.io.text_table import Note, TextTable, read_text_table

if TYPE_CHECKING:
    import pyarrow

_Fault = Callable[[int, str], InputError]

_FLOAT64_WHOLE = 2**53
"""Up to so much float64 holds every whole number."""


class Attributes(NamedTuple):
    """Columns of a table in the order of the nodes, and how many of its rows were of no known node."""

    columns: dict[str, NDArray[Any]]
    num_unknown: int


def read_attributes(
    path: PathLike, node_ids: NodeIds, *, delimiter: str | None = None, note: Note | None = None
) -> Attributes:
    r"""Read a table of nodes.

    Parameters
    ----------
    path
        CSV, other text, Parquet or Arrow IPC: the node id in the first column, in any order of rows. Rows of
        other nodes are left out.
    node_ids
        The nodes, [num_nodes].
    delimiter
        The character between columns of a text file, a space for blanks; None finds out: the one that
        divides all rows, so that most begin with a node.
    note
        Is told what was understood, a line each time: delimiter, header, comments passed over.

    Returns
    -------
    columns, num_unknown
        Columns under their names, without names ``column 2`` and so on, those of a name that is taken as
        ``NAME (2)``: int64, float64 with NaN for what is
        missing, or strings, "" for what is missing; each [num_nodes].

    Raises
    ------
    InputError
        For a node with two rows, no known node at all, rows of different lengths, or no second column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.csv"
    >>> _ = path.write_text("id,age,town\nbob,30,Rome\nann,40,\neve,20,Oslo\n")
    >>> found = read_attributes(path, np.array(["ann", "bob"]))
    >>> found.columns["age"].tolist(), found.columns["town"].tolist(), found.num_unknown
    ([40, 30], ['', 'Rome'], 1)
    """
    index = NodeIndex(coerce_ids(node_ids))
    source = Source(path)
    is_arrow = source.head.startswith((b"PAR1", b"ARROW1"))
    ids, columns, fault = (
        _from_arrow(source)
        if is_arrow
        else _from_text(read_text_table(source, delimiter, index=index), index, note)
    )
    if not columns:
        raise InputError("expected a column of node ids and at least one more", source.name)
    rows = index.find(ids)
    known = rows >= 0
    if len(rows) and not known.any():
        raise InputError(f"no row is of a known node: {index.unknown(_first(ids))}", source.name)
    places, counts = np.unique(rows[known], return_counts=True)
    if (counts > 1).any():
        twice = np.flatnonzero(rows == places[counts > 1][0])
        raise fault(int(twice[1]), f"the node {_first(ids[twice[1:]])!r} has a row already")
    found = {name: _in_order(values, rows, len(index.node_ids)) for name, values in columns.items()}
    return Attributes(found, int((~known).sum()))


def _in_order(values: NDArray[Any], rows: NDArray[np.int64], num_nodes: int) -> NDArray[Any]:
    """Values at the places of their nodes; whole numbers stay so if none is missing."""
    known, is_whole = rows >= 0, values.dtype.kind in "iu"
    if is_whole and known.sum() < num_nodes:
        low, high = int(values.min(initial=0)), int(values.max(initial=0))
        values = values.astype(_whole_type(low, high, has_missing=True) or STRING)
    blank = np.nan if values.dtype.kind == "f" else "" if values.dtype == STRING else values.dtype.type(0)
    ordered = np.full(num_nodes, blank, values.dtype)
    ordered[rows[known]] = values[known]
    return ordered


def _from_text(
    table: TextTable, index: NodeIndex, note: Note | None
) -> tuple[NodeIds, dict[str, NDArray[Any]], _Fault]:
    table.tell(note)
    width = len(table.header or table.rows[0])
    for row, fields in enumerate(table.rows):
        if len(fields) != width:
            raise table.fault(row, f"expected {width} columns, found {len(fields)}")
    names = _distinct(table.header or [f"column {place + 1}" for place in range(width)])
    texts = [fields[0] for fields in table.rows]
    ids = np.array(texts, STRING) if index.node_ids.dtype == STRING else text_ids(texts, table.fault)
    columns = {names[place]: _typed([fields[place] for fields in table.rows]) for place in range(1, width)}
    return ids, columns, table.fault


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns, those of a name that is taken with a number; the column of ids does not count.

    Examples
    --------
    >>> _distinct(["id", "age", "age", "age (2)", "id"])
    ['id', 'age', 'age (2)', 'age (2) (2)', 'id']
    """
    found = list(names[:1])
    for name in names[1:]:
        number, free = 2, name
        while free in found[1:]:
            number, free = number + 1, f"{name} ({number})"
        found.append(free)
    return found


def _typed(texts: Sequence[str]) -> NDArray[Any]:
    """A column of text as whole numbers, as numbers, with a decimal point or comma, or as it is."""
    texts = with_points(texts) or texts
    held = [text for text in texts if text]
    if held and all(PLAIN_INTEGER.fullmatch(text) for text in held):
        return _whole_numbers(texts)
    if held and all(NUMBER.fullmatch(text) for text in held):
        return np.array([float(text or "nan") for text in texts])
    return np.array(texts, STRING)


def _whole_numbers(texts: Sequence[str]) -> NDArray[Any]:
    """Whole numbers in the first type that holds all of them; "" is a missing one."""
    numbers = [int(text) for text in texts if text]
    holding = _whole_type(min(numbers), max(numbers), has_missing=len(numbers) < len(texts))
    if holding is None:
        return np.array(texts, STRING)
    if holding == np.float64:
        return np.array([float(text or "nan") for text in texts])
    return np.array(numbers, holding)


def _whole_type(low: int, high: int, *, has_missing: bool) -> Any:
    """The first type that holds whole numbers from `low` to `high`; float64 for those beyond 64 bits.

    None, for strings, if some are missing and float64, the only one with a place for that, would round.
    """
    for kind in (np.int64, np.uint64):
        if np.iinfo(kind).min <= low <= high <= np.iinfo(kind).max:
            is_exact = max(-low, high) <= _FLOAT64_WHOLE
            return kind if not has_missing else np.float64 if is_exact else None
    return np.float64


def _from_arrow(source: Source) -> tuple[NodeIds, dict[str, NDArray[Any]], _Fault]:
    from graphkit.io.arrow_tables import id_column, read_table

    table = read_table(source)
    ids = id_column(table.column(0), source.name, "node")
    names = _distinct(table.column_names)
    columns = {name: column_values(table.column(place)) for place, name in enumerate(names) if place}
    return (
        ids if isinstance(ids, np.ndarray) else coerce_ids(ids.to_pylist()),
        columns,
        lambda row, message: InputError(f"row {row} (counted from 0): {message}", source.name),
    )


def column_values(column: pyarrow.ChunkedArray) -> NDArray[Any]:
    """Return an Arrow column as whole numbers, as float64 with NaN for null, or as strings with "" for null.

    Whole numbers are int64, or uint64 beyond; what neither holds, nor float64 beside a null, is strings.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind):
        low, high = (value or 0 for value in pc.min_max(column).as_py().values())
        holding = _whole_type(low, high, has_missing=column.null_count > 0)
        if holding is not None:
            whole: NDArray[Any] = from_arrow(column.cast(pa.from_numpy_dtype(holding)))
            return whole
    elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers: NDArray[Any] = from_arrow(column.cast(pa.float64()))
        return numbers
    return np.array(["" if value is None else str(value) for value in column.to_pylist()], STRING)


def _first(ids: NodeIds) -> Any:
    return ids[:1].tolist()[0]
