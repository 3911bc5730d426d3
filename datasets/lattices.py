"""Graphs without chance: path, ring, star, grid."""

from __future__ import annotations

import numpy as np

from graphkit.arrays import Rows
from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import MAX_NODES, Graph


def path(num_nodes: int) -> Graph:
    """Return the path 0 - 1 - ... - (num_nodes - 1).

    Parameters
    ----------
    num_nodes
        >= 1.

    Returns
    -------
    Graph
        Undirected, unweighted, with num_nodes - 1 edges.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> path(4).degree.tolist()
    [1, 2, 2, 1]
    """
    rows = _rows(num_nodes, at_least=1)
    return _graph(rows[:-1], rows[1:], len(rows))


def ring(num_nodes: int) -> Graph:
    """Return the path of `num_nodes` nodes with its two ends joined.

    Parameters
    ----------
    num_nodes
        >= 3.

    Returns
    -------
    Graph
        Undirected, unweighted, with num_nodes edges.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> ring(4).neighbors(0).tolist()
    [1, 3]
    """
    rows = _rows(num_nodes, at_least=3)
    return _graph(rows, np.roll(rows, -1), len(rows))


def star(num_nodes: int) -> Graph:
    """Return the star of node 0 and the num_nodes - 1 others, its leaves.

    Parameters
    ----------
    num_nodes
        >= 1.

    Returns
    -------
    Graph
        Undirected, unweighted, with num_nodes - 1 edges.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> star(4).degree.tolist()
    [3, 1, 1, 1]
    """
    leaves = _rows(num_nodes, at_least=1)[1:]
    return _graph(np.zeros_like(leaves), leaves, num_nodes)


def grid(num_rows: int, num_columns: int) -> Graph:
    """Return the grid in which (i, j), the node ``i * num_columns + j``, meets (i, j + 1) and (i + 1, j).

    Parameters
    ----------
    num_rows, num_columns
        >= 1 each.

    Returns
    -------
    Graph
        Undirected, unweighted, with 2 num_rows num_columns - num_rows - num_columns edges.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Examples
    --------
    >>> grid(3, 4)
    Graph(12 nodes, 17 edges, undirected, unweighted)
    """
    check_whole("num_rows", num_rows, 1, MAX_NODES)
    check_whole("num_columns", num_columns, 1, MAX_NODES)
    if num_rows * num_columns > MAX_NODES:
        raise ParameterError(
            f"num_rows * num_columns must be <= {MAX_NODES:,} nodes, got {num_rows * num_columns:,}"
        )
    rows = np.arange(num_rows * num_columns, dtype=np.int32).reshape(num_rows, num_columns)
    source = np.concatenate([rows[:, :-1].ravel(), rows[:-1].ravel()])
    target = np.concatenate([rows[:, 1:].ravel(), rows[1:].ravel()])
    return _graph(source, target, rows.size)


def _rows(num_nodes: int, *, at_least: int) -> Rows:
    num_nodes = check_whole("num_nodes", num_nodes, at_least, MAX_NODES)
    return np.arange(num_nodes, dtype=np.int32)


def _graph(source: Rows, target: Rows, num_nodes: int) -> Graph:
    return build_graph(source, target, node_ids=np.arange(num_nodes))[0]
