"""The tables of LINE's orders, arrays or tensors, and how their vectors make one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from graphkit.device.first_vectors import first_vectors, own_vectors, with_contexts
from graphkit.device.tensor_graph import TensorGraph
from graphkit.training.trainer import VectorTables, checked_vectors, initial_vectors

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph import Graph


def order_tables(
    graph: Graph | TensorGraph, orders: list[tuple[str, int]], seed: int, init: Any
) -> list[VectorTables]:
    """Return what the tables of each order start from, where the graph is; the first has one alone.

    Parameters
    ----------
    graph
        Whose nodes are the rows.
    orders
        Each order, and its columns.
    seed
        Random seed.
    init
        Vectors to start from, of the columns of all orders; None for small random ones.

    Raises
    ------
    InputError
        For `init` of another shape, or not finite.
    """
    dims = [dim for _, dim in orders]
    tables: list[VectorTables] = []
    if isinstance(graph, TensorGraph):
        for (order, _), centers in zip(orders, _tensors(graph, dims, seed, init), strict=True):
            tables.append(with_contexts(centers, one_table=order == "first"))
    else:
        for (order, _), vectors in zip(orders, _arrays(graph.num_nodes, dims, seed, init), strict=True):
            tables.append(VectorTables(vectors, vectors if order == "first" else np.zeros_like(vectors)))
    return tables


def side_by_side(parts: list[Vectors]) -> Vectors:
    """Return the vectors of one order as they are, those of more with rows of length one, or of zeros."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.hstack([_normalized(part) for part in parts])
    return _normalized_tensors(parts)


def _arrays(num_nodes: int, dims: list[int], seed: int, init: ArrayLike | None) -> list[Vectors]:
    """The centres of each order."""
    if init is None:
        return [initial_vectors(num_nodes, dim, seed, number) for number, dim in enumerate(dims)]
    start = checked_vectors(init, num_nodes, sum(dims))
    return [np.ascontiguousarray(part) for part in np.split(start, np.cumsum(dims)[:-1], axis=1)]


def _tensors(graph: TensorGraph, dims: list[int], seed: int, init: Any) -> Any:
    """The same, on the graph's device."""
    size, device = graph.num_nodes, graph.device
    if init is None:
        return [first_vectors(size, dim, seed, device, number) for number, dim in enumerate(dims)]
    return own_vectors(init, size, sum(dims), device).split_with_sizes(dims, 1)


def _normalized(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalized: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return normalized


def _normalized_tensors(parts: Any) -> Any:
    import torch

    least = torch.finfo(torch.float32).tiny
    return torch.cat([torch.nn.functional.normalize(part, eps=least) for part in parts], 1)
