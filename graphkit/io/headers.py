"""Whether the first row of a table names its columns: one answer for all readers of text."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit.graph.node_ids import STRING, NodeIndex
from graphkit.io.decimals import is_missing, is_number
from graphkit.io.rows import are_integers

ID_NAMES = ("", "id", "node", "node_id", "nodeid", "name", "vertex", "key", "user", "user_id")
"""What a column of node ids is called; tables of pandas leave the name of their index empty."""

_SAMPLE = 200


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has text in each column, one at least, that holds numbers in all other rows.

    Examples
    --------
    >>> names_columns([["a", "b"], ["x", "1"], ["y", "2"]]), names_columns([["x", "1"], ["y", "2"]])
    (True, False)
    """
    first, *body = rows[:_SAMPLE]
    body = [row for row in body if len(row) == len(first)]
    numeric = [column for column in range(len(first)) if _is_numeric([row[column] for row in body])]
    return bool(numeric) and not any(
        is_number(first[column]) or is_missing(first[column]) for column in numeric
    )


def has_header(rows: Sequence[Sequence[str]], index: NodeIndex | None = None) -> bool:
    """Whether the first row of a table with ids in its first column names the columns.

    It does if it has a usual name above the ids, or text above numbers; where the nodes are known, also if
    its id is none of them, another row's is, and nothing in it comes again further down its column.

    Parameters
    ----------
    rows
        Rows of fields.
    index
        The nodes that rows may be of; None if they are not known.
    """
    first, *body = rows[:_SAMPLE]
    if index is not None and are_nodes([first[0]], index)[0]:
        return False
    if names_columns(rows) or (first[0].lower() in ID_NAMES and _may_be_names(first[1:], first[0])):
        return True
    if index is None or not any(are_nodes([row[0] for row in body], index)):
        return False
    return not _is_id(first[0], index) and not any(
        cell == row[column] for row in body for column, cell in enumerate(first[: len(row)]) if column
    )


def are_nodes(texts: Sequence[str], index: NodeIndex) -> list[bool]:
    """Return which texts are ids of nodes, as whole numbers where the ids are."""
    if index.node_ids.dtype == STRING:
        return [row >= 0 for row in index.find(texts).tolist()]
    numbers = [int(text) if are_integers([text]) else None for text in texts]
    rows = iter(index.find([number for number in numbers if number is not None]))
    return [number is not None and next(rows) >= 0 for number in numbers]


def _may_be_names(cells: Sequence[str], id_name: str) -> bool:
    """Whether cells beside a usual name of ids are names: no numbers, or those that pandas gives columns."""
    if not cells:
        return bool(id_name)
    return not all(map(is_number, cells)) or any(
        list(cells) == [str(place) for place in range(start, start + len(cells))] for start in (0, 1)
    )


def _is_id(text: str, index: NodeIndex) -> bool:
    """Whether a text could be the id of a node that is not there: any whole number, if ids are numbers."""
    return index.node_ids.dtype != STRING and are_integers([text])


def _is_numeric(cells: Sequence[str]) -> bool:
    held = [cell for cell in cells if not is_missing(cell)]
    return bool(held) and all(map(is_number, held))
