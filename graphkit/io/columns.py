"""Which columns of a table are source, target and weight."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit.errors import InputError, ParameterError
from graphkit.io.options import Column

ENDS = (
    ("source", "target"),
    ("source_id", "target_id"),
    ("src", "dst"),
    ("from", "to"),
    ("from_id", "to_id"),
    ("from_node_id", "to_node_id"),
    ("fromnodeid", "tonodeid"),
    ("start", "end"),
    ("start_id", "end_id"),
    ("head", "tail"),
    ("subject", "object"),
    ("citing", "cited"),
    ("node1", "node2"),
    ("node_1", "node_2"),
    ("id1", "id2"),
    ("id_1", "id_2"),
    ("u", "v"),
    ("i", "j"),
    ("row", "col"),
)
"""Names of the columns of source and target that are recognised, compared without case."""

WEIGHTS = ("weight", "weights", "w", "edge_weight", "weight_float", "value", "count", "strength", "score")
"""Names of a column that is the weight."""

TIMES = ("time", "timestamp", "datetime", "date", "ts", "t", "epoch", "year")
"""Names of a column that is the time."""

NOT_WEIGHTS = (
    "time",
    "timestamp",
    "ts",
    "t",
    "date",
    "year",
    "epoch",
    "type",
    "edge_type",
    "label",
    "id",
    "edge_id",
)
"""Names of a third column that is no weight, even if it holds numbers."""


def find_ends(
    names: Sequence[str] | None, columns: tuple[Column, Column] | None, num_columns: int
) -> tuple[int, int]:
    """Return the columns of source and target, counted from 0.

    Parameters
    ----------
    names
        The names of the columns, or None.
    columns
        What the caller chose: names, or numbers counted from 1; None for columns with a usual name,
        else the first two.
    num_columns
        Number of columns.

    Raises
    ------
    InputError
        If a chosen column is not there.
    """
    if columns is not None:
        source, target = (find_column(names, column, num_columns, "columns") for column in columns)
        if source == target:
            raise ParameterError(f"columns must be two different ones, got {columns[0]!r} twice")
        return source, target
    if num_columns < 2:
        raise InputError(f"an edge needs two columns, found {num_columns}")
    return usual_ends(names) or (0, 1)


def usual_ends(names: Sequence[str] | None) -> tuple[int, int] | None:
    """Return the columns whose names are usual for source and target, or None.

    Examples
    --------
    >>> usual_ends(["Weight", "From", "To"])
    (1, 2)
    """
    known = [_normal(name) for name in names or ()]
    found = next((pair for pair in ENDS if set(pair) <= set(known)), None)
    return None if found is None else (known.index(found[0]), known.index(found[1]))


def usual_weight(names: Sequence[str]) -> int | None:
    """Return the column whose name is usual for a weight, or None."""
    known = [_normal(name) for name in names]
    return next((known.index(name) for name in WEIGHTS if name in known), None)


def usual_time(names: Sequence[str]) -> int | None:
    """Return the column whose name is usual for a time, or None."""
    known = [_normal(name) for name in names]
    return next((known.index(name) for name in TIMES if name in known), None)


def may_be_weight(name: str) -> bool:
    """Whether a third column of numbers with this name is taken as the weight."""
    return _normal(name) not in NOT_WEIGHTS


def find_column(names: Sequence[str] | None, column: Column, num_columns: int, parameter: str) -> int:
    """Return the column, counted from 0, that a name or a number counted from 1 stands for.

    Examples
    --------
    >>> find_column(["a", "b"], "b", 2, "columns"), find_column(None, 1, 2, "columns")
    (1, 0)
    """
    if isinstance(column, str) and names is not None and column in names:
        return list(names).index(column)
    if isinstance(column, str) and not column.isdigit():
        have = (
            f"there are: {', '.join(names)}" if names else "the columns have no names; give numbers, from 1"
        )
        raise InputError(f"no column is called {column!r} ({parameter}); {have}")
    number = int(column)
    if not 1 <= number <= num_columns:
        raise InputError(f"there is no column {number} ({parameter}), only {num_columns}, counted from 1")
    return number - 1


def _normal(name: str) -> str:
    return name.strip().strip(":").lower().replace(" ", "_").replace("-", "_")
