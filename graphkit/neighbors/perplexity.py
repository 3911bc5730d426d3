"""From nearest neighbours to a weighted graph: weights by perplexity, both directions added.

L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 2008; as used in LargeVis.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows, Weights
from graphkit.errors import ParameterError
from graphkit.graph.graph import Graph
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.neighbors.vector_table import Metric
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, resolve_threads, run_ranges

_LEAST = np.float32(1e-30)


def perplexity_graph(
    neighbors: KnnGraph, perplexity: float = 10.0, *, num_threads: int | None = None
) -> Graph:
    """Return the undirected graph whose weights are p(j | i) + p(i | j).

    p(j | i) is proportional to exp(-beta_i distance(i, j)**2) over i's neighbours, beta_i such that its
    entropy is the logarithm of `perplexity`.

    Parameters
    ----------
    neighbors
        Neighbours of each point.
    perplexity
        Effective number of neighbours, in (1, k); a third of k leaves out little.
    num_threads
        >= 1, or None for all cores.

    Raises
    ------
    ParameterError
        For a perplexity outside its range.
    """
    if not 1 < perplexity < neighbors.k:
        raise ParameterError(f"perplexity must lie in (1, {neighbors.k}), the neighbours, got {perplexity}")
    threads, neighbors = resolve_threads(num_threads), neighbors.to_host()
    weights = perplexity_weights(neighbors.distances, neighbors.metric, perplexity, threads)
    return _both_ways(neighbors.indices, weights, threads)


def _both_ways(neighbors: Rows, weights: Weights, num_threads: int) -> Graph:
    """The undirected graph of arcs to neighbours, [num_points, k], those of both directions added.

    Less memory than by way of edges, whose sources would have to be written out and sorted.
    """
    from graphkit.kernels.cpu.both_ways import count_both, count_sources, merge_both, turn_arcs

    turned_indptr, indptr = np.zeros((2, len(neighbors) + 1), np.int64)
    count_sources(neighbors, turned_indptr[1:])
    np.cumsum(turned_indptr, out=turned_indptr)
    sources, turned_weights = np.empty(neighbors.size, np.int32), np.empty(neighbors.size, np.float32)
    turn_arcs(neighbors, weights, turned_indptr[:-1].copy(), sources, turned_weights)
    bounds = balanced_bounds(turned_indptr, RANGES_PER_THREAD * num_threads)
    run_ranges(partial(count_both, neighbors, turned_indptr, sources, indptr[1:]), bounds, num_threads)
    np.cumsum(indptr, out=indptr)
    indices, arc_weights = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
    given = neighbors, weights, turned_indptr, sources, turned_weights
    run_ranges(partial(merge_both, *given, indptr, indices, arc_weights), bounds, num_threads)
    return Graph(indptr, indices, arc_weights)


def perplexity_weights(
    distances: NDArray[np.float32], metric: Metric, perplexity: float, num_threads: int
) -> NDArray[np.float32]:
    """Return p(j | i) of neighbours j at these distances from each point i, > 0, [num_points, k]."""
    from graphkit.kernels.cpu.perplexity import weigh_neighbors

    squares = _squares(distances, metric)
    weights = np.empty_like(squares)
    weigh = partial(weigh_neighbors, squares, float(perplexity), weights)
    run_ranges(weigh, even_bounds(len(squares), RANGES_PER_THREAD * num_threads), num_threads)
    return np.maximum(weights, _LEAST)


def _squares(distances: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    """Squared distances, float32 [num_points, k]."""
    if metric == "euclidean":
        return distances**2
    # Of unit vectors the squared distance is 2 (1 - cosine); products count from the largest.
    first = distances[:, :1] if metric == "inner_product" else np.float32(0)
    squares: NDArray[np.float32] = 2 * (distances - first).astype(np.float32)
    return squares
