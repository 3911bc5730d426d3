"""EdgeTable → Graph and report."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Rows, Weights
from graphkit.errors import GraphkitWarning, InputError, ParameterError
from graphkit.graph.graph import MAX_NODES
from graphkit.graph.node_ids import STRING
from graphkit.graph.relabel import UnlistedNodeError, relabel
from graphkit.io.edge_table import EdgeTable, comments_remark
from graphkit.io.options import ReadOptions
from graphkit.io.report import LoadedGraph, LoadReport
from graphkit.io.two_columns import header_remark, shared_remark, tell_apart
from graphkit.io.weights import WeightChanges, apply_policy, as_float32, first_refused, refusal, shown


def assemble(
    table: EdgeTable, options: ReadOptions, nodes: NodeIds | None, origin: str, compression: str | None = None
) -> LoadedGraph:
    """Build the graph of a table of edges.

    Parameters
    ----------
    table
        What a reader found; it is used up.
    options
        What the caller says.
    nodes
        All nodes, from the caller; None for those of the table.
    origin, compression
        For the report.

    Raises
    ------
    InputError
        Naming the line or the edge.
    """
    from graphkit.graph.build import SumOverflowError, build_graph
    from graphkit.io.mirrored import undirected

    directed = bool(table.directed if options.directed is None else options.directed)
    bipartite = table.bipartite if options.bipartite is None else options.bipartite
    if bipartite:
        tell_apart(table)
    table.remarks += comments_remark(table.num_comments)
    source, target, node_ids = rows_of(table, nodes)
    doubts = [header_remark(source, target, table.doubtful_header)]
    if not (bipartite or table.are_rows):
        doubts.append(shared_remark(source, target, len(node_ids), table.end_names))
    weights, stay, changes = _weights(table, options.bad_weights)
    if stay is not None:
        source, target = source[stay], target[stay]
    is_matrix = table.both_directions and not directed
    if is_matrix and weights is None and options.duplicates is not None:
        source, target = _once(source, target, len(node_ids))
    # Its two entries for an edge are compared first, and merged then.
    as_matrix = is_matrix and weights is not None
    # The ids are not needed any more, and building is the peak of memory.
    table.source = table.target = np.empty(0, np.int64)
    try:
        graph, build = build_graph(
            source,
            target,
            weights,
            node_ids=node_ids,
            directed=directed or as_matrix,
            duplicates=options.duplicates,
            self_loops=options.self_loops,
        )
    except SumOverflowError as error:
        position = error.position if stay is None else int(np.flatnonzero(stay)[error.position])
        raise table.fault(position, error.message) from None
    mirrored = None
    if as_matrix:
        graph, mirrored = undirected(graph, options.duplicates)
        if mirrored.num_different:
            warnings.warn(f"{origin}: {mirrored}; directed=True keeps both", GraphkitWarning, stacklevel=3)
    report = LoadReport(
        graph=graph,
        origin=origin,
        format=table.description,
        compression=compression,
        remarks=tuple(table.remarks),
        build=build,
        weight_changes=changes,
        lists_both_directions=table.both_directions,
        doubts=tuple(filter(None, doubts)),
        mirrored=mirrored,
    )
    return LoadedGraph(graph, report)


def rows_of(table: EdgeTable, nodes: NodeIds | None) -> tuple[Rows, Rows, NodeIds]:
    """Return (source rows, target rows, node ids); `nodes` are all nodes, or None for those of the table."""
    if table.node_ids is not None and nodes is not None:
        raise ParameterError(f"nodes has no effect: {table.description} lists its nodes itself; leave it out")
    listed = table.node_ids if nodes is None else nodes
    if listed is not None and len(listed) > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, found {len(listed):,}")
    if table.are_rows:
        return np.asarray(table.source), np.asarray(table.target), _known(listed)
    _check_kinds(table, listed)
    try:
        return relabel(table.source, table.target, listed)
    except UnlistedNodeError as error:
        message = f"the edge names the node {error.node_id!r}, which is not in the list of nodes"
        raise table.fault(error.position, message) from None


def _known(listed: NodeIds | None) -> NodeIds:
    assert listed is not None
    return listed


def _check_kinds(table: EdgeTable, listed: NodeIds | None) -> None:
    if listed is None or len(listed) == 0 or len(table.source) == 0:
        return
    are_numbers = isinstance(table.source, np.ndarray) and table.source.dtype == np.int64
    if are_numbers != (listed.dtype != STRING):
        kinds = ("whole numbers", "strings") if are_numbers else ("strings", "whole numbers")
        raise InputError(f"edges name nodes by {kinds[0]}, but the list of nodes holds {kinds[1]}")


def _weights(
    table: EdgeTable, bad_weights: str
) -> tuple[Weights | None, NDArray[np.bool_] | None, WeightChanges]:
    """(weights, which edges stay or None for all, what was changed)."""
    if table.weights is None:
        return None, None, WeightChanges()
    weights = as_float32(table.weights)
    refused = first_refused(weights, bad_weights)
    if refused is not None:
        raise table.fault(refused, refusal(shown(table.weights[refused]), bad_weights))
    return apply_policy(weights, bad_weights)


def _once(source: Rows, target: Rows, num_nodes: int) -> tuple[Rows, Rows]:
    """Take one direction of each edge of a symmetric matrix, which names both."""
    import scipy.sparse

    data: Any = np.ones(len(source), np.float32)
    matrix: Any = scipy.sparse.coo_array((data, (source, target)), shape=(num_nodes, num_nodes)).tocsr()
    if (matrix != matrix.T).nnz:
        return source, target
    upper = source <= target
    return source[upper], target[upper]
