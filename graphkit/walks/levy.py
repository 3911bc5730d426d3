"""Lévy flights: walks that follow a fractional power of the random-walk Laplacian.

With P the transition matrix of the first-order walk, the binomial series gives for 0 < alpha < 1

    (I - P)^alpha = I - sum_k c_k P^k,    c_k = (-1)^(k + 1) binom(alpha, k) > 0,    sum_k c_k = 1.

So the Lévy flight, whose transition matrix is I - (I - P)^alpha, goes K steps of the plain walk at once,
where P(K = k) = c_k: Sibuya's distribution, P(K > k) = (1 - alpha) (1 - alpha / 2) ... (1 - alpha / k), whose
tail falls as k^-alpha. No matrix is made, and dead ends and directions need no treatment of their own.

A. P. Riascos, J. L. Mateos, "Fractional dynamics on networks using generalized Laplacian", Phys. Rev. E 2014.
Y. Chen, Y. R. Gel, K. Avrachenkov, "LFGCN: levitating over graphs with Lévy flights", ICDM 2020.

Where we differ, and why:

- The papers take the power of the Laplacian D - A, or of its symmetric normalisation, and divide by the
  diagonal; the random-walk Laplacian needs no division, keeps the plain walk's stationary distribution, and
  is defined on directed graphs.
- K has no mean. Flights of more than `max_hops` are cut to `max_hops` or one less, whichever is odd or even
  as K is. On an undirected graph P^k forgets its start but for that parity, so the cut changes probabilities
  in proportion to P(K > max_hops) lambda^(max_hops - 1), lambda being the largest modulus of an eigenvalue of
  P other than 1 and -1: by nothing, in doubles, where the walk mixes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.checks import check_between, check_whole
from graphkit.errors import ParameterError, naming_ours
from graphkit.graph.graph import Graph, check_graph
from graphkit.kernels.cpu.walks_levy import walk_levy
from graphkit.seeds import Stream
from graphkit.walks.drawn_walks import DrawnWalks
from graphkit.walks.host_walker import HostWalker, Numbers
from graphkit.walks.starts import start_rows
from graphkit.walks.tables import build_tables

if TYPE_CHECKING:
    from graphkit.progress import Progress

MOST_HOPS = 1 << 20
"""The law of a flight's length is a table of so many numbers."""

_MOST_HOPS_OF_A_WALK = 1 << 32
"""Words are numbered with 32 bits."""


@naming_ours
def levy_walks(
    graph: Graph,
    *,
    walk_length: int = 80,
    walks_per_node: NDArray[np.integer] | int = 10,
    alpha: float = 0.8,
    max_hops: int = 1024,
    starts: Iterable[Any] | None = None,
    seed: int = 0,
    num_threads: int | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Walk by Lévy flights from every node: int32 [num_walks, walk_length], entries are rows of the graph.

    Parameters
    ----------
    graph
        Any `Graph`; weights and directions count.
    walk_length
        Nodes in a walk, the start among them, >= 1; those that a flight passes are not in it.
    walks_per_node
        Walks from each start, >= 0. An int array holds one number for each start.
    alpha
        Power of the random-walk Laplacian, in (0, 1): the smaller, the longer the flights. 1 would be the
        plain walk.
    max_hops
        Longest flight, in steps of the plain walk, 2 to 1,048,576.
    starts
        Ids of the nodes to start from; None for all nodes.
    seed
        Random seed, in [0, 2**64). The same seed gives the same walks on any number of threads.
    num_threads
        Threads to use, >= 1; None for all cores.
    progress
        Called with ("walks", walks done, walks).

    Returns
    -------
    int32 [num_walks, walk_length]
        Walks in rounds, as of `random_walks`. -1 behind the end of a walk that met a node without out-arcs.

    Raises
    ------
    ParameterError
        For a parameter outside its range.
    UnknownNodeError
        For a start that the graph does not hold.

    Notes
    -----
    Time is that of plain walks with `mean_hops` times the steps. Memory: the walks, and 8 bytes an arc where
    there are weights.

    References
    ----------
    Riascos, Mateos, "Fractional dynamics on networks using generalized Laplacian", Phys. Rev. E 2014; Chen,
    Gel, Avrachenkov, "LFGCN: levitating over graphs with Lévy flights", ICDM 2020.

    Examples
    --------
    >>> from graphkit import Graph
    >>> ring = Graph.from_edges([(i, (i + 1) % 100) for i in range(100)])
    >>> walks = levy_walks(ring, walk_length=5, walks_per_node=1, alpha=0.5, seed=1)
    >>> walks[0].tolist()
    [0, 99, 0, 99, 0]
    """
    return LevyWalks(
        graph,
        walk_length=walk_length,
        walks_per_node=walks_per_node,
        alpha=alpha,
        max_hops=max_hops,
        starts=starts,
        seed=seed,
        num_threads=num_threads,
    ).all(progress)


class LevyWalks(DrawnWalks):
    """The walks of `levy_walks`, made when they are asked for; iterating yields chunks of them.

    Parameters
    ----------
    graph, walks_per_node, starts, **law
        As for `levy_walks`, without `progress`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        walks_per_node: NDArray[np.integer] | int = 10,
        starts: Iterable[Any] | None = None,
        **law: Any,
    ):
        check_graph(graph)
        super().__init__(LevyWalker(graph, **law), start_rows(graph, walks_per_node, starts))


