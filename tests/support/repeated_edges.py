"""Edges of which many repeat, the rules that merge them, and arcs as lists."""

import numpy as np

from graphkit.kernels.cpu import bucket_sort

SIZES = [0, 1, 2, 63, 64, 65, 1000]
RULES = {
    None: bucket_sort.FIRST,
    "count": bucket_sort.SUM,
    "sum": bucket_sort.SUM,
    "max": bucket_sort.MAX,
    "first": bucket_sort.FIRST,
}
WEIGHTED = {"sum", "max", "first"}


def repeated_edges(num_nodes, num_edges, *, weighted, seed=0):
    """Edges of which many repeat; the weights are small powers of two, so that sums are exact."""
    rng = np.random.default_rng((num_nodes, num_edges, seed))
    source, target = rng.integers(0, num_nodes, (2, num_edges), dtype=np.int32)
    repeated = rng.random(num_edges) < 0.3
    source[repeated], target[repeated] = source[::-1][repeated], target[::-1][repeated]
    return source, target, rng.choice([0.25, 0.5, 1, 2], num_edges).astype(np.float32) if weighted else None


def mirrored(num_nodes, num_edges):
    """Edges, each in both directions with one weight, in any order."""
    source, target, weights = repeated_edges(num_nodes, num_edges, weighted=True)
    order = np.random.default_rng(4).permutation(2 * num_edges)
    both = np.append(source, target)[order], np.append(target, source)[order]
    return *both, np.append(weights, weights)[order]


def listed(rows, indices, weights):
    weights = [None] * len(indices) if weights is None else weights.tolist()
    return list(zip(np.asarray(rows).tolist(), indices.tolist(), weights, strict=True))
