"""MatrixMarket files: a sparse adjacency matrix, one entry a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.formats import MATRIX_MARKET_BANNER
from graphkit.io.layout import Layout
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.text import read_rows

_FIELDS = ("pattern", "integer", "real", "double")
_SYMMETRIES = ("general", "symmetric")


@dataclass(frozen=True)
class _Header:
    """What stands before the entries."""

    weighted: bool
    symmetric: bool
    num_nodes: int
    num_entries: int
    start: int


def read_matrix_market(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a square coordinate matrix; its entries are edges, its rows the nodes 1 .. n.

    A symmetric matrix lists each edge once and means both directions. Entries of zero are no edges.
    """
    weighted = options.weighted("mtx")
    header = _header(source)
    if header.num_entries == 0:
        table = EdgeTable(np.empty(0, np.int64), np.empty(0, np.int64))
    else:
        table = read_rows(
            source, _layout(header, weighted=header.weighted and weighted is not False), bad_weights="drop"
        )
    ids = np.asarray(table.source), np.asarray(table.target)
    if len(ids[0]) != header.num_entries:
        raise InputError(f"holds {len(ids[0])} entries, its header says {header.num_entries}", source.name)
    outside = np.flatnonzero((np.minimum(*ids) < 1) | (np.maximum(*ids) > header.num_nodes))
    if outside.size:
        raise table.fault(int(outside[0]), f"an index must be in 1 to {header.num_nodes}")
    remarks = ["ids are the row numbers of the matrix, from 1", *_leave_out_zeros(table)]
    if header.symmetric and options.directed:
        _mirror(table)
    table.node_ids = np.arange(1, header.num_nodes + 1)
    kind = "symmetric" if header.symmetric else "general"
    table.description = f"MatrixMarket, {kind}"
    table.both_directions = not header.symmetric
    table.remarks = remarks
    return table


def _header(source: Source) -> _Header:
    lines = source.head.split(b"\n")
    words = lines[0].decode(errors="replace").lower().split()
    if not lines[0].startswith(MATRIX_MARKET_BANNER) or len(words) != 5:
        raise InputError("expected '%%MatrixMarket matrix coordinate FIELD SYMMETRY'", source.name, 1)
    _, kind, form, field, symmetry = words
    if kind != "matrix" or form != "coordinate":
        raise InputError(f"expected a sparse matrix (coordinate), got {kind} {form}", source.name, 1)
    if field not in _FIELDS or symmetry not in _SYMMETRIES:
        raise InputError(
            f"cannot take {field} {symmetry} entries as edges; the field must be {', '.join(_FIELDS)}, "
            f"the symmetry {', '.join(_SYMMETRIES)}",
            source.name,
            1,
        )
    start = 0
    for number, line in enumerate(lines, start=1):
        start += len(line) + 1
        if line.strip() and not line.startswith(b"%"):
            num_nodes, num_entries = _sizes(line, source.name, number)
            return _Header(field != "pattern", symmetry == "symmetric", num_nodes, num_entries, start)
    raise InputError("the line 'rows columns entries' is missing", source.name)


def _sizes(line: bytes, name: str, number: int) -> tuple[int, int]:
    words = line.split()
    if len(words) != 3 or not all(word.isdigit() for word in words):
        raise InputError(
            f"expected 'rows columns entries', got {line.decode(errors='replace').strip()!r}", name, number
        )
    rows, columns, entries = map(int, words)
    if rows != columns:
        raise InputError(f"an adjacency matrix must be square, this one is {rows} x {columns}", name, number)
    return rows, entries


def _layout(header: _Header, *, weighted: bool) -> Layout:
    return Layout(
        start=header.start,
        delimiter=None,
        quoted=False,
        comments="%",
        header=None,
        num_columns=3 if header.weighted else 2,
        source=0,
        target=1,
        weight=2 if weighted else None,
        as_text=False,
    )


def _leave_out_zeros(table: EdgeTable) -> list[str]:
    """Leave out entries of zero; returns what to report of it."""
    if table.weights is None or (table.weights != 0).all():
        return []
    places, fault = np.flatnonzero(table.weights), table.fault
    num_zeros = len(table.weights) - len(places)
    table.source, table.target = np.asarray(table.source)[places], np.asarray(table.target)[places]
    table.weights = table.weights[places]
    table.fault = lambda position, message: fault(int(places[position]), message)
    return [f"entries of zero left out: {num_zeros:,}"]


def _mirror(table: EdgeTable) -> None:
    """Add the reverse of each entry off the diagonal, behind all others."""
    source, target = np.asarray(table.source), np.asarray(table.target)
    off = source != target
    table.source, table.target = np.concatenate([source, target[off]]), np.concatenate([target, source[off]])
    if table.weights is not None:
        table.weights = np.concatenate([table.weights, table.weights[off]])
