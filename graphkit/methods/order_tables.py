"""The tables of LINE's orders, arrays or tensors, and how their vectors make one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.arrays import aligned_zeros
from graphkit.checks import as_array
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.sgns.gpu.first_vectors import first_vectors, own_vectors, with_contexts
from graphkit.sgns.trainer import VectorTables, checked_vectors, initial_vectors

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph

    KnownRows = tuple[NDArray[np.int64], NDArray[np.int64]]
    Lengths = list[tuple[Vectors, Vectors]]


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
            tables.append(
                VectorTables(vectors, vectors if order == "first" else aligned_zeros(*vectors.shape))
            )
    return tables


def take_over(
    tables: list[VectorTables], known: KnownRows, vectors: Vectors, contexts: Vectors, lengths: Lengths
) -> None:
    """Set rows of the tables to vectors of an earlier fit.

    Parameters
    ----------
    tables
        Of each order, **written**.
    known
        Rows of the tables, and those of the vectors that belong there, int64 [num_known] each.
    vectors, contexts
        Of all orders side by side, float32 [num_fitted, dim].
    lengths
        As of `row_lengths`.
    """
    here, there = known
    first = 0
    for order, table in enumerate(tables):
        last = first + table.centers.shape[1]
        of_centers, of_contexts = lengths[order] if lengths else (None, None)
        table.centers[here] = _scaled(vectors[there, first:last], of_centers, there)
        if table.contexts is not table.centers:
            table.contexts[here] = _scaled(contexts[there, first:last], of_contexts, there)
        first = last


def row_lengths(tables: list[VectorTables]) -> Lengths:
    """Return what `side_by_side` divides the rows of each order's tables by, [num_nodes, 1]; [] if of one."""
    if len(tables) == 1 or not isinstance(tables[0].centers, np.ndarray):
        return []
    return [(_lengths(table.centers), _lengths(table.contexts)) for table in tables]


def side_by_side(parts: list[Vectors]) -> Vectors:
    """Return the vectors of one order as they are, those of more with rows of length one, or of zeros."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.hstack([_normalized(part) for part in parts])
    return _normalized_tensors(parts)


def start_of_line(num_nodes: int, dim: int, seed: int, number: int = 0) -> Vectors:
    """Return the centres that an order starts from, as short as the authors'.

    Longer ones, which are right for walks (`initial_vectors`), cost LINE 4 points of micro-F1 on Cora: an arc
    has one positive, and what stays random of two vectors need not give way to it.
    """
    return initial_vectors(num_nodes, dim, seed, number, width=1 / dim)


def _arrays(num_nodes: int, dims: list[int], seed: int, init: ArrayLike | None) -> list[Vectors]:
    """The centres of each order."""
    if init is None:
        return [start_of_line(num_nodes, dim, seed, number) for number, dim in enumerate(dims)]
    start = checked_vectors(as_array("init", init, np.float32), num_nodes, sum(dims))
    return [np.ascontiguousarray(part) for part in np.split(start, np.cumsum(dims)[:-1], axis=1)]


def _tensors(graph: TensorGraph, dims: list[int], seed: int, init: Any) -> Any:
    """The same, on the graph's device."""
    size, device = graph.num_nodes, graph.device
    if init is None:
        return [
            first_vectors(size, dim, seed, device, number, width=1 / dim) for number, dim in enumerate(dims)
        ]
    return own_vectors(init, size, sum(dims), device).split_with_sizes(dims, 1)


def _scaled(vectors: Vectors, lengths: Vectors | None, rows: NDArray[np.int64]) -> Vectors:
    return vectors if lengths is None else vectors * lengths[rows]


def _lengths(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return lengths


def _normalized(vectors: Vectors) -> Vectors:
    norms = _lengths(vectors)
    normalized: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return normalized


def _normalized_tensors(parts: Any) -> Any:
    import torch

    least = torch.finfo(torch.float32).tiny
    return torch.cat([torch.nn.functional.normalize(part, eps=least) for part in parts], 1)
