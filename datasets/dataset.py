"""Dataset: a graph, the labels of its nodes, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphkit.graph.graph import Graph

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Dataset:
    """A graph with what is known about it.

    Attributes
    ----------
    name
        Its name, as `graphkit.datasets.load` takes it.
    graph
        The graph.
    labels
        Which labels each node has, bool CSR [num_nodes, num_labels], rows as the graph's; None for a
        graph without labels. A node may have several labels, or none.
    label_names
        The name of each column of `labels`; empty without labels.
    description
        One line.
    source
        Who made it.
    licence
        On what terms it may be used.

    Examples
    --------
    >>> from graphkit.datasets import load
    >>> data = load("karate_club")
    >>> data.graph.num_nodes, data.label_names, data.labels.sum(axis=0).tolist()
    (34, ('Mr. Hi', 'Officer'), [17, 17])
    """

    name: str
    graph: Graph
    labels: csr_array | None
    label_names: tuple[str, ...]
    description: str
    source: str
    licence: str

    def __repr__(self) -> str:
        labels = f"{len(self.label_names)} labels" if self.label_names else "no labels"
        return f"Dataset({self.name!r}, {self.graph!r}, {labels})"


def one_label_a_node(columns: NDArray[np.integer], num_labels: int) -> csr_array:
    """Return the bool matrix whose row i is true in column columns[i] only, [num_nodes, num_labels]."""
    from scipy.sparse import csr_array

    num_nodes = len(columns)
    entries = np.ones(num_nodes, np.bool_), columns.astype(np.int32), np.arange(num_nodes + 1, dtype=np.int32)
    return csr_array(entries, shape=(num_nodes, num_labels))
