"""How large a graph is: what estimates go by, before an arc is read."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Sizes(Protocol):
    """What tells how much memory a graph takes: a `Graph`, or what is known of one that is to be made."""

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""

    @property
    def num_arcs(self) -> int:
        """Number of arcs."""

    @property
    def is_weighted(self) -> bool:
        """Whether arcs carry weights."""


class GraphSize(NamedTuple):
    """The size of a graph; an undirected edge is two arcs."""

    num_nodes: int
    num_arcs: int
    is_weighted: bool = False


def csr_bytes(size: Sizes) -> int:
    """Return what a `Graph` takes in memory: pointers and ids, neighbours, weights.

    Examples
    --------
    >>> csr_bytes(GraphSize(10, 100)), csr_bytes(GraphSize(10, 100, is_weighted=True))
    (560, 960)
    """
    return 16 * size.num_nodes + (8 if size.is_weighted else 4) * size.num_arcs
