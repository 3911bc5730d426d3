"""From nearest neighbours to a weighted graph: weights by perplexity, both directions added.

L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 2008; as used in LargeVis.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.graph import Graph
from graphkit.neighbors.exact import Metric
from graphkit.neighbors.knn_result import KnnGraph
from graphkit.parallel import RANGES_PER_THREAD, even_bounds, resolve_threads, run_ranges

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
    weights = perplexity_weights(
        neighbors.distances, neighbors.metric, perplexity, resolve_threads(num_threads)
    )
    source = np.repeat(np.arange(len(neighbors), dtype=np.int32), neighbors.k)
    return Graph.from_edges(
        (source, neighbors.indices.ravel()), weights.ravel(), num_nodes=len(neighbors), duplicates="sum"
    )


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
