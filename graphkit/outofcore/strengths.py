"""Strengths of a graph folder's nodes, shard by shard, with the bits that `Graph` computes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.graph.storage import GraphFolder


def row_strength(folder: GraphFolder) -> NDArray[np.float64]:
    """Return the sum of the weights of the arcs leaving each node, float64; unweighted: the degree."""
    if folder.weights is None:
        return np.diff(folder.indptr).astype(np.float64)
    strength = np.empty(folder.num_nodes)
    for shard in folder.shards:
        degree = np.diff(folder.indptr[shard.first_row : shard.end_row + 1])
        rows = np.repeat(np.arange(shard.num_rows), degree)
        weights = folder.weights[shard.first_arc : shard.end_arc]
        strength[shard.first_row : shard.end_row] = np.bincount(rows, weights, shard.num_rows)
    return strength


def reaching_strength(folder: GraphFolder) -> NDArray[np.float64]:
    """Return the sum of the weights of the arcs reaching each node, in the order of the arcs, float64."""
    strength = np.zeros(folder.num_nodes)
    for shard in folder.shards:
        targets = folder.indices[shard.first_arc : shard.end_arc]
        if folder.weights is None:
            strength += np.bincount(targets, minlength=folder.num_nodes)
        else:
            # One after the other: sums of sums would be rounded in another order.
            np.add.at(strength, targets, folder.weights[shard.first_arc : shard.end_arc].astype(np.float64))
    return strength
