"""Labels of nodes: from a file, or from a data set."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import option
from graphkit.cli.streams import Note
from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import DATASET

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphkit.arrays import NodeIds


LABELS_HELP = "Labels: a table of ids and labels (an id may come again), a .mat file, or dataset:NAME."


def label_options(*, panel: str | None = None) -> list[inspect.Parameter]:
    """Return the options that say how labels stand in their file."""
    return [
        option(
            "label_column",
            None,
            "Column of the labels, by name or by number from 1.",
            kind=str,
            metavar="NAME",
            panel=panel,
        ),
        option(
            "label_separator",
            None,
            "Character between several labels in a cell, '' for one a cell. Default: a comma without a blank "
            "behind it.",
            kind=str,
            metavar="CHARACTER",
            panel=panel,
        ),
    ]


def read(
    labels: str,
    node_ids: NodeIds,
    note: Note,
    *,
    column: str | None,
    separator: str | None,
    unknown: str = "error",
) -> csr_array:
    """Return the labels of nodes, bool CSR [num_nodes, num_labels], rows in the order of `node_ids`."""
    return read_named(labels, node_ids, note, column=column, separator=separator, unknown=unknown)[0]


def read_first(
    labels: str,
    node_ids: NodeIds,
    note: Note,
    *,
    column: str | None,
    separator: str | None,
    unknown: str = "error",
) -> list[str]:
    """Return the name of each node's first label, "" for none; [num_nodes]."""
    matrix, names = read_named(labels, node_ids, note, column=column, separator=separator, unknown=unknown)
    rows = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    return [str(names[matrix.indices[start:stop].min()]) if stop > start else "" for start, stop in rows]


def read_named(
    labels: str,
    node_ids: NodeIds,
    note: Note,
    *,
    column: str | None,
    separator: str | None,
    unknown: str = "error",
) -> tuple[csr_array, Sequence[Any]]:
    """Return the labels as `read` does, and the names of the matrix's columns."""
    if labels.startswith(DATASET):
        if (column, separator, unknown) != (None, None, "error"):
            raise ParameterError(
                "--label-column, --label-separator and --unknown have no effect on a data set; leave them out"
            )
        return _of_dataset(labels.removeprefix(DATASET), node_ids)
    from graphkit.io import read_labels

    place = int(column) if column is not None and column.isdecimal() else column
    return read_labels(labels, node_ids, column=place, separator=separator, unknown=unknown, note=note)


def _of_dataset(name: str, node_ids: NodeIds) -> tuple[csr_array, Sequence[Any]]:
    from graphkit.datasets import load
    from graphkit.graph.node_ids import NodeIndex

    data = load(name)
    if data.labels is None:
        raise InputError(f"the data set {name} has no labels")
    rows = NodeIndex(data.graph.node_ids).find(node_ids)
    if (rows < 0).any():
        first = node_ids[rows < 0][:1].tolist()[0]
        raise InputError(f"the vectors are not those of the data set {name}: it has no node {first!r}")
    return data.labels[rows], data.label_names
