"""Scopes: which nodes the subgraph of a target has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from graphkit.parameters import Count, check_declared, real, whole


@dataclass(frozen=True)
class KHopScope:
    """The nodes from which the target is reached in at most `depth` steps along the edges.

    Parameters
    ----------
    depth
        Steps, >= 1.
    num_neighbors
        How many neighbours of each node are followed, drawn anew each epoch, 1 to 10,000; None for all.
    """

    depth: Count
    num_neighbors: Annotated[int, whole(1, 10_000)] | None = None

    def __post_init__(self) -> None:
        check_declared(type(self), vars(self))


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

    size: Count
    restart: Annotated[float, real("(0, 1)")] = 0.15
    tolerance: Annotated[float, real("(0, 1)")] = 1e-5

    def __post_init__(self) -> None:
        check_declared(type(self), vars(self))


Scope = KHopScope | PageRankScope
