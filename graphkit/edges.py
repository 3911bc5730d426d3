"""Pairs of node ids in memory → Graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from graphkit.arrays import NodeIds, Weights
from graphkit.build import build_graph
from graphkit.errors import InputError, ParameterError
from graphkit.graph import Graph
from graphkit.node_ids import as_node_ids, coerce_ids
from graphkit.relabel import relabel


def graph_from_edges(
    edges: Any,
    weights: Any,
    node_ids: Iterable[Any] | None,
    num_nodes: int | None,
    *,
    directed: bool,
    duplicates: str | None,
    self_loops: str,
) -> Graph:
    """See `Graph.from_edges`."""
    source, target = edge_columns(edges)
    checked = None if weights is None else check_weights(weights, len(source))
    if num_nodes is not None:
        if node_ids is not None:
            raise ParameterError("give node_ids or num_nodes, not both")
        if num_nodes < 0:
            raise ParameterError(f"num_nodes must be >= 0, got {num_nodes}")
        listed: NodeIds | None = np.arange(num_nodes)
    else:
        listed = None if node_ids is None else as_node_ids(node_ids)
    source_rows, target_rows, ids = relabel(source, target, listed)
    graph, _ = build_graph(
        source_rows,
        target_rows,
        checked,
        node_ids=ids,
        directed=directed,
        duplicates=duplicates,
        self_loops=self_loops,
    )
    return graph


def edge_columns(edges: Any) -> tuple[NodeIds, NodeIds]:
    """Split edges, pairs [num_edges, 2] or a tuple of two columns, into source and target ids."""
    if isinstance(edges, np.ndarray):
        if edges.ndim != 2 or edges.shape[1] != 2:
            raise InputError(f"edges must have the shape [num_edges, 2], got {list(edges.shape)}")
        return coerce_ids(edges[:, 0]), coerce_ids(edges[:, 1])
    if isinstance(edges, tuple) and len(edges) == 2 and all(np.ndim(column) == 1 for column in edges):
        source, target = coerce_ids(edges[0]), coerce_ids(edges[1])
        if len(source) != len(target):
            raise InputError(f"{len(source)} source ids but {len(target)} target ids")
        return source, target
    pairs = list(edges)
    for position, pair in enumerate(pairs):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise InputError(f"edge {position}: expected a pair of node ids, got {pair!r}")
    ids = coerce_ids([end for pair in pairs for end in pair]) if pairs else np.empty(0, np.int64)
    return ids[0::2], ids[1::2]


def check_weights(weights: Any, num_edges: int) -> Weights:
    """Return weights as float32, refusing any that is not a finite number > 0."""
    values = np.asarray(weights)
    if values.shape != (num_edges,) or values.dtype.kind not in "fiu":
        raise InputError(
            f"weights must be {num_edges} numbers, one an edge; got {values.dtype} {list(values.shape)}"
        )
    with np.errstate(over="ignore", under="ignore"):
        checked = values.astype(np.float32)
    # Tested after rounding: 1e-60 is 0 and 1e60 infinite in float32.
    bad = np.flatnonzero(~((checked > 0) & np.isfinite(checked)))
    if bad.size:
        raise InputError(
            f"edge {bad[0]}: a weight must be a finite float32 number > 0, got {values[bad[0]]}"
            + (f" ({bad.size} such edges)" if bad.size > 1 else "")
        )
    return checked
