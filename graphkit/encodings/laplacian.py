"""Eigenvectors of the normalised Laplacians of many graphs, in a basis that does not depend on their
numbering.

L = I - D^-1/2 A D^-1/2, A without self-loops; L(i, i) = 0 of a node without edges. Eigenvalue 0 says which
nodes are connected, with a vector D^1/2 1_C a component C, and is left out, whatever its multiplicity.

Graphs of up to `DENSE` nodes are solved whole, larger ones by ARPACK's implicitly restarted Lanczos
iteration, to a residual of `RESIDUAL`; all in float64, on one thread, from a fixed start: the same bits each
time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.canonical_basis import canonical_basis, canonical_signs
from graphkit.encodings.edge_rows import EdgeRows
from graphkit.errors import RunError
from graphkit.resources import check_host_memory
from graphkit.seeds import Stream, generator

DENSE = 700
"""Nodes of the largest graph whose eigenvectors are all computed."""

RESIDUAL = 1e-6
"""Of |L u - lambda u| at most, where they are not."""

_EXTRA = 8
"""Eigenvectors beyond those that are wanted, so that the last eigenspace is seldom cut."""

_SAME_EXACT, _SAME_ITERATED, _ZERO = 1e-8, 1e-4, 1e-12
"""Eigenvalues that differ by less are one; those below the last are 0."""

Array = NDArray[np.float64]


class LaplacianVectors(NamedTuple):
    """The eigenvectors of the smallest eigenvalues above 0 of each graph.

    `vectors` float32 [num_nodes, count], of length 1 in each graph, and `values` float32 [num_graphs, count],
    ascending; 0 where a graph has no more.
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float32]


def laplacian_eigenvectors(
    rows: EdgeRows, graph_of: NDArray[np.int64], num_graphs: int, count: int
) -> LaplacianVectors:
    """Return eigenvectors of graphs that stand side by side.

    Parameters
    ----------
    rows
        Symmetric rows of all graphs.
    graph_of
        The graph of each node, int64 [num_nodes].
    num_graphs, count
        Graphs, and vectors of each.

    Raises
    ------
    ParameterError
        If memory cannot hold what a graph needs.
    """
    rows = rows.without_loops()
    vectors = np.zeros((rows.num_nodes, count), np.float32)
    values = np.zeros((num_graphs, count), np.float32)
    order = np.argsort(graph_of, kind="stable")
    ends = np.searchsorted(graph_of[order], np.arange(num_graphs + 1))
    place = np.empty(rows.num_nodes, np.int64)
    with _blas().limit(limits=1):
        for graph in range(num_graphs):
            nodes = order[ends[graph] : ends[graph + 1]]
            if len(nodes) <= DENSE:
                place[nodes] = np.arange(len(nodes))
                found_values, basis = _dense(rows, nodes, place)
            else:
                found_values, basis = _iterated(rows, nodes, count)
            same = _SAME_EXACT if len(nodes) <= DENSE else _SAME_ITERATED
            chosen = _canonical(found_values, basis, count, same)
            vectors[nodes, : chosen.shape[1]] = chosen
            values[graph, : chosen.shape[1]] = found_values[: chosen.shape[1]]
    return LaplacianVectors(vectors, values)


@cache
def _blas() -> Any:
    """What says how many threads BLAS has; to look for it takes milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _canonical(values: Array, vectors: Array, count: int, same: float) -> Array:
    """The first vectors in canonical bases, one eigenspace after the other."""
    begins = np.flatnonzero(np.append(True, np.diff(values) > same)) if len(values) else np.empty(0, int)
    ends, wanted = np.append(begins[1:], len(values)), min(count, len(values))
    found = np.empty((len(vectors), wanted))
    single = begins[(ends - begins == 1) & (begins < wanted)]
    if len(single):
        alone = vectors[:, single]
        found[:, single] = alone * canonical_signs(alone)
    for begin, end in zip(begins, ends):
        if end - begin > 1 and begin < wanted:
            last = min(end, wanted)
            found[:, begin:last] = canonical_basis(vectors[:, begin:end], last - begin)
    return found


def _dense(rows: EdgeRows, nodes: NDArray[np.int64], place: NDArray[np.int64]) -> tuple[Array, Array]:
    """All eigenvalues above 0 and their vectors, ascending."""
    size = len(nodes)
    lengths = rows.indptr[nodes + 1] - rows.indptr[nodes]
    source = np.repeat(np.arange(size), lengths)
    arcs = np.repeat(rows.indptr[nodes] - np.append(0, np.cumsum(lengths[:-1])), lengths) + np.arange(
        len(source)
    )
    root = np.sqrt(rows.strength[nodes])
    target = place[rows.indices[arcs]]
    weights = 1.0 if rows.weights is None else rows.weights[arcs]
    matrix = np.zeros((size, size))
    matrix[source, target] = -weights / (root[source] * root[target])
    matrix[np.arange(size), np.arange(size)] = root > 0
    values, vectors = np.linalg.eigh(matrix)
    zeros = int(np.count_nonzero(values <= _ZERO * max(1, size)))
    return values[zeros:], vectors[:, zeros:]


def _iterated(rows: EdgeRows, nodes: NDArray[np.int64], count: int) -> tuple[Array, Array]:
    """The smallest eigenvalues above 0 and their vectors, ascending, by iteration."""
    import scipy.sparse as sp
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    linked = np.flatnonzero(np.diff(rows.indptr)[nodes])
    size = len(linked)
    check_host_memory(8 * size * (4 * count + 20), "eigenvectors take", "choose a smaller count")
    weights = np.ones(len(rows.indices)) if rows.weights is None else rows.weights
    matrix: Any = sp.csr_array((weights, rows.indices, rows.indptr), shape=(rows.num_nodes, rows.num_nodes))
    matrix = matrix[nodes[linked]][:, nodes[linked]]
    strength = rows.strength[nodes[linked]]
    scale = sp.diags_array(1 / np.sqrt(strength))
    matrix = (scale @ matrix @ scale).tocsr()
    num_parts, labels = connected_components(matrix, directed=False)
    wanted = min(count + _EXTRA, size - num_parts)
    if wanted < 1:
        return np.empty(0), np.empty((len(nodes), 0))
    entries = np.sqrt(strength / np.bincount(labels, weights=strength)[labels])
    space: Any = sp.csr_array((entries, (np.arange(size), labels)))
    turned: Any = space.T.tocsr()
    # L's smallest are the largest of 3I - L, from 1 to 3; the components', of 3, are made 0.
    operator: Any = LinearOperator(
        matrix.shape, matvec=lambda x: 2 * x + matrix @ x - 3 * (space @ (turned @ x)), dtype=np.float64
    )
    start = generator(0, Stream.KRYLOV).normal(size=size)
    try:
        values, found = eigsh(operator, k=wanted, which="LA", v0=start, tol=RESIDUAL / 10)
    except ArpackNoConvergence:
        raise RunError(
            f"eigenvectors of a graph of {size:,} nodes did not converge; choose another count"
        ) from None
    vectors = np.zeros((len(nodes), wanted))
    vectors[linked] = found[:, ::-1]
    return 3 - values[::-1], vectors
