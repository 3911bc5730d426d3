"""Labels of nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError, unknown_choice
from graphkit.files import PathLike
from graphkit.io.columns import find_column
from graphkit.io.opening import Source
from graphkit.io.options import Column
from graphkit.io.rows import PLAIN_INTEGER
from graphkit.io.text_table import TextTable, read_text_table
from graphkit.node_ids import STRING, NodeIndex, coerce_ids

if TYPE_CHECKING:
    from scipy.sparse import csr_array

UNKNOWN = ("error", "ignore")

_LABEL_NAMES = (
    "label",
    "labels",
    "class",
    "classes",
    "target",
    "y",
    "category",
    "group",
    "groups",
    "topic",
    "type",
)


def read_labels(
    path: PathLike,
    node_ids: NodeIds,
    *,
    column: Column | None = None,
    delimiter: str | None = None,
    separator: str | None = None,
    unknown: str = "error",
    mat_group: str = "group",
) -> tuple[csr_array, list[str]]:
    r"""Read which labels each node has.

    Parameters
    ----------
    path
        Text or CSV: a node id, then its labels (one row a node, or one a label); Parquet or Arrow IPC;
        or a MATLAB file with a matrix of nodes by groups, whose row i is the node with the id i.
    node_ids
        The graph's node ids, [num_nodes].
    column
        The column of the labels, by name or by number from 1. None takes one with a usual name, else
        all after the first if there is no header, else the second of two.
    delimiter
        The character between columns, a space for blanks; None finds out.
    separator
        The character between several labels within a field; None for a comma, unless that is the
        delimiter.
    unknown
        What to do with a row whose node is not in the graph: ``"error"`` or ``"ignore"``.
    mat_group
        The variable of a MATLAB file that holds the memberships.

    Returns
    -------
    labels
        bool CSR [num_nodes, num_labels]; row i belongs to node_ids[i], and is empty for a node without
        labels.
    label_names
        The name of each column, ascending as numbers if all are, else as text.

    Raises
    ------
    InputError
        Naming the line of a node that is not in the graph, or what is wrong with the file.
    ParameterError
        For an unknown choice.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels.txt"
    >>> _ = path.write_text("ann red\nbob red,blue\n")
    >>> labels, names = read_labels(path, np.array(["bob", "ann", "eve"]))
    >>> names, labels.toarray().tolist()
    (['blue', 'red'], [[True, True], [False, True], [False, False]])
    """
    if unknown not in UNKNOWN:
        raise unknown_choice("unknown", unknown, UNKNOWN)
    index = NodeIndex(coerce_ids(node_ids))
    source = Source(path)
    if source.head.startswith(b"MATLAB") or source.suffix == ".mat":
        return _from_mat(source, mat_group, index, unknown)
    if source.head.startswith((b"PAR1", b"ARROW1")):
        ids, labels, fault = _from_arrow(source, column)
    else:
        ids, labels, fault = _from_text(read_text_table(source, delimiter), column, separator, index)
    rows = _known_rows(ids, index, unknown, fault)
    return _matrix(rows, labels, len(index.node_ids))


def _known_rows(
    ids: list[Any], index: NodeIndex, unknown: str, fault: Callable[[int, str], InputError]
) -> Any:
    """The row of each id, -1 for one to be ignored."""
    rows = index.find(ids)
    missing = np.flatnonzero(rows < 0)
    if missing.size and unknown == "error":
        others = f" (nor {missing.size - 1:,} more)" if missing.size > 1 else ""
        raise fault(
            int(missing[0]),
            f"{index.unknown(ids[missing[0]])}{others}; pass unknown='ignore' to leave such rows out",
        )
    return rows


def _matrix(rows: Any, labels: Sequence[str], num_nodes: int) -> tuple[csr_array, list[str]]:
    """The membership matrix of parallel lists of rows (-1: to be ignored) and labels."""
    from scipy.sparse import csr_array

    names = sorted({label for row, label in zip(rows.tolist(), labels, strict=True) if row >= 0}, key=str)
    if all(PLAIN_INTEGER.fullmatch(name) for name in names):
        names.sort(key=int)
    place = {name: column for column, name in enumerate(names)}
    known = rows >= 0
    columns = np.fromiter((place.get(label, 0) for label in labels), np.int64, len(labels))[known]
    entries = np.ones(len(columns), np.bool_), (rows[known], columns)
    return csr_array(entries, shape=(num_nodes, len(names))), names


def _from_text(
    table: TextTable, column: Column | None, separator: str | None, index: NodeIndex
) -> tuple[list[Any], list[str], Callable[[int, str], InputError]]:
    chosen = _label_columns(table, column)
    if separator is None and table.delimiter != ",":
        separator = ","
    ids: list[Any] = []
    labels: list[str] = []
    origin: list[int] = []
    as_text = index.node_ids.dtype == STRING
    for row, fields in enumerate(table.rows):
        node_id = fields[0] if as_text else _number(table, row)
        for place in chosen if chosen is not None else range(1, len(fields)):
            if place >= len(fields):
                raise table.fault(row, f"expected at least {place + 1} columns, found {len(fields)}")
            parts = fields[place].split(separator) if separator else [fields[place]]
            for label in (part.strip() for part in parts):
                if label:
                    ids.append(node_id)
                    labels.append(label)
                    origin.append(row)
    return ids, labels, lambda place, message: table.fault(origin[place], message)


def _number(table: TextTable, row: int) -> int:
    text = table.rows[row][0]
    if not PLAIN_INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise table.fault(row, f"expected a whole number as node id, as in the graph, got {text!r}")
    return int(text)


def _label_columns(table: TextTable, column: Column | None) -> list[int] | None:
    """The columns of labels, None for all after the first."""
    if column is not None:
        return [table.column(column, "column")]
    if table.header is None:
        if all(len(row) < 2 for row in table.rows):
            raise table.fault(0, f"expected a node id and a label, found one column: {table.rows[0][0]!r}")
        return None
    return [_usual_column(table.header, table.name)]


def _usual_column(names: Sequence[str], name: str) -> int:
    usual = [place for place, title in enumerate(names) if place and title.lower() in _LABEL_NAMES]
    if usual:
        return usual[0]
    if len(names) == 2:
        return 1
    raise InputError(f"which column holds the labels? There are: {', '.join(names)}; pass column=NAME", name)


def _from_arrow(
    source: Source, column: Column | None
) -> tuple[list[Any], list[str], Callable[[int, str], InputError]]:
    from graphkit.io.arrow_tables import id_column, read_table

    table = read_table(source)
    names = table.column_names
    place = (
        _usual_column(names, source.name)
        if column is None
        else find_column(names, column, len(names), "column")
    )
    ids = id_column(table.column(0), source.name, "node")
    pairs = [
        (node_id, str(label), row)
        for row, (node_id, cell) in enumerate(zip(_listed(ids), table.column(place).to_pylist(), strict=True))
        for label in (cell if isinstance(cell, list) else [cell])
        if label is not None
    ]
    return (
        [node_id for node_id, *_ in pairs],
        [label for _, label, _ in pairs],
        lambda position, message: InputError(
            f"row {pairs[position][2]} (counted from 0): {message}", source.name
        ),
    )


def _listed(ids: Any) -> list[Any]:
    return list(ids.tolist() if isinstance(ids, np.ndarray) else ids.to_pylist())


def _from_mat(source: Source, variable: str, index: NodeIndex, unknown: str) -> tuple[csr_array, list[str]]:
    from scipy.sparse import csr_array

    from graphkit.io.mat import read_variable

    groups = read_variable(source, variable, "mat_group")
    ids = list(range(groups.shape[0]))
    rows = _known_rows(
        ids, index, unknown, lambda row, message: InputError(f"row {row}: {message}", source.name)
    )
    member = (groups.data != 0) & (rows[groups.row] >= 0)
    entries = np.ones(int(member.sum()), np.bool_), (rows[groups.row[member]], groups.col[member])
    labels = csr_array(entries, shape=(len(index.node_ids), groups.shape[1]))
    return labels, [str(group) for group in range(groups.shape[1])]
