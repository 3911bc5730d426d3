"""Tensors, and graphs of PyTorch Geometric."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.options import ReadOptions


def from_tensor(tensor: Any, options: ReadOptions) -> EdgeTable:  # noqa: ARG001
    """Take an ``edge_index`` [2, num_edges], or pairs [num_edges, 2], of whole numbers."""
    if tensor.ndim != 2 or 2 not in tensor.shape or tensor.is_floating_point():
        raise InputError(
            f"expected an edge_index of whole numbers [2, num_edges], got {tensor.dtype} {list(tensor.shape)}"
        )
    ends = tensor.detach().cpu().numpy().astype(np.int64, copy=False)
    source, target = ends if ends.shape[0] == 2 else ends.T
    return EdgeTable(np.ascontiguousarray(source), np.ascontiguousarray(target), description="edge_index")


def num_nodes_of(data: Any) -> int:
    """Return how many nodes a ``Data`` has; without ``num_nodes``, up to the highest that has an edge."""
    with _without_warnings():
        return int(data.num_nodes)


def is_directed(data: Any) -> bool:
    """Whether a ``Data`` is directed, that is, unless each edge is there in both directions."""
    with _without_warnings():
        return bool(data.is_directed())


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Where a ``Data`` warns that it has no ``num_nodes``, and takes the highest row there is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def from_data(data: Any, options: ReadOptions) -> EdgeTable:
    """Take a ``Data``: ``edge_index``, ``edge_weight``, and ids 0 .. num_nodes - 1.

    It is undirected if it says so, that is, if each edge is there in both directions.
    """
    if getattr(data, "edge_index", None) is None:
        raise InputError(
            f"this {type(data).__name__} has no edge_index; graphs of several kinds of nodes are not taken"
        )
    weighted = options.weighted("Data")
    table = from_tensor(data.edge_index, options)
    weight = getattr(data, "edge_weight", None)
    if weight is not None and weighted is not False:
        table.weights = weight.detach().cpu().numpy().reshape(-1)
        if len(table.weights) != len(table.source):
            raise InputError(f"{len(table.source)} edges but {len(table.weights)} in edge_weight")
    table.node_ids, table.directed = np.arange(num_nodes_of(data)), is_directed(data)
    table.both_directions = not table.directed
    table.description = "PyTorch Geometric Data"
    return table
