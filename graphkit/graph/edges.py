"""Pairs of node ids in memory → Graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from graphkit.arrays import NodeIds, Rows, Weights
from graphkit.checks import as_array, check_whole, kind_of
from graphkit.errors import InputError, ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import MAX_NODES, Graph
from graphkit.graph.node_ids import as_node_ids, coerce_ids
from graphkit.graph.relabel import UnlistedNodeError, relabel
from graphkit.parallel import even_bounds, resolve_threads, run_ranges
from graphkit.parameters import check_declared
from graphkit.resources import check_host_memory

_BYTES_PER_NODE = 32
"""Of a graph of given rows: ids, offsets and counts."""

_EDGES_PER_RANGE = 1 << 16
"""Ids are read twice, the second time from the cache."""


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
    check_declared(graph_from_edges, {"directed": directed})
    source, target, ids = rows_of_edges(edges, node_ids, num_nodes)
    graph, _ = build_graph(
        source,
        target,
        None if weights is None else check_weights(weights, len(source)),
        node_ids=ids,
        directed=directed,
        duplicates=duplicates,
        self_loops=self_loops,
    )
    return graph


def rows_of_edges(
    edges: Any, node_ids: Iterable[Any] | None, num_nodes: int | None
) -> tuple[Rows, Rows, NodeIds]:
    """Return source rows, target rows and all node ids of pairs in memory."""
    return _rows_of(*edge_columns(edges), _listed_ids(node_ids, num_nodes))


def _listed_ids(node_ids: Iterable[Any] | None, num_nodes: int | None) -> NodeIds | None:
    if num_nodes is None:
        return None if node_ids is None else as_node_ids(node_ids)
    if node_ids is not None:
        raise ParameterError("give node_ids or num_nodes, not both")
    count = check_whole("num_nodes", num_nodes, 0, MAX_NODES)
    check_host_memory(_BYTES_PER_NODE * count, f"a graph of num_nodes={count:,} needs", "give fewer")
    return np.arange(count)


def _rows_of(source: NodeIds, target: NodeIds, listed: NodeIds | None) -> tuple[Rows, Rows, NodeIds]:
    """`relabel`; ids of 0 .. num_nodes - 1 in a list of just these are rows, checked and cast."""
    numbers = source.dtype == target.dtype == np.int64
    if listed is None or not numbers or not np.array_equal(listed, np.arange(len(listed))):
        return relabel(source, target, listed)
    rows = np.empty((2, len(source)), np.int32)

    def cast(start: int, stop: int) -> bool:
        """Return whether all ids are rows; read without a sign, a negative one is larger than any."""
        inside = True
        for ids, out in zip((source, target), rows, strict=True):
            part = ids[start:stop]
            out[start:stop] = part
            inside = inside and bool((part.view(np.uint64) < len(listed)).all())
        return inside

    bounds = even_bounds(len(source), len(source) // _EDGES_PER_RANGE)
    if not all(run_ranges(cast, bounds, resolve_threads())):
        raise _unlisted(source, target, len(listed))
    return rows[0], rows[1], listed


def _unlisted(source: NodeIds, target: NodeIds, num_nodes: int) -> UnlistedNodeError:
    outside = [(ids < 0) | (ids >= num_nodes) for ids in (source, target)]
    position = int(np.argmax(outside[0] | outside[1]))
    return UnlistedNodeError(int((source if outside[0][position] else target)[position]), position)


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
    if not isinstance(edges, Iterable) or hasattr(edges, "tocoo"):
        raise InputError(
            f"edges must be pairs of node ids, got {kind_of(edges)}; as_graph takes graphs and matrices"
        )
    pairs = list(edges)
    for position, pair in enumerate(pairs):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise InputError(f"edge {position}: expected a pair of node ids, got {pair!r}")
    ids = coerce_ids([end for pair in pairs for end in pair]) if pairs else np.empty(0, np.int64)
    return ids[0::2], ids[1::2]


def check_weights(weights: Any, num_edges: int) -> Weights:
    """Return weights as float32, refusing any that is not a finite number > 0."""
    values = as_array("weights", weights)
    if values.shape != (num_edges,) or values.dtype.kind not in "fiu":
        raise InputError(
            f"weights must be {num_edges} numbers, one an edge; got {values.dtype} {list(values.shape)}"
        )
    with np.errstate(over="ignore", under="ignore"):
        checked = values.astype(np.float32, copy=False)
    # Tested after rounding: 1e-60 is 0 and 1e60 infinite in float32.
    bad = np.flatnonzero(~((checked > 0) & np.isfinite(checked)))
    if bad.size:
        raise InputError(
            f"edge {bad[0]}: a weight must be a finite float32 number > 0, got {values[bad[0]]}"
            + (f" ({bad.size} such edges)" if bad.size > 1 else "")
        )
    return checked
