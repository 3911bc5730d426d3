"""Second neighbours as neighbours, for nodes that have few: LINE's reconstruction of a network.

J. Tang, M. Qu, M. Wang, M. Zhang, J. Yan, Q. Mei, "LINE: large-scale information network embedding", WWW
2015, section 4.3: j at distance two from i becomes a neighbour with the weight sum_k w(i,k) w(k,j) / d(k),
d(k) being the weight that leaves k. As in the authors' code, each node so treated gets a self-loop too, a
tenth of its degree (of both directions, so a fifth of an undirected node's), and keeps its heaviest arcs
only.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphkit.checks import check_whole

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

_FARTHEST = 100

_ENTRIES_PER_BLOCK = 1 << 24
"""Products computed at a time: the memory that expanding takes beside the result."""


def expand_low_degrees(graph: Graph, *, threshold: int, depth: int = 2) -> Any:
    """Return the arcs of a graph in which nodes of low degree have farther nodes as neighbours too.

    Parameters
    ----------
    graph
        Any graph.
    threshold
        Nodes with more out-arcs keep theirs as they are; the others get at most so many, the heaviest, >= 1.
    depth
        How far to look, in arcs, in [1, 100]; a node's weight flows on from it in proportion to its arcs'
        weights.

    Returns
    -------
    scipy.sparse.csr_array
        float32 [num_nodes, num_nodes], sorted rows; directed even where the graph is not.

    Raises
    ------
    ParameterError
        For a threshold below 1, or a depth outside its range.

    Examples
    --------
    >>> from graphkit import Graph
    >>> path = Graph.from_edges([(0, 1), (1, 2)])
    >>> print(expand_low_degrees(path, threshold=5).toarray()[0])
    [0.7 1.  0.5]
    """
    check_whole("threshold", threshold, 1)
    check_whole("depth", depth, 1, _FARTHEST)
    arcs: Any = graph.to_scipy().astype(np.float64)
    if not graph.num_arcs:
        return arcs.astype(np.float32)
    leaving = arcs.sum(axis=1)
    transition = sp.diags_array(np.divide(1.0, leaving, out=np.zeros_like(leaving), where=leaving > 0)) @ arcs
    loops = sp.diags_array((leaving + arcs.sum(axis=0)) / 10, format="csr")
    low = (graph.degree <= threshold) & (leaving > 0)
    blocks = [
        _expanded(arcs[first:last], loops[first:last], transition, low[first:last], threshold, depth)
        for first, last in _blocks(graph, depth)
    ]
    return sp.csr_array(sp.vstack(blocks, format="csr"), dtype=np.float32)


def _blocks(graph: Graph, depth: int) -> list[tuple[int, int]]:
    """Ranges of rows whose expansion has about `_ENTRIES_PER_BLOCK` products."""
    arcs: Any = sp.csr_array(
        (np.ones(graph.num_arcs), graph.indices, graph.indptr), shape=(graph.num_nodes,) * 2
    )
    products = np.ones(graph.num_nodes)
    for _ in range(depth):
        products = arcs @ products
    number = (np.cumsum(products + 1) // _ENTRIES_PER_BLOCK).astype(np.int64)
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), graph.num_nodes]
    return list(itertools.pairwise(cuts))


def _expanded(
    rows: Any,
    loops: Any,
    transition: Any,
    low: NDArray[np.bool_],
    threshold: int,
    depth: int,
) -> Any:
    """The rows, those of low degree expanded."""
    step = sp.csr_array(sp.diags_array(low.astype(np.float64)) @ rows)
    reached = step + sp.diags_array(low.astype(np.float64)) @ loops
    for _ in range(depth - 1):
        step = step @ transition
        reached = reached + step
    kept = sp.diags_array((~low).astype(np.float64)) @ rows
    expanded = sp.csr_array(_heaviest(sp.csr_array(reached), threshold) + kept)
    expanded.sort_indices()
    return expanded


def _heaviest(matrix: Any, count: int) -> Any:
    """Keep the `count` largest entries of each row, of equal ones those of lower column."""
    matrix.eliminate_zeros()
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    rank = np.arange(len(order)) - matrix.indptr[rows]
    chosen = order[rank < count]
    kept = matrix.data[chosen], (rows[chosen], matrix.indices[chosen])
    return sp.csr_array(sp.coo_array(kept, shape=matrix.shape))
