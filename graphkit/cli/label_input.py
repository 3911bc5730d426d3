"""The labels of ``graphkit evaluate nodes``: from a file, or from a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.cli.graph_input import DATASET
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphkit.arrays import NodeIds


def read(labels: str, node_ids: NodeIds, *, column: str | None, unknown: str) -> csr_array:
    """Return the labels of nodes, bool CSR [num_nodes, num_labels], rows in the order of `node_ids`."""
    if labels.startswith(DATASET):
        if column is not None or unknown != "error":
            raise ParameterError("--label-column and --unknown have no effect on a data set; leave them out")
        return _of_dataset(labels.removeprefix(DATASET), node_ids)
    from graphkit.io import read_labels

    place = int(column) if column is not None and column.isdecimal() else column
    return read_labels(labels, node_ids, column=place, unknown=unknown)[0]


def _of_dataset(name: str, node_ids: NodeIds) -> csr_array:
    from graphkit.datasets import load
    from graphkit.node_ids import NodeIndex

    data = load(name)
    if data.labels is None:
        raise InputError(f"the data set {name} has no labels")
    rows = NodeIndex(data.graph.node_ids).find(node_ids)
    if (rows < 0).any():
        first = node_ids[rows < 0][:1].tolist()[0]
        raise InputError(f"the vectors are not those of the data set {name}: it has no node {first!r}")
    return data.labels[rows]