class LevyWalker(HostWalker):
    """Lévy flights on one graph; its tables are built once.

    Parameters
    ----------
    graph, walk_length, alpha, max_hops, seed, num_threads
        As for `levy_walks`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        walk_length: int = 80,
        alpha: float = 0.8,
        max_hops: int = 1024,
        seed: int = 0,
        num_threads: int | None = None,
    ):
        super().__init__(graph, walk_length=walk_length, seed=seed, num_threads=num_threads)
        check_flights(alpha, max_hops, walk_length)
        self._lengths = length_thresholds(float(alpha), int(max_hops))
        self._table = build_tables(
            graph, second_order=False, asks=False, gamma=None, num_threads=self.num_threads
        ).alias

    def _kernel(self, starts: Rows, numbers: Numbers, out: Rows) -> Callable[[int, int], None]:
        law = self.graph.indptr, self.graph.indices, self._table, self._lengths
        streams = int(Stream.WALK), int(Stream.FLIGHT)
        return lambda start, stop: walk_levy(*law, starts, numbers, self.seed, streams, out, start, stop)


def check_flights(alpha: float, max_hops: int, walk_length: int) -> None:
    """Raise `ParameterError` for parameters of flights outside their ranges."""
    check_between("alpha", alpha, "(0, 1)")
    check_whole("max_hops", max_hops, 2, MOST_HOPS)
    # NumPy's whole numbers would overflow.
    if int(max_hops) * check_whole("walk_length", walk_length, 1) > _MOST_HOPS_OF_A_WALK:
        raise ParameterError(
            f"max_hops * walk_length must be at most 2**32, got {max_hops:,} * {walk_length:,}; "
            "lower one of them"
        )


def length_probabilities(alpha: float, max_hops: int) -> NDArray[np.float64]:
    """Return P(K = 1), ..., P(K = max_hops), longer flights cut by their parity; float64 [max_hops].

    Examples
    --------
    >>> length_probabilities(0.5, 4).round(4).tolist()
    [0.5, 0.125, 0.2071, 0.1679]
    """
    k = np.arange(1, max_hops + 1)
    beyond = np.cumprod(1 - alpha / k)
    shares: NDArray[np.float64] = alpha / k * np.concatenate([[1.0], beyond[:-1]])
    # P(K even) - P(K odd) = sum_k c_k (-1)^k = 1 - 2^alpha.
    odd = 2.0 ** (alpha - 1)
    for last in (max_hops - 1, max_hops):
        share = odd if last % 2 else 1 - odd
        shares[last - 1] += share - shares[(last - 1) % 2 :: 2].sum()
    return shares


def length_thresholds(alpha: float, max_hops: int) -> NDArray[np.uint64]:
    """Return what `walk_levy` compares words of 64 bits with, uint64 [max_hops]."""
    sums = np.minimum(np.cumsum(length_probabilities(alpha, max_hops)), 1.0)
    # The largest double below 2**64: the last one is every word's.
    thresholds: NDArray[np.uint64] = np.minimum(sums * 2.0**64, 2.0**64 - 2048).astype(np.uint64)
    return thresholds


def mean_hops(alpha: float, max_hops: int) -> float:
    """Return the steps of the plain walk that a flight takes in the mean.

    Examples
    --------
    >>> round(mean_hops(0.5, 1024), 1), round(mean_hops(0.9, 1024), 2)
    (36.1, 2.1)
    """
    return float(length_probabilities(alpha, max_hops) @ np.arange(1, max_hops + 1))
