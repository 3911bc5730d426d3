"""Sparse adjacency matrices, from SciPy or from files that hold one."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.options import ReadOptions
from graphkit.io.weights import as_float32


def from_matrix(
    matrix: Any, node_ids: NodeIds | None = None, *, weighted: bool | None = None, name: str | None = None
) -> EdgeTable:
    """Take the entries of a square sparse matrix as edges, row i being node_ids[i], or i.

    Parameters
    ----------
    matrix
        SciPy sparse, square. Entries of zero are no edges.
    node_ids
        Ids of the rows.
    weighted
        Whether entries are weights; None for "unless all are 1".
    name
        The file, for messages.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(
            f"an adjacency matrix must be square, got {' x '.join(map(str, matrix.shape))}", name
        )
    if matrix.dtype.kind not in "fiub":
        raise InputError(f"the entries of an adjacency matrix must be numbers, got {matrix.dtype}", name)
    entries = _checked(matrix, name)
    stay = entries.data != 0
    data = entries.data[stay]
    if weighted is None:
        weighted = bool((data != 1).any())
    row, col = entries.row[stay], entries.col[stay]
    zeros = len(stay) - len(data)
    return EdgeTable(
        row.astype(np.int32, copy=False),
        col.astype(np.int32, copy=False),
        as_float32(data) if weighted else None,
        node_ids=np.arange(matrix.shape[0]) if node_ids is None else node_ids,
        are_rows=True,
        both_directions=True,
        remarks=[f"entries of zero left out: {zeros:,}"] if zeros else [],
        fault=lambda position, message: InputError(
            f"entry ({row[position]}, {col[position]}): {message}", name
        ),
    )


def _checked(matrix: Any, name: str | None) -> Any:
    """The entries; `InputError` for places outside of the matrix: SciPy trusts what its arrays say."""
    try:
        if hasattr(matrix, "indptr"):
            matrix.check_format(full_check=True)
        entries = matrix.tocoo()
    except ValueError as error:
        raise InputError(f"the sparse matrix is damaged: {error}", name) from None
    for places, size in zip((entries.row, entries.col), matrix.shape, strict=True):
        if len(places) and not 0 <= places.min() <= places.max() < size:
            raise InputError(f"the sparse matrix is damaged: a place is none of {size:,}", name)
    return entries


def take_matrix(matrix: Any, options: ReadOptions) -> EdgeTable:
    """Take a SciPy sparse matrix of any format."""
    table = from_matrix(matrix, weighted=options.weighted("SciPy sparse matrix"))
    table.description = "SciPy sparse matrix"
    return table
