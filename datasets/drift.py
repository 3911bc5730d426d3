"""Graphs of events with communities that nodes leave for others: what lately was tells what comes next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_between, check_whole
from graphkit.errors import ParameterError
from graphkit.graph.graph import MAX_NODES
from graphkit.graph.temporal import TemporalGraph
from graphkit.seeds import Stream, generator


def drifting_communities(
    num_nodes: int,
    num_communities: int,
    num_events: int,
    *,
    drift: float = 0.5,
    mixing: float = 0.1,
    seed: int = 0,
) -> TemporalGraph:
    """Draw events between nodes that move from one community to another, each at most once.

    Parameters
    ----------
    num_nodes
        Number of nodes, >= 2 * num_communities.
    num_communities
        Number of communities, >= 2, alike in size at first.
    num_events
        Number of events, >= 0: event e has the time e.
    drift
        Probability, in [0, 1], that a node moves: at a time drawn from all, to another community.
    mixing
        Probability, in [0, 1], that an event joins two nodes of any communities; else both are in one, at its
        time.
    seed
        Whole number in [0, 2**64).

    Returns
    -------
    TemporalGraph
        Undirected; ids 0 .. num_nodes - 1.

    Raises
    ------
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    O(num_events * num_communities), on one thread: partners are drawn until they fit.

    Examples
    --------
    >>> drifting_communities(100, 4, 2000, seed=1)
    TemporalGraph(100 nodes, 1,283 edges, undirected, unweighted, 2,000 times from 0 to 1999)
    """
    num_communities = check_whole("num_communities", num_communities, 2)
    num_nodes = check_whole("num_nodes", num_nodes, 2 * num_communities, MAX_NODES)
    num_events = check_whole("num_events", num_events, 0)
    check_between("drift", drift, "[0, 1]")
    check_between("mixing", mixing, "[0, 1]")
    random = generator(seed, Stream.GENERATOR)
    first = np.arange(num_nodes) % num_communities
    second = (first + random.integers(1, num_communities, num_nodes)) % num_communities
    moves = np.where(
        random.random(num_nodes) < drift, random.integers(0, num_events + 1, num_nodes), num_events
    )
    times = np.arange(num_events)

    def community(nodes: NDArray[np.int64], when: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(when < moves[nodes], first[nodes], second[nodes])

    source, target = random.integers(0, num_nodes, num_events), np.empty(num_events, np.int64)
    wanted = np.where(random.random(num_events) < mixing, -1, community(source, times))
    waiting = times
    for _ in range(_MOST_DRAWS * num_communities):
        if not len(waiting):
            return TemporalGraph.from_rows(
                source.astype(np.int32), target.astype(np.int32), times, np.arange(num_nodes), directed=False
            )
        drawn = random.integers(0, num_nodes, len(waiting))
        fits = (wanted[waiting] < 0) | (community(drawn, waiting) == wanted[waiting])
        fits &= drawn != source[waiting]
        target[waiting[fits]] = drawn[fits]
        waiting = waiting[~fits]
    raise ParameterError(
        "a community is left with one node; give more nodes for each community, or less drift"
    )


_MOST_DRAWS = 1000
"""For each community: a partner is then found, or there is none."""
