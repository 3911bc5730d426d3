"""Noisy labels of nodes, by which a local computation weighs the edges that it meets.

A. Back de Luca, K. Fountoulakis, S. Yang, "Local graph clustering with noisy labels", ICLR 2024: an edge
between nodes of equal labels keeps its weight, one between 0 and 1 has it multiplied by a small number. Where
we differ: labels may lie between 0 and 1, as a classifier's probabilities do, and a weight is multiplied by 1
- (1 - label_weight) |difference|; that is theirs for 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_array, check_between
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

DEFAULT_LABEL_WEIGHT = 0.05
"""The paper's, of its experiments."""


class LabelWeights(NamedTuple):
    """The labels other than 0, and what an edge between 0 and 1 is worth."""

    rows: NDArray[np.int64]
    """Ascending, [num_labelled]; none without labels."""

    values: NDArray[np.float32]
    """In (0, 1], [num_labelled]."""

    low: float

    @property
    def is_empty(self) -> bool:
        """Whether there are no labels, so that edges keep their weights."""
        return not len(self.rows)


def read_label_weights(graph: Graph, labels: Any, label_weight: float | None) -> LabelWeights:
    """Return what `local_cluster` takes as labels, checked.

    Raises
    ------
    ParameterError
        For a label weight outside (0, 1], or one without labels.
    InputError
        For labels beyond [0, 1], of another length, or all the same.
    UnknownNodeError
        For a label of a node that the graph does not hold.
    """
    if labels is None:
        if label_weight is not None:
            raise ParameterError("label_weight has no effect without labels; give labels, or leave it out")
        return LabelWeights(np.empty(0, np.int64), np.empty(0, np.float32), 1.0)
    low = DEFAULT_LABEL_WEIGHT if label_weight is None else label_weight
    check_between("label_weight", low, "(0, 1]")
    rows, values = _of_nodes(graph, labels) if isinstance(labels, Mapping) else _of_rows(graph, labels)
    outside = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(outside):
        node = graph.node_ids[rows[outside[:1]]].tolist()[0]
        raise InputError(
            f"labels must lie in [0, 1], found {values[outside[0]]:g} at node {node!r}; 1 is for nodes that "
            "are likely to belong to the cluster, 0 for the others"
        )
    # Nodes without a label have 0.
    if not values.any() or (len(values) == graph.num_nodes and (values == values[0]).all()):
        raise InputError("all nodes have the same label, which tells no edge from another; leave labels out")
    there = values > 0
    return LabelWeights(rows[there], values[there].astype(np.float32), float(low))


def _of_nodes(graph: Graph, labels: Mapping[Any, Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rows = graph.rows(list(labels))
    values = _numbers(list(labels.values()))
    order = np.argsort(rows)
    return rows[order], values[order]


def _of_rows(graph: Graph, labels: Any) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    values = _numbers(labels)
    if values.shape != (graph.num_nodes,):
        raise InputError(
            f"labels must be [{graph.num_nodes}], one a node, or a dict of ids and labels, "
            f"got {list(values.shape)}"
        )
    return np.arange(graph.num_nodes), values


def _numbers(labels: Any) -> NDArray[np.float64]:
    values = as_array("labels", labels)
    if values.dtype.kind not in "biuf":
        raise InputError(f"labels must be numbers in [0, 1], got an array of {values.dtype}")
    return values.astype(np.float64)
