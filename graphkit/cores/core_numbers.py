"""Core numbers: how deep in its densest part each node of a graph lies.

S. B. Seidman, "Network structure and minimum degree", Social Networks 1983; V. Batagelj, M. Zaversnik, "An
O(m) algorithm for cores decomposition of networks", 2003. The k-core is the largest subgraph in which every
node has at least k neighbours; a node's core number is the largest k whose k-core it belongs to.

A loop counts for nothing, as if it were not there; networkx refuses graphs that have one, igraph counts it
twice.
"""

from __future__ import annotations

import math
from typing import Any, Literal, get_args, overload

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask
from graphkit.checks import as_real, check_choice, shown
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph, check_graph
from graphkit.graph.sorting import sort_edges
from graphkit.kernels.cpu.bucket_sort import FIRST
from graphkit.kernels.cpu.cores import first_state, peel
from graphkit.kernels.cpu.strength_cores import peel_strengths
from graphkit.kernels.cpu.tickets import NUM_COUNTERS
from graphkit.parallel import balanced_bounds, resolve_threads, run_ranges
from graphkit.parameters import check_declared

Degree = Literal["total", "in", "out"]

_ARCS_PER_PART = 1 << 22
"""At least: below that a thread more costs what it gains, waiting for the others at the end of each round."""


@overload
def core_numbers(
    graph: Graph,
    *,
    degree: Degree = ...,
    strength: Literal[False] = ...,
    num_threads: int | None = ...,
) -> NDArray[np.int32]: ...


@overload
def core_numbers(
    graph: Graph, *, degree: Degree = ..., strength: bool, num_threads: int | None = ...
) -> NDArray[Any]: ...


def core_numbers(
    graph: Graph,
    *,
    degree: Degree = "total",
    strength: bool = False,
    num_threads: int | None = None,
) -> NDArray[Any]:
    """Compute the core number of each node: the largest k whose k-core it belongs to.

    Parameters
    ----------
    graph
        Any graph; loops count for nothing.
    degree
        What counts as the degree in a directed graph: ``"total"`` all arcs, ``"in"`` those that arrive,
        ``"out"`` those that leave.
    strength
        Whether the sum of its arcs' weights stands in place of a node's degree: the s-core.
    num_threads
        Threads to use, >= 1; None for all cores. The result is the same on any number.

    Returns
    -------
    int32 [num_nodes]
        In the order of the graph's nodes, >= 0. float64 with `strength`.

    Raises
    ------
    ParameterError
        For a parameter outside its range or without effect.

    Notes
    -----
    The degeneracy is ``numbers.max()``, the sizes of the shells are ``np.bincount(numbers)``, the nodes of
    the k-core ``graph.node_ids[numbers >= k]``. O(num_nodes + num_arcs), 12 bytes a node beside the graph; by
    "out" and "total" of a directed graph the arcs once more, turned round. With `strength` O(num_arcs
    log num_nodes), on one thread; strengths are float64 sums from which weights are subtracted, so that a
    number is good to about 1e-16 of the strength that its node has in the whole graph.

    References
    ----------
    Batagelj, Zaversnik, "An O(m) algorithm for cores decomposition of networks", 2003; Eidsaa, Almaas,
    "s-core network decomposition: a generalization of k-core analysis to weighted networks", Phys. Rev. E
    2013.

    Examples
    --------
    >>> triangle_with_tail = Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3)])
    >>> core_numbers(triangle_with_tail)
    array([2, 2, 2, 1], dtype=int32)
    """
    check_graph(graph)
    check_declared(core_numbers, {"strength": strength})
    check_degree(degree, directed=graph.directed)
    if strength and not graph.is_weighted:
        raise ParameterError("strength has no effect on a graph without weights")
    loops = _loops(graph)
    if strength:
        return _by_strength(graph, degree)
    out, arriving = graph.degree - loops, graph.in_degree - loops
    numbers = {"in": arriving, "out": out, "total": out + arriving if graph.directed else out}[degree]
    return _peeled(_adjacencies(graph, degree), numbers.astype(np.int32), resolve_threads(num_threads))


