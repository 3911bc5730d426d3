"""harmonic_extension: vectors of some nodes carried to all others.

What is carried is harmonic: each of the other nodes has the mean of its neighbours, x_F = -L_FF^-1 L_FC x_C,
which no other choice beats in x' L x. X. Zhu, Z. Ghahramani, J. Lafferty, "Semi-Supervised Learning Using
Gaussian Fields and Harmonic Functions", ICML 2003. The vectors of a Schur complement's nodes go back to the
whole graph so: L_FF and L_FC are the blocks that were eliminated.

What it buys. Micro-F1 with 10 / 50 % of the labels known, and CPU seconds on one thread, of DeepWalk (128
columns, its defaults) on all nodes, and on `schur_complement` with half and a fifth of them, extended; and
of the subgraph of the same half in its place. One seed, three random splits, scored as
`benchmarks/cases/coarsening.py` does:

    graph        all nodes         half              a fifth           half, subgraph
    Cora         74.7 / 79.4 11.2  74.4 / 79.4  5.3  76.4 / 79.9  1.8  73.7 / 78.6  5.0
    Citeseer     55.2 / 58.6 12.9  55.4 / 58.6  6.1  54.7 / 57.4  2.5  55.2 / 59.3  6.5
    LastFM       82.5 / 85.8 36.1  82.9 / 86.0 17.5  83.2 / 85.5  7.5  82.6 / 85.5 17.2
    wiki         55.0 / 63.6 11.6  55.5 / 63.6  6.1  55.0 / 61.2  2.4  54.2 / 61.5  5.8
    PPI          18.0 / 22.8 19.1  17.9 / 22.4  9.5  17.1 / 21.8  3.4  17.5 / 22.0  9.7
    chameleon    44.7 / 55.6 10.2  41.5 / 51.3  4.6  37.6 / 45.3  1.8  41.7 / 50.2  4.1

So half of the nodes have the F1 of all in half of the time on five of six; a fifth costs up to two and a half
points. On chameleon half of the nodes cost four, and it is not the carrying that does: DeepWalk's vectors of
all nodes, kept for that half and carried to the others, have 54.9 against 55.0. Those of the smaller graph
are worse, and alike: with their mean taken off they have 53.2 instead of 51.0. The Schur complement's edges
are worth up to two points over the subgraph's, except on Citeseer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.checks import check_between, kind_of
from graphkit.embedding import Embedding
from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import Graph, check_graph
from graphkit.methods.base import check_undirected
from graphkit.parallel import resolve_threads
from graphkit.resources import check_host_memory
from graphkit.sparsification.laplacian_solver import BLOCK_COLUMNS, LaplacianSolver

if TYPE_CHECKING:
    from graphkit.arrays import Mask, Vectors

_TABLES = 6
"""Arrays [num_nodes, BLOCK_COLUMNS] in float64 that are there at a time."""


def harmonic_extension(
    embedding: Embedding, graph: Graph, *, tolerance: float = 1e-3, num_threads: int | None = None
) -> Embedding:
    """Return vectors of all nodes of a graph: those known, and means of their neighbours' for the others.

    Parameters
    ----------
    embedding
        Vectors of some of the graph's nodes, such as those of a `schur_complement`.
    graph
        Undirected; weights count, loops do not.
    tolerance
        Residual of the means by what comes from the known vectors, in (0, 1).
    num_threads
        Threads to use, >= 1; None for all cores. The bits are the same for any number.

    Returns
    -------
    Embedding
        Of all nodes, in the order of the graph; zeros where no path leads to a known vector.

    Raises
    ------
    ParameterError
        For what is no `Embedding`, a directed graph, a tolerance outside its range, memory that is not there.
    InputError
        For vectors of nodes that the graph does not have.
    RunError
        If the solver does not get to the tolerance.

    Notes
    -----
    O(num_arcs dim) for each of some tens of sweeps: the fewer vectors are known, the more.

    References
    ----------
    Zhu, Ghahramani, Lafferty, "Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions", ICML
    2003.

    Examples
    --------
    >>> from graphkit import Graph
    >>> path = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    >>> ends = Embedding(["a", "d"], np.array([[0.0], [3.0]], np.float32))
    >>> harmonic_extension(ends, path).vectors.ravel().round(3)
    array([0., 1., 2., 3.], dtype=float32)
    """
    if not isinstance(embedding, Embedding):
        raise ParameterError(
            f"embedding must be a graphkit.Embedding, got {kind_of(embedding)}; method.embed(graph) gives one"
        )
    check_graph(graph)
    check_undirected(graph, "harmonic_extension")
    check_between("tolerance", tolerance, "(0, 1)")
    rows = graph.index.find(embedding.node_ids)
    unknown = embedding.node_ids[rows < 0]
    if len(unknown):
        raise InputError(
            f"embedding has {len(unknown):,} nodes that the graph does not have, such as "
            f"{unknown.tolist()[0]!r}; take the graph that its nodes are from"
        )
    needed = (8 * BLOCK_COLUMNS * _TABLES + 4 * embedding.vectors.shape[1]) * graph.num_nodes
    check_host_memory(needed, "harmonic_extension needs", "take fewer dimensions")
    vectors = np.zeros((graph.num_nodes, embedding.vectors.shape[1]), np.float32)
    vectors[rows] = embedding.vectors
    known = np.zeros(graph.num_nodes, np.bool_)
    known[rows] = True
    _extend(graph, known, vectors, tolerance, resolve_threads(num_threads))
    return Embedding(graph.node_ids, vectors, embedding.info | {"extended": {"known": len(rows)}})


def _extend(graph: Graph, known: Mask, vectors: Vectors, tolerance: float, num_threads: int) -> None:
    """Write the rows that are not known."""
    components = graph.connected_components()
    reached = np.zeros(graph.num_nodes, np.bool_)
    reached[components[known]] = True
    free = ~known & reached[components]
    if not free.any():
        return
    flow = LaplacianSolver(graph, num_threads=num_threads)
    solver = LaplacianSolver(graph, free, num_threads=num_threads)
    for first in range(0, vectors.shape[1], BLOCK_COLUMNS):
        columns = vectors[:, first : first + BLOCK_COLUMNS].astype(np.float64)
        # What flows out of a node that is 0 itself.
        right = -flow.multiply(columns)
        found = solver.solve(np.where(free[:, None], right, 0.0), tolerance)
        vectors[free, first : first + BLOCK_COLUMNS] = found[free]
