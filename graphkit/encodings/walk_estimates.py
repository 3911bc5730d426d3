"""Walk series estimated from random walks: without bias, with the standard error.

A walk from i that is at X_k after k steps makes the random feature sum_k a_k 1[X_k = j] of each j: its mean
is sum_k a_k P^k(i, j), and as it lies in [0, 1], its standard error over w walks is at most 1 / (2 sqrt(w)).
The error stated is that of the sample, and what the series leaves out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit.encodings.walk_powers import Pairs
from graphkit.encodings.walk_series import WalkSeries
from graphkit.graph.graph import Graph
from graphkit.resources import check_host_memory
from graphkit.walks.random_walks import iter_walks, random_walks

_AT_ONCE = 1 << 19
"""Nodes of walks that are counted together."""


class DiagonalEstimate(NamedTuple):
    """Means and standard errors, tensors float32 [num_nodes, num_columns], where the walks were made."""

    means: Any
    errors: Any


class PairEstimate(NamedTuple):
    """Pairs that a walk has met, and the standard errors of their values, float32 of the same shape."""

    pairs: Pairs
    errors: NDArray[np.float32]


def estimated_diagonal(
    graph: Any, series: WalkSeries, walks_per_node: int, **options: Any
) -> DiagonalEstimate:
    """Estimate a series on the diagonal.

    Parameters
    ----------
    graph
        A `Graph`, or a `TensorGraph`.
    series
        The columns.
    walks_per_node
        Walks, >= 1.
    **options
        ``seed``, ``backend`` and ``num_threads`` of `graphkit.random_walks`.
    """
    import torch

    shape = graph.num_nodes, series.num_columns
    if not graph.num_nodes:
        return DiagonalEstimate(torch.zeros(shape), torch.zeros(shape))
    # A round of walks at a time: walk number k begins at node k modulo num_nodes.
    rounds = iter_walks(
        graph,
        walk_length=series.num_steps + 1,
        walks_per_node=walks_per_node,
        chunk_walks=graph.num_nodes,
        **options,
    )
    coefficients: Any = None
    sums: Any = 0
    squares: Any = 0
    for walks in map(torch.as_tensor, rounds):
        if coefficients is None:
            coefficients = torch.from_numpy(series.coefficients).to(walks.device)
        features = (walks == walks[:, :1]).double() @ coefficients
        sums += features
        squares += features * features
    means = sums / walks_per_node
    variances = (squares / walks_per_node - means * means).clamp(min=0)
    return DiagonalEstimate(means.float(), ((variances / walks_per_node).sqrt() + series.left_out).float())


def estimated_pairs(
    graph: Graph, series: WalkSeries, walks_per_node: int, *, seed: int, num_threads: int | None
) -> PairEstimate:
    """Estimate a series for the pairs that walks meet; those of all others are estimated as 0.

    Raises
    ------
    ParameterError
        If memory may not hold them.
    """
    steps, columns = series.num_steps + 1, series.num_columns
    most = graph.num_nodes * min(walks_per_node * steps, graph.num_nodes)
    check_host_memory(
        most * (32 + 8 * columns), "pairs that walks meet take at most", "choose fewer walks_per_node"
    )
    at_once = max(1, _AT_ONCE // (walks_per_node * steps))
    parts = [
        _met(
            graph,
            series,
            range(first, min(first + at_once, graph.num_nodes)),
            walks_per_node,
            seed,
            num_threads,
        )
        for first in range(0, graph.num_nodes, at_once)
    ]
    if not parts:
        nothing = np.empty((0, columns), np.float32)
        return PairEstimate(Pairs(np.empty(0, np.int64), np.empty(0, np.int64), nothing), nothing)
    first, second, means, errors = (np.concatenate(arrays) for arrays in zip(*parts))
    return PairEstimate(Pairs(first, second, means), errors)


def _met(
    graph: Graph, series: WalkSeries, nodes: range, count: int, seed: int, num_threads: int | None
) -> tuple[NDArray[Any], ...]:
    """First nodes, second nodes, means and errors of the pairs that walks from some nodes meet."""
    starts = np.repeat(np.arange(nodes.start, nodes.stop), count)
    walks = random_walks(
        graph,
        walk_length=series.num_steps + 1,
        walks_per_node=1,
        starts=graph.node_ids[starts],
        seed=(seed + nodes.start) % 2**64,
        backend="cpu",
        num_threads=num_threads,
    )
    walk, step = np.nonzero(walks >= 0)
    # A walk's visits of a node are one feature: its square is that of their sum.
    visits = walk * graph.num_nodes + walks[walk, step]
    features, walk_of = _summed(visits, series.coefficients[step])
    source, second = starts[features // graph.num_nodes], features % graph.num_nodes
    keys = source * graph.num_nodes + second
    (places, sums), (_, squares) = _summed(keys, walk_of), _summed(keys, walk_of**2)
    means = sums / count
    variances = np.maximum(squares / count - means**2, 0)
    errors = np.sqrt(variances / count) + series.left_out
    return (
        places // graph.num_nodes,
        places % graph.num_nodes,
        means.astype(np.float32),
        errors.astype(np.float32),
    )


def _summed(
    keys: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the keys, ascending, each once, and the sums of their values."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    return ordered[begins], np.add.reduceat(values[order], begins, axis=0)
