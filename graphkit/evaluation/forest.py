"""Which edges a graph can lose and keep its components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask


def outside_random_forest(
    source: NDArray[np.integer], target: NDArray[np.integer], num_nodes: int, rng: np.random.Generator
) -> Mask:
    """Mark the edges outside a random spanning forest, bool [num_edges].

    The forest is the minimum one under a random order of the edges (Kruskal). A bridge is in each
    forest. Directions count for nothing; self-loops must be left out, repeated pairs may be there in
    opposite directions.
    """
    import scipy.sparse
    from scipy.sparse.csgraph import minimum_spanning_tree

    # Ranks from 1: a stored zero is no edge to SciPy. Equal to the weights of no two edges, they name them.
    rank = rng.permutation(len(source)) + 1.0
    weights = scipy.sparse.csr_array((rank, (source, target)), shape=(num_nodes, num_nodes))
    in_forest = minimum_spanning_tree(weights).data.astype(np.int64)
    edge_of_rank = np.argsort(rank)
    outside = np.ones(len(source), np.bool_)
    outside[edge_of_rank[in_forest - 1]] = False
    return outside
