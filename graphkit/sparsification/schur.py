"""schur_complement: fewer nodes, with the resistances between them, at random and right on average.

V. Kothapalli, "Randomized Schur Complement Views for Graph Contrastive Learning", ICML 2023, on the clique
sampling of R. Kyng and S. Sachdeva, FOCS 2016 (`graphkit.kernels.cpu.clique_sampling`); and the walks of D.
Durfee, Y. Gao, G. Goranci and R. Peng, STOC 2019 (`graphkit.kernels.cpu.terminal_walks`).

What is unbiased, and what is not: when a node is eliminated, the mean of the random tree that replaces its
star is the clique of the exact elimination. Where no two nodes that go are neighbours, the mean of the result
is the Schur complement. Else it is not: a node whose edges are random is eliminated later, and the mean of
w_i w_j / W is no function of the means of w; x' S x is too small on average, since w w' / W is convex in w,
by one to three percent on the graphs that the tests look at. Only the mean of all that is eliminated and what
is left, together, is the Laplacian. Walks have no such bias: each edge's are its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask, Rows, Weights
from graphkit.checks import check_between, check_choice, is_truth
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.graph.graph import Graph, check_graph
from graphkit.graph.sorting import first_overflow, sort_edges
from graphkit.kernels.cpu import clique_sampling, terminal_walks
from graphkit.kernels.cpu.bucket_sort import SUM
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.methods.base import check_undirected
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, check_seed, generator

SchurMethod = Literal["walks", "elimination"]

_ARC_BYTES = 40
"""Of an arc: head, weight, link; as an edge before and after."""

_NODE_BYTES = 48

_MOST_STEPS = 1 << 16
"""Of a walk. The longest of many is ten times the mean or more: all take 100 us an edge at most."""


def schur_complement(
    graph: Graph,
    keep: Iterable[Any] | float,
    *,
    method: SchurMethod = "walks",
    seed: int = 0,
    num_threads: int | None = None,
) -> Graph:
    """Return a graph of some of the nodes, whose Laplacian is a random Schur complement of the whole one's.

    The Schur complement L_CC - L_CF L_FF^-1 L_FC on the nodes C that stay is the Laplacian of a graph on
    them, in which all resistances are what they were. It may be dense; here it is sampled, with at most as
    many edges as there were.

    Parameters
    ----------
    graph
        Undirected; weights count, loops do not.
    keep
        Ids of the nodes that stay, each once, at least one. Or their share of all nodes, in (0, 1): then
        those of the highest degrees stay, chosen by `seed` among equal ones.
    method
        ``"walks"``: each edge by itself, on threads, without any bias; but walks to the nodes that stay may
        be long where those are few, and connected nodes may get separated. ``"elimination"``: node after
        node, those of few edges first, in O(num_arcs log degree); connected nodes stay connected.
    seed
        Random seed, in [0, 2**64).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.

    Returns
    -------
    Graph
        Undirected, weighted, without loops; nodes in the order of `keep`, or of the graph for a share.
        Weights below those of float32 are left out.

    Raises
    ------
    ParameterError
        For a share outside (0, 1), an unknown method, a directed graph, or memory that is not there.
    InputError
        If no node stays, or one is given twice; for weights beyond float32.
    UnknownNodeError
        For a node that the graph does not have.
    RunError
        If a walk takes more than 65,536 steps.

    Notes
    -----
    The mean over seeds is the Schur complement for walks; for elimination it is if no two nodes that go are
    neighbours, else a few percent less (see the module). A component of which nothing is kept vanishes.
    Elimination runs on one thread: each node sees what the ones before have left.

    References
    ----------
    Kothapalli, "Randomized Schur Complement Views for Graph Contrastive Learning", ICML 2023. Kyng, Sachdeva,
    "Approximate Gaussian Elimination for Laplacians", FOCS 2016. Durfee, Gao, Goranci, Peng, "Fully Dynamic
    Spectral Vertex Sparsifiers and Applications", STOC 2019.

    Examples
    --------
    >>> from graphkit import Graph
    >>> path = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    >>> small = schur_complement(path, ["a", "d"], method="elimination")
    >>> small.neighbors("a").tolist(), small.weights.round(4)
    (['d'], array([0.3333, 0.3333], dtype=float32))
    """
    check_graph(graph)
    check_undirected(graph, "schur_complement")
    check_choice("method", method, get_args(SchurMethod))
    check_seed(seed)
    check_host_memory(
        schur_bytes(graph.num_nodes, graph.num_arcs), "schur_complement needs", "take a smaller graph"
    )
    rows = rows_to_keep(graph, keep, seed)
    stays = np.zeros(graph.num_nodes, np.bool_)
    stays[rows] = True
    threads = resolve_threads(num_threads)
    edges = _walked(graph, stays, seed, threads) if method == "walks" else _eliminated(graph, stays, seed)
    return _graph_of(graph, rows, *edges, num_threads=threads)


def rows_to_keep(graph: Graph, keep: Iterable[Any] | float, seed: int) -> NDArray[np.int64]:
    """Return the rows that `schur_complement` keeps; see there."""
    if isinstance(keep, Real) and not is_truth(keep):
        check_between("keep", keep, "(0, 1)")
        count = math.ceil(float(keep) * graph.num_nodes)
        coins = generator(seed, Stream.ELIMINATION, 1).permutation(graph.num_nodes)
        return np.sort(np.lexsort((coins, -graph.degree))[:count])
    if isinstance(keep, (str, bytes)) or not isinstance(keep, Iterable):
        raise ParameterError(f"keep must be node ids or their share in (0, 1), got {keep!r}")
    rows = graph.rows(keep)
    if not len(rows):
        raise InputError("keep names no node; name at least one, or give a share such as 0.5")
    if len(np.unique(rows)) < len(rows):
        raise InputError("keep: a node id is given more than once; give each once")
    return rows


def schur_bytes(num_nodes: int, num_arcs: int) -> int:
    """Return the memory that `schur_complement` takes beside the graph, at most.

    Examples
    --------
    >>> schur_bytes(1_000_000, 20_000_000) // 10**6
    848
    """
    return _NODE_BYTES * num_nodes + _ARC_BYTES * num_arcs


def _edges_in(graph: Graph) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """Edges without loops, and their weights in float64."""
    source, target, weights = graph.edge_rows()
    whole = source != target
    values = np.ones(len(source)) if weights is None else weights.astype(np.float64)
    return source[whole], target[whole], values[whole]


def _eliminated(graph: Graph, stays: Mask, seed: int) -> tuple[Rows, Rows, NDArray[np.float64]]:
    source, target, values = _edges_in(graph)
    heads, weights = np.empty(2 * len(source), np.int32), np.empty(2 * len(source))
    following = np.empty(len(heads), np.int64)
    firsts, degrees = np.empty(graph.num_nodes, np.int64), np.empty(graph.num_nodes, np.int64)
    lists = heads, weights, following, firsts, degrees
    clique_sampling.link_arcs(source, target, values, *lists)
    order = generator(seed, Stream.ELIMINATION).permutation(np.flatnonzero(~stays)).astype(np.int32)
    clique_sampling.eliminate(*lists, ~stays, order, (np.uint64(seed), int(Stream.ELIMINATION)))
    left = weights[::2] > 0
    return heads[1::2][left], heads[::2][left], weights[::2][left]


def _walked(graph: Graph, stays: Mask, seed: int, num_threads: int) -> tuple[Rows, Rows, NDArray[np.float64]]:
    components = graph.connected_components()
    reached = np.zeros(graph.num_nodes, np.bool_)
    reached[components[stays]] = True
    plain = graph if not graph.num_self_loops else _loopless(graph)
    source, target, _ = plain.edge_rows()
    numbers = np.flatnonzero(reached[components[source]])
    edges = source[numbers], target[numbers], numbers
    table = None
    if plain.weights is not None:
        table = np.empty((plain.num_arcs, 2), np.uint32)
        bounds = balanced_bounds(plain.indptr, RANGES_PER_THREAD * num_threads)
        run_ranges(
            lambda start, stop: build_row_alias(plain.indptr, plain.weights, table, start, stop),
            bounds,
            num_threads,
        )
    ends = np.empty((2, len(numbers)), np.int32)
    values = np.empty(len(numbers))
    arrays = plain.indptr, plain.indices, plain.weights, table, stays, edges
    key = np.uint64(seed), int(Stream.TERMINAL)
    if len(numbers):
        lost = run_ranges(
            lambda start, stop: terminal_walks.walk_to_terminals(
                *arrays, key, _MOST_STEPS, ends[0], ends[1], values, start, stop
            ),
            even_bounds(len(numbers), RANGES_PER_THREAD * num_threads),
            num_threads,
        )
        if max(lost) >= 0:
            raise RunError(
                f"a walk took more than {_MOST_STEPS:,} steps to a node that stays; keep more nodes, or "
                "choose method='elimination'"
            )
    found = values > 0
    return ends[0][found], ends[1][found], values[found]


def _loopless(graph: Graph) -> Graph:
    source, target, weights = graph.edge_rows()
    whole = source != target
    values = None if weights is None else weights[whole]
    arcs, _ = sort_edges(source[whole], target[whole], values, graph.num_nodes, symmetric=True, rule=SUM)
    return Graph(*arcs, graph.node_ids)


def _graph_of(
    graph: Graph,
    rows: NDArray[np.int64],
    source: Rows,
    target: Rows,
    values: NDArray[np.float64],
    *,
    num_threads: int,
) -> Graph:
    """The graph of edges between the rows that stay, in their order."""
    place = np.full(graph.num_nodes, -1, np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    weights: Weights = values.astype(np.float32)
    some = weights > 0
    arcs, _ = sort_edges(
        place[source[some]],
        place[target[some]],
        weights[some],
        len(rows),
        symmetric=True,
        rule=SUM,
        num_threads=num_threads,
    )
    if first_overflow(arcs) is not None:
        raise InputError("weights add up to more than float32 holds, 3.4e38; divide all by some number")
    return Graph(*arcs, graph.node_ids[rows])
