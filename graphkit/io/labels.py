"""Labels of nodes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.checks import check_choice
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.files.atomic import PathLike
from graphkit.graph.node_ids import STRING, NodeIndex, coerce_ids
from graphkit.io.columns import find_column
from graphkit.io.layout import in_words
from graphkit.io.opening import Source
from graphkit.io.options import Column
from graphkit.io.rows import PLAIN_INTEGER
from graphkit.io.text_table import Note, TextTable, read_text_table

if TYPE_CHECKING:
    from scipy.sparse import csr_array

UNKNOWN = ("error", "ignore")

_DENSE_COMMA = re.compile(r",\S")

_SEPARATORS = (";", "|", ",", "/", " ")
"""What may stand between labels in a cell."""

_FEW_NODES = 20
"""Up to so many labelled nodes, labels of their own are nothing to warn of."""

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
    note: Note | None = None,
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
        The character between columns, a space for blanks; None finds out: the one that divides all rows,
        so that most begin with a node.
    separator
        The character between several labels within a cell, "" for one label a cell. None for a comma
        without a blank behind it (``red,blue`` but not ``Paris, France``), unless that is the delimiter,
        and in text only.
    unknown
        What to do with a row whose node is not in the graph: ``"error"`` or ``"ignore"``.
    mat_group
        The variable of a MATLAB file that holds the memberships.
    note
        Is told what was understood, a line each time: delimiter, header, separator, what was left out.

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

    Warns
    -----
    GraphkitWarning
        For more than half as many labels as nodes that have some.

    Notes
    -----
    A first row names the columns if its id is no node, that of another row is, and none of its cells comes
    again further down; or if it has text above numbers. A line that begins with # or % is passed over unless
    its id is a node.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels.txt"
    >>> _ = path.write_text("ann red\nbob red,blue\n")
    >>> labels, names = read_labels(path, np.array(["bob", "ann", "eve"]))
    >>> names, labels.toarray().tolist()
    (['blue', 'red'], [[True, True], [False, True], [False, False]])
    """
    check_choice("unknown", unknown, UNKNOWN)
    if separator is not None and len(separator) > 1:
        raise ParameterError(f"separator must be one character, '' or None, got {separator!r}")
    index = NodeIndex(coerce_ids(node_ids))
    source = Source(path)
    if source.head.startswith(b"MATLAB") or source.suffix == ".mat":
        return _from_mat(source, mat_group, index, unknown)
    if source.head.startswith((b"PAR1", b"ARROW1")):
        cells = _from_arrow(source, column)
    else:
        cells = _from_text(read_text_table(source, delimiter, index=index), column, index, note)
    ids, labels, origin = _apart(cells, separator, note)
    rows = _known_rows(ids, index, unknown, lambda place, message: cells.fault(origin[place], message))
    if note is not None and (rows < 0).any():
        note(f"{source.name}: left out of nodes that are not there: {int((rows < 0).sum()):,} labels")
    found = _matrix(rows, labels, len(index.node_ids))
    _warn_of_many(*found, cells)
    return found


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


class _Cells(NamedTuple):
    """Cells of labels, with the node and the row that each is of; `fault` makes the error for a row."""

    name: str
    ids: list[Any]
    texts: list[str]
    rows: list[int]
    separator: str
    """Between labels in a cell where the caller does not say."""
    fault: Callable[[int, str], InputError]


def _from_text(table: TextTable, column: Column | None, index: NodeIndex, note: Note | None) -> _Cells:
    table.tell(note)
    chosen = _label_columns(table, column)
    ids: list[Any] = []
    texts: list[str] = []
    rows: list[int] = []
    as_text = index.node_ids.dtype == STRING
    for row, fields in enumerate(table.rows):
        node_id = fields[0] if as_text else _number(table, row)
        for place in chosen if chosen is not None else range(1, len(fields)):
            if place >= len(fields):
                raise table.fault(row, f"expected at least {place + 1} columns, found {len(fields)}")
            ids.append(node_id)
            texts.append(fields[place])
            rows.append(row)
    separator = "" if table.delimiter == "," else _usual_separator(table, texts, rows)
    return _Cells(table.name, ids, texts, rows, separator, table.fault)


def _usual_separator(table: TextTable, texts: Sequence[str], rows: Sequence[int]) -> str:
    """A comma, unless blanks follow it, as in prose."""
    prose = next((place for place, text in enumerate(texts) if ", " in text), None)
    dense = next((text for text in texts if _DENSE_COMMA.search(text)), None)
    if prose is not None and dense is not None:
        raise table.fault(
            rows[prose],
            f"commas in cells are followed by blanks here ({texts[prose]!r}) and not elsewhere ({dense!r}); "
            "pass separator=',' if they stand between labels, separator='' if not",
        )
    return "" if dense is None else ","


def _apart(cells: _Cells, separator: str | None, note: Note | None) -> tuple[list[Any], list[str], list[int]]:
    """Parallel lists (id, label, row) of all labels, several in a cell taken apart."""
    between = cells.separator if separator is None else separator
    split = [
        (node_id, label, row)
        for node_id, text, row in zip(cells.ids, cells.texts, cells.rows, strict=True)
        for label in (part.strip() for part in (text.split(between) if between else [text]))
        if label
    ]
    num_cut = sum(between in text for text in cells.texts) if between else 0
    if note is not None and num_cut:
        note(f"{cells.name}: cells with several labels, separated by {in_words(between)}: {num_cut:,}")
    return [node_id for node_id, *_ in split], [label for _, label, _ in split], [row for *_, row in split]


def _warn_of_many(labels: csr_array, names: Sequence[str], cells: _Cells) -> None:
    """Warn if nearly each node has a label of its own."""
    num_labelled = int(np.count_nonzero(np.diff(labels.indptr)))
    if num_labelled < _FEW_NODES or len(names) <= num_labelled / 2:
        return
    counts = {mark: [text for text in cells.texts if mark in text] for mark in _SEPARATORS}
    mark = max(counts, key=lambda mark: len(counts[mark]))
    remedy = "; pass column=NAME if another column holds the labels"
    if counts[mark]:
        remedy = f"; pass separator={mark!r} if cells such as {counts[mark][0]!r} hold several"
    warnings.warn(
        f"{cells.name}: {len(names):,} different labels of {num_labelled:,} nodes{remedy}",
        GraphkitWarning,
        stacklevel=3,
    )


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


def _from_arrow(source: Source, column: Column | None) -> _Cells:
    from graphkit.io.arrow_tables import id_column, read_table, row_fault

    table = read_table(source)
    names = table.column_names
    place = (
        _usual_column(names, source.name)
        if column is None
        else find_column(names, column, len(names), "column")
    )
    ids = id_column(table.column(0), source.name, "node")
    cells = [
        (node_id, str(label), row)
        for row, (node_id, cell) in enumerate(zip(_listed(ids), table.column(place).to_pylist(), strict=True))
        for label in (cell if isinstance(cell, list) else [cell])
        if label is not None
    ]
    return _Cells(
        source.name,
        [node_id for node_id, *_ in cells],
        [text for _, text, _ in cells],
        [row for *_, row in cells],
        "",
        lambda row, message: row_fault(row, message, source.name),
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
