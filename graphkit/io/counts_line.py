"""A first line that holds counts, ``n m`` or ``n n m``, without a mark of comment."""

from __future__ import annotations

import numpy as np

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.layout import Layout


def take_off(table: EdgeTable, layout: Layout, name: str) -> EdgeTable:
    """Return the table without a first row that holds counts.

    The first row counts if its last number is the number of the other rows, and the others' ids all
    lie in 0 .. n - 1 or all in 1 .. n, where n is its first number. A real edge that satisfies all this
    is next to impossible, except in a graph of a handful of nodes.

    Raises
    ------
    InputError
        If a first line with another number of columns is no such line.
    """
    if layout.counts is not None:
        if not _is_counts(layout.counts, table, 0):
            raise no_counts(layout, name)
        return _remarked(table, layout.counts)
    first = first_row(table, layout)
    if first is None or not _is_counts(first, table, 1):
        return table
    table.source, table.target = table.source[1:], table.target[1:]
    table.weights = None if table.weights is None else table.weights[1:]
    fault = table.fault
    table.fault = lambda position, message: fault(position + 1, message)
    return _remarked(table, first)


def no_counts(layout: Layout, name: str) -> InputError:
    """Return the error for a first line with another number of columns that counts nothing."""
    shown = " ".join(str(number) for number in layout.counts or ())
    return InputError(
        f"the first row {shown!r} has {len(layout.counts or ())} columns, the next ones have "
        f"{layout.num_columns}, and it does not count nodes and edges",
        name,
    )


def first_row(table: EdgeTable, layout: Layout) -> tuple[int, ...] | None:
    """Return the first row as whole numbers, None if it cannot be a line of counts."""
    if layout.header:
        return None
    if layout.as_text or len(table.source) < 2 or layout.num_columns > 3:
        return None
    row = int(table.source[0]), int(table.target[0])
    if layout.num_columns == 2:
        return row
    if table.weights is None or not float(table.weights[0]).is_integer():
        return None
    return *row, int(table.weights[0])


def _is_counts(numbers: tuple[int, ...], table: EdgeTable, first: int) -> bool:
    """Whether the numbers are the counts of the rows from `first` on."""
    num_rows = len(table.source) - first
    if numbers[-1] != num_rows or not isinstance(table.source, np.ndarray):
        return False
    ids = table.source[first:], table.target[first:]
    low, high = min(int(end.min()) for end in ids), max(int(end.max()) for end in ids)
    return are_counts(numbers, num_rows, low, high)


def are_counts(numbers: tuple[int, ...], num_rows: int, low: int, high: int) -> bool:
    """Whether the numbers of a first line count `num_rows` rows and nodes with ids from `low` to `high`."""
    num_nodes = numbers[0]
    if numbers[-1] != num_rows or len(set(numbers[:-1])) > 1:
        return False
    return (low >= 0 and high < num_nodes) or (low >= 1 and high == num_nodes)


def _remarked(table: EdgeTable, counts: tuple[int, ...]) -> EdgeTable:
    shown = " ".join(str(number) for number in counts)
    table.remarks.append(f"first line {shown!r} read as counts of nodes and edges, not as an edge")
    return table