def k_core(
    graph: Graph,
    k: float,
    *,
    degree: Degree = "total",
    strength: bool = False,
    num_threads: int | None = None,
) -> Graph:
    """Return the k-core: the largest subgraph in which every node has a degree of at least k.

    Parameters
    ----------
    graph, degree, strength, num_threads
        As for `core_numbers`.
    k
        0 to the degeneracy; whole, unless `strength` is asked for.

    Returns
    -------
    Graph
        The nodes with a core number >= k, under their ids and in their order, and all edges between them.

    Raises
    ------
    ParameterError
        For a `k` above the degeneracy, or as for `core_numbers`.

    Examples
    --------
    >>> k_core(Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]), 2).node_ids.tolist()
    ['a', 'b', 'c']
    """
    check_declared(k_core, {"k": k, "strength": strength})
    if not (math.isfinite(as_real(k)) and k >= 0 and (strength or k == int(k))):
        raise ParameterError(f"k must be {'finite' if strength else 'whole'} and >= 0, got {shown(k)}")
    numbers = core_numbers(graph, degree=degree, strength=strength, num_threads=num_threads)
    return graph.subgraph(graph.node_ids[core_mask(numbers, k)])


def core_mask(numbers: NDArray[Any], k: float) -> Mask:
    """Return which nodes are in the k-core, bool [num_nodes]; `ParameterError` for a k that has none."""
    degeneracy = numbers.max(initial=0)
    if k > degeneracy:
        raise ParameterError(f"k must be <= {degeneracy:,}, the largest core number of the graph, got {k:,}")
    mask: Mask = numbers >= k
    return mask


def check_degree(degree: str, *, directed: bool) -> None:
    """Raise `ParameterError` for an unknown degree, or one without effect."""
    check_choice("degree", degree, get_args(Degree))
    if degree != "total" and not directed:
        raise ParameterError(f"degree={degree!r} has no effect on an undirected graph")


def _loops(graph: Graph) -> NDArray[np.int64]:
    """Which nodes have a loop, 0 or 1."""
    rows = np.arange(graph.num_nodes if graph.num_self_loops else 0)
    loops = np.zeros(graph.num_nodes, np.int64)
    loops[: len(rows)] = graph.has_edges(rows, rows)
    return loops


def _adjacencies(graph: Graph, degree: str) -> tuple[Graph, ...]:
    """The graphs along whose arcs a node that goes lowers the degrees of others."""
    if not graph.directed or degree == "in":
        return (graph,)
    source, target, weights = graph.edge_rows()
    arcs, _ = sort_edges(target, source, weights, graph.num_nodes, symmetric=False, rule=FIRST)
    turned = Graph(*arcs, graph.node_ids, directed=True)
    return (turned,) if degree == "out" else (graph, turned)


def _peeled(
    adjacencies: tuple[Graph, ...], numbers: NDArray[np.int32], num_threads: int
) -> NDArray[np.int32]:
    """Turn degrees into core numbers, in place."""
    indptr, num_nodes = adjacencies[0].indptr, len(numbers)
    num_parts = max(1, min(num_threads, int(indptr[-1]) // _ARCS_PER_PART))
    bounds = np.array(balanced_bounds(indptr, num_parts), np.int64)
    num_parts = len(bounds) - 1
    rows = tuple((graph.indptr, graph.indices) for graph in adjacencies)
    queue, left = np.empty(num_nodes + num_parts, np.int32), np.arange(num_nodes, dtype=np.int32)
    shared = np.zeros(NUM_COUNTERS, np.int64), rows, bounds, queue, left, first_state(bounds), numbers
    # Each call works until all is done, so it does not matter how many of them run side by side.
    run_ranges(lambda *_: peel(*shared), range(num_parts + 1), num_parts)
    return numbers


def _by_strength(graph: Graph, degree: str) -> NDArray[np.float64]:
    source, target, weights = graph.edge_rows()
    assert weights is not None
    kept = source != target
    ends = {"in": (target,), "out": (source,), "total": (source, target)}[degree]
    strengths = np.zeros(graph.num_nodes)
    for end in ends:
        strengths += np.bincount(end[kept], weights[kept], minlength=graph.num_nodes)
    heap, numbers = np.arange(graph.num_nodes, dtype=np.int32), np.empty(graph.num_nodes)
    arcs = tuple((part.indptr, part.indices, part.weights) for part in _adjacencies(graph, degree))
    peel_strengths(arcs, strengths, heap, np.empty_like(heap), numbers)
    return numbers
