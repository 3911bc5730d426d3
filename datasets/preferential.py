"""Barabási-Albert graphs: scale-free, by preferential attachment.

Barabási, Albert, "Emergence of scaling in random networks", Science 1999. The paper leaves the first
nodes open; here the graph grows from a star, as is usual, so that every node begins with a degree.
"""

from __future__ import annotations

import numpy as np

from graphkit.checks import check_whole
from graphkit.errors import ParameterError
from graphkit.graph.build import build_graph
from graphkit.graph.graph import MAX_NODES, Graph
from graphkit.kernels.cpu import preferential as kernels
from graphkit.seeds import Stream, check_seed


def barabasi_albert(num_nodes: int, num_new: int, *, seed: int = 0) -> Graph:
    """Grow a graph in which each new node takes `num_new` old ones, P(old u) proportional to degree.

    Parameters
    ----------
    num_nodes
        Number of nodes, > `num_new`.
    num_new
        Edges of each new node, m >= 1, to different old nodes.
    seed
        Whole number in [0, 2**64).

    Returns
    -------
    Graph
        Undirected, unweighted, connected, with exactly m (num_nodes - m) edges; ids 0 .. num_nodes - 1
        in the order of growth. Nodes 0 .. m are the star it grows from.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    O(num_edges), on one thread: each draw needs those before it. A node drawn twice by the same new
    node is drawn again.

    References
    ----------
    Barabási, Albert, "Emergence of scaling in random networks", Science 1999.
    Batagelj, Brandes, "Efficient generation of large random networks", Phys. Rev. E 2005.

    Examples
    --------
    >>> barabasi_albert(1000, 3, seed=1)
    Graph(1,000 nodes, 2,991 edges, undirected, unweighted)
    """
    num_new = check_whole("num_new", num_new, 1, MAX_NODES - 1)
    num_nodes = check_whole("num_nodes", num_nodes, num_new + 1, MAX_NODES)
    num_edges = num_new * (num_nodes - num_new)
    if num_edges >= 2**31:
        raise ParameterError(f"num_new (num_nodes - num_new) must be < 2**31 edges, got {num_edges:,}")
    ends = np.empty(2 * num_edges, np.int32)
    chosen_by = np.full(num_nodes, -1, np.int32)
    kernels.draw_edges(num_new, np.uint64(check_seed(seed)), int(Stream.GENERATOR), chosen_by, ends)
    newer, older = np.ascontiguousarray(ends[0::2]), np.ascontiguousarray(ends[1::2])
    return build_graph(newer, older, node_ids=np.arange(num_nodes))[0]
