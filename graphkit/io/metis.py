"""METIS files: ``n m [fmt [ncon]]``, then one line of neighbours a node, counted from 1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.number_lines import line_of, read_number_lines
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.weights import as_float32

_COMMENTS = "%"

_DEFAULTS = (0, 1)
"""Format and weights per node."""

_FORMATS = (0, 1, 10, 11, 100, 101, 110, 111)
"""Three digits: sizes of nodes, weights of nodes, weights of edges."""


class _Header(NamedTuple):
    num_nodes: int
    num_edges: int
    node_numbers: int
    """Sizes and weights in front of the neighbours of a node; they are passed over."""
    weighted: bool


def read_metis(source: Source, options: ReadOptions) -> EdgeTable:
    """Read a METIS graph; the ids are 1 .. n. Weights of nodes are passed over."""
    weighted = options.weighted("metis")
    values, indptr, _ = read_number_lines(source, _COMMENTS, strict=False)
    header = _header(values[: indptr[:2][-1]].tolist(), source)
    indptr = _node_lines(values, indptr[1:], header, source)
    rows, numbers = _neighbors(values, indptr, header, source)
    neighbors = numbers[:, 0]
    outside = np.flatnonzero((neighbors < 1) | (neighbors > header.num_nodes))
    if outside.size:
        place = int(outside[0])
        raise _fault(
            source, rows[place], f"the neighbour {neighbors[place]} is not in 1 to {header.num_nodes}"
        )
    num_loops = int(np.count_nonzero(neighbors == rows + 1))
    if len(neighbors) not in (2 * header.num_edges, 2 * header.num_edges - num_loops):
        raise InputError(
            f"lists {len(neighbors)} neighbours, expected {2 * header.num_edges} for {header.num_edges} "
            "edges; each edge must stand in the lines of both its nodes",
            source.name,
        )
    remarks = ["ids are the lines of the nodes, from 1"]
    if header.node_numbers:
        remarks.append("weights of nodes passed over")
    return EdgeTable(
        rows.astype(np.int32),
        (neighbors - 1).astype(np.int32),
        as_float32(numbers[:, 1]) if header.weighted and weighted is not False else None,
        node_ids=np.arange(1, header.num_nodes + 1),
        are_rows=True,
        both_directions=True,
        description="METIS",
        remarks=remarks,
        fault=lambda position, message: _fault(source, rows[position], message),
    )


def _header(numbers: list[int], source: Source) -> _Header:
    if not 2 <= len(numbers) <= 4 or min(numbers) < 0:
        raise InputError("expected a first line 'nodes edges [format [weights per node]]'", source.name, 1)
    num_nodes, num_edges, form, num_weights = *numbers, *_DEFAULTS[len(numbers) - 2 :]
    if form not in _FORMATS:
        raise InputError(f"the format must be of digits 0 and 1, such as 011, got {form}", source.name, 1)
    has_sizes, has_node_weights, weighted = form // 100, form // 10 % 10, form % 10
    return _Header(num_nodes, num_edges, has_sizes + has_node_weights * num_weights, bool(weighted))


def _node_lines(
    values: NDArray[np.int64], indptr: NDArray[np.int64], header: _Header, source: Source
) -> NDArray[np.int64]:
    """The offsets of the nodes' lines; blank lines at the end are no nodes."""
    num_lines = len(indptr) - 1
    if num_lines < header.num_nodes or indptr[header.num_nodes] < len(values):
        raise InputError(
            f"holds {num_lines} lines of nodes, its first line says {header.num_nodes}", source.name
        )
    return indptr[: header.num_nodes + 1]


def _neighbors(
    values: NDArray[np.int64], indptr: NDArray[np.int64], header: _Header, source: Source
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row, [neighbour, weight if any]) of each arc."""
    width = 2 if header.weighted else 1
    counts = np.diff(indptr) - header.node_numbers
    wrong = np.flatnonzero((counts < 0) | (counts % width != 0))
    if wrong.size:
        raise _fault(source, wrong[0], "the number of numbers does not fit the format in the first line")
    rows = np.repeat(np.arange(header.num_nodes), counts // width)
    is_neighbor = np.ones(int(indptr[-1] - indptr[0]), np.bool_)
    for place in range(header.node_numbers):
        is_neighbor[indptr[:-1] - indptr[0] + place] = False
    return rows, values[indptr[0] : indptr[-1]][is_neighbor].reshape(-1, width)


def _fault(source: Source, row: np.integer, message: str) -> InputError:
    # The first line that counts is the header.
    return InputError(message, source.name, line_of(source, _COMMENTS, int(row) + 1))
