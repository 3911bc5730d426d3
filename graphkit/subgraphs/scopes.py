"""Scopes: which nodes the subgraph of a target has."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.checks import check_between, check_whole


@dataclass(frozen=True)
class KHopScope:
    """The nodes from which the target is reached in at most `depth` steps along the edges.

    Parameters
    ----------
    depth
        Steps, >= 1.
    num_neighbors
        How many neighbours of each node are followed, drawn anew each epoch, >= 1; None for all.
    """

    depth: int
    num_neighbors: int | None = None

    def __post_init__(self) -> None:
        check_whole("depth", self.depth, 1)
        if self.num_neighbors is not None:
            check_whole("num_neighbors", self.num_neighbors, 1, 10_000)


@dataclass(frozen=True)
class PageRankScope:
    """The nodes of the largest personalised PageRank of the target, walking against the edges.

    Parameters
    ----------
    size
        Nodes at most, the target among them, >= 1.
    restart
        Probability of going back to the target, in (0, 1).
    tolerance
        Of forward push, in (0, 1): residual at a node for each of its edges, below which it is left there.
    """

    size: int
    restart: float = 0.15
    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        check_whole("size", self.size, 1)
        check_between("restart", self.restart, "(0, 1)")
        check_between("tolerance", self.tolerance, "(0, 1)")


Scope = KHopScope | PageRankScope
