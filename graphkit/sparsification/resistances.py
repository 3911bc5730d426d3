"""Effective resistances of edges, exact or by random projections.

D. Spielman, N. Srivastava, "Graph Sparsification by Effective Resistances", STOC 2008. The resistance between
u and v is |W^1/2 B L^+ (e_u - e_v)|^2, B being the edges by nodes matrix of signs: of k random projections of
its m entries the mean is as much, and k systems of the Laplacian give all resistances.

Where we differ: the paper's solver is of theory alone; here conjugate gradients solve to a stated tolerance
(`graphkit.sparsification.laplacian_solver`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_between, check_whole
from graphkit.graph.edges import edge_columns
from graphkit.graph.graph import Graph, check_graph
from graphkit.kernels.cpu import laplacian
from graphkit.methods.base import check_undirected
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, check_seed
from graphkit.sparsification.laplacian_solver import BLOCK_COLUMNS, LaplacianSolver

_TABLES = 6
"""Arrays [num_nodes, BLOCK_COLUMNS] that are there at a time."""

_MOST_PROJECTIONS = 1 << 16

_PAIRS = 1 << 16
"""Whose distances are taken at a time."""


def effective_resistances(
    graph: Graph,
    edges: Any = None,
    *,
    projections: int | None = None,
    tolerance: float = 1e-4,
    seed: int = 0,
    num_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the effective resistance between the ends of each edge: R_uv = (e_u - e_v)' L^+ (e_u - e_v).

    Parameters
    ----------
    graph
        Undirected; a weight is a conductance, loops count for nothing.
    edges
        Pairs of nodes, as `Graph.from_edges` takes edges; they need not be edges of the graph. None for all
        edges, in the order of `Graph.edge_rows`.
    projections
        k, 1 .. 65,536: random projections, for estimates whose mean is R and standard deviation
        R (2 / k)^1/2. None for exact resistances, at one system a pair; k systems are much less where there
        are many pairs.
    tolerance
        Residual of the systems by their right side, in (0, 1).
    seed
        Random seed of the projections, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.

    Returns
    -------
    float64 [num_edges]
        0 for a loop, infinite between components.

    Raises
    ------
    ParameterError
        For a parameter outside its range, a directed graph, or memory that is not there.
    UnknownNodeError
        For a node that the graph does not have.
    RunError
        If the solver does not get to the tolerance.

    Notes
    -----
    A product with the Laplacian is O(num_arcs) for each system; there are about as many as the graph is
    long, some tens on social graphs. Memory of 800 bytes a node.

    References
    ----------
    Spielman, Srivastava, "Graph Sparsification by Effective Resistances", STOC 2008.

    Examples
    --------
    >>> from graphkit import Graph
    >>> triangle = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    >>> effective_resistances(triangle).round(4)
    array([0.6667, 0.6667, 0.6667])
    """
    check_graph(graph)
    check_undirected(graph, "effective_resistances")
    check_between("tolerance", tolerance, "(0, 1)")
    check_seed(seed)
    if projections is not None:
        check_whole("projections", projections, 1, _MOST_PROJECTIONS)
    if edges is None:
        source, target, _ = graph.edge_rows()
    else:
        source, target = (graph.rows(ids).astype(np.int32) for ids in edge_columns(edges))
    needed = resistance_bytes(graph.num_nodes, len(source))
    check_host_memory(needed, "effective_resistances needs", "take a smaller graph, or fewer pairs")
    components = graph.connected_components()
    found = np.zeros(len(source))
    found[components[source] != components[target]] = np.inf
    joined = (source != target) & np.isfinite(found)
    threads = resolve_threads(num_threads)
    solver = LaplacianSolver(graph, num_threads=threads)
    pairs = source[joined], target[joined]
    if projections is None:
        found[joined] = _exact(graph, solver, pairs, tolerance)
    else:
        found[joined] = _projected(graph, solver, pairs, projections, tolerance, seed, threads)
    return found


def resistance_bytes(num_nodes: int, num_edges: int) -> int:
    """Return the memory that `effective_resistances` takes beside the graph, of so many pairs.

    Examples
    --------
    >>> resistance_bytes(1_000_000, 10_000_000) // 10**6
    1168
    """
    return 8 * BLOCK_COLUMNS * _TABLES * num_nodes + 40 * num_edges


def _exact(
    graph: Graph, solver: LaplacianSolver, pairs: tuple[Rows, Rows], tolerance: float
) -> NDArray[np.float64]:
    resistances = np.empty(len(pairs[0]))
    for first in range(0, len(resistances), BLOCK_COLUMNS):
        source, target = (ends[first : first + BLOCK_COLUMNS] for ends in pairs)
        columns = np.arange(len(source))
        right = np.zeros((graph.num_nodes, len(source)))
        right[source, columns], right[target, columns] = 1, -1
        potentials = solver.solve(right, tolerance)
        resistances[first : first + len(source)] = potentials[source, columns] - potentials[target, columns]
    return resistances


def _projected(
    graph: Graph,
    solver: LaplacianSolver,
    pairs: tuple[Rows, Rows],
    projections: int,
    tolerance: float,
    seed: int,
    num_threads: int,
) -> NDArray[np.float64]:
    squares = np.zeros(len(pairs[0]))
    arcs, key = (graph.indptr, graph.indices, graph.weights), (np.uint64(seed), int(Stream.RESISTANCE))
    bounds = balanced_bounds(graph.indptr, RANGES_PER_THREAD * num_threads)
    for first in range(0, projections, BLOCK_COLUMNS):
        right = np.empty((graph.num_nodes, min(BLOCK_COLUMNS, projections - first)))
        kernel = partial(laplacian.project, *arcs, key, first // BLOCK_COLUMNS, right)
        run_ranges(kernel, bounds, num_threads)
        potentials = solver.solve(right, tolerance)
        squares += _squared_distances(potentials, pairs)
    return squares / projections


def _squared_distances(potentials: NDArray[np.float64], pairs: tuple[Rows, Rows]) -> NDArray[np.float64]:
    """|x_u - x_v|^2 of rows, some pairs at a time."""
    squares = np.empty(len(pairs[0]))
    for first in range(0, len(squares), _PAIRS):
        source, target = (ends[first : first + _PAIRS] for ends in pairs)
        squares[first : first + _PAIRS] = ((potentials[source] - potentials[target]) ** 2).sum(axis=1)
    return squares
