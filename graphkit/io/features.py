"""Features of nodes: numbers that a method takes beside the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.arrow_numbers import from_arrow
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import STRING, NodeIndex, coerce_ids
from graphkit.io.decimals import NUMBER, with_points
from graphkit.io.node_lists import read_npy, text_ids
from graphkit.io.opening import Source
from graphkit.io.text_table import Note, TextTable, read_text_table


def read_features(
    path: PathLike, node_ids: NodeIds, *, delimiter: str | None = None, note: Note | None = None
) -> NDArray[np.float32]:
    r"""Read one row of numbers a node.

    Parameters
    ----------
    path
        CSV, other text, Parquet or Arrow IPC: the node id in the first column, numbers in all others, in
        any order of rows; or ``.npy``: row i belongs to node_ids[i].
    node_ids
        The graph's node ids, [num_nodes].
    delimiter
        The character between columns of a text file, a space for blanks; None finds out: the one that
        divides all rows, so that most begin with a node.
    note
        Is told what was understood, a line each time: delimiter, header, comments passed over.

    Returns
    -------
    float32 [num_nodes, num_features]
        In the order of `node_ids`.

    Raises
    ------
    InputError
        For a node without a row or with two, an unknown node, or anything that is no finite number.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "ages.csv"
    >>> _ = path.write_text("id,age\nbob,30\nann,40\n")
    >>> read_features(path, np.array(["ann", "bob"])).tolist()
    [[40.0], [30.0]]
    """
    index = NodeIndex(coerce_ids(node_ids))
    source = Source(path)
    if source.head.startswith(b"\x93NUMPY"):
        return _from_npy(source, len(index.node_ids))
    if source.head.startswith((b"PAR1", b"ARROW1")):
        ids, values = _from_arrow(source)
    else:
        ids, values = _from_text(read_text_table(source, delimiter, index=index), index, note)
    return _in_order(_finite(values, source), ids, index, source)


def _in_order(
    values: NDArray[np.float32], ids: NodeIds, index: NodeIndex, source: Source
) -> NDArray[np.float32]:
    """The rows in the order of the graph's nodes."""
    rows = index.find(ids)
    if (rows < 0).any():
        raise InputError(str(index.unknown(ids[rows < 0][:1].tolist()[0])), source.name)
    counts = np.bincount(rows, minlength=len(index.node_ids))
    if (counts != 1).any():
        place = int(np.argmax(counts != 1))
        found = "no row" if counts[place] == 0 else f"{counts[place]} rows"
        node_id = index.node_ids[place : place + 1].tolist()[0]
        raise InputError(f"the node {node_id!r} has {found}, expected one", source.name)
    ordered = np.empty_like(values)
    ordered[rows] = values
    return ordered


def _finite(values: NDArray[Any], source: Source) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        checked = values.astype(np.float32)
    if not np.isfinite(checked).all():
        row, column = np.argwhere(~np.isfinite(checked))[0]
        raise InputError(
            f"row {row}, column {column} (counted from 0): {values[row, column]} is no finite float32 number",
            source.name,
        )
    return checked


def _from_npy(source: Source, num_nodes: int) -> NDArray[np.float32]:
    values = read_npy(source)
    if values.ndim != 2 or values.shape[0] != num_nodes or values.dtype.kind not in "fiub":
        raise InputError(
            f"expected numbers [{num_nodes}, features], one row a node of the graph, got {values.dtype} "
            f"{list(values.shape)}",
            source.name,
        )
    return _finite(values, source)


def _from_text(table: TextTable, index: NodeIndex, note: Note | None) -> tuple[NodeIds, NDArray[np.float64]]:
    table.tell(note)
    width = len(table.rows[0]) if table.rows else 0
    if width < 2:
        raise InputError("expected a node id and at least one number a row", table.name)
    for row, fields in enumerate(table.rows):
        if len(fields) != width:
            raise table.fault(row, f"expected {width} columns, found {len(fields)}")
    texts = [fields[0] for fields in table.rows]
    ids = np.array(texts, STRING) if index.node_ids.dtype == STRING else text_ids(texts, table.fault)
    return ids, np.stack([_column(table, place) for place in range(1, width)], axis=1)


def _column(table: TextTable, place: int) -> NDArray[np.float64]:
    """A column of numbers, with a decimal point or comma."""
    texts = [fields[place] for fields in table.rows]
    for row, text in enumerate(plain := with_points(texts) or texts):
        if not NUMBER.fullmatch(text):
            raise table.fault(row, f"expected a number in column {place + 1}, got {text!r}")
    return np.array([float(text) for text in plain])


def _from_arrow(source: Source) -> tuple[NodeIds, NDArray[Any]]:
    import pyarrow as pa

    from graphkit.io.arrow_tables import id_column, in_arrow_words, read_table

    table = read_table(source)
    if table.num_columns < 2:
        raise InputError("expected a column of node ids and at least one of numbers", source.name)
    ids = id_column(table.column(0), source.name, "node")
    with in_arrow_words(source.name):
        columns = [
            from_arrow(table.column(place).cast(pa.float64())) for place in range(1, table.num_columns)
        ]
    return ids if isinstance(ids, np.ndarray) else coerce_ids(ids.to_pylist()), np.stack(columns, axis=1)
