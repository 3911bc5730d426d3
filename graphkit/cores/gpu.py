"""Core numbers of a graph on a GPU: those of `graphkit.cores.core_numbers`, by rounds of torch's operations.

As there, nodes of the lowest degree go first and take their arcs with them: all at once that are at a level,
then all that this brings down to it. A round reads the arcs of the nodes that go, so that each arc is read
once; rounds follow one another, and the host waits for each, so a chain, which loses two nodes a round, is
the slowest graph of its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch

    from graphkit.graph.gpu.tensor_graph import TensorGraph

_BYTES_AN_ARC, _BYTES_A_NODE = 64, 64
"""At most, where all nodes go in one round: places of arcs, what they lead to, what is left of it."""


class _Rows(NamedTuple):
    """Where the row of each node begins and how long it is, int64 [num_nodes]; neighbours, [num_arcs]."""

    first: torch.Tensor
    size: torch.Tensor
    neighbours: torch.Tensor


def total_core_numbers(graph: TensorGraph) -> torch.Tensor:
    """Return the core number of each node by all of its arcs, in both directions, int64 [num_nodes].

    A loop counts for nothing.
    """
    import torch

    adjacencies = _adjacencies(graph)
    numbers = sum(rows.size for rows in adjacencies) - len(adjacencies) * _loops(graph)
    rest = torch.arange(graph.num_nodes, device=graph.device)
    while len(rest):
        level = int(numbers[rest].min())
        found = rest[numbers[rest] == level]
        while len(found):
            found = _lowered(adjacencies, numbers, level, found)
        rest = rest[numbers[rest] > level]
    return numbers


def core_bytes(graph: TensorGraph) -> int:
    """Return what `total_core_numbers` takes on the device at most, in bytes, beside the graph."""
    return _BYTES_A_NODE * graph.num_nodes + (1 + graph.directed) * _BYTES_AN_ARC * graph.num_arcs


def _adjacencies(graph: TensorGraph) -> list[_Rows]:
    """The rows through which a node that goes lowers the degrees of others; of both directions, if any."""
    size = graph.rows >> 32
    rows = [_Rows(size.cumsum(0) - size, size, graph.indices)]
    if graph.directed:
        arriving = graph.indices.bincount(minlength=graph.num_nodes)
        turned = graph.sources[graph.indices.argsort(stable=True)]
        rows.append(_Rows(arriving.cumsum(0) - arriving, arriving, turned))
    return rows


def _loops(graph: TensorGraph) -> torch.Tensor:
    """Which nodes have a loop, 0 or 1."""
    looped = graph.indices[graph.sources == graph.indices]
    return looped.bincount(minlength=graph.num_nodes)


def _lowered(adjacencies: list[_Rows], numbers: torch.Tensor, level: int, gone: torch.Tensor) -> torch.Tensor:
    """Take the arcs of nodes that are gone off the degrees above the level; return those that fall to it."""
    import torch

    reached = torch.cat([_neighbours(rows, gone) for rows in adjacencies])
    reached = reached[numbers[reached] > level]
    numbers.scatter_add_(0, reached, torch.full_like(reached, -1))
    fallen: torch.Tensor = torch.unique(reached[numbers[reached] <= level])
    numbers[fallen] = level
    return fallen


def _neighbours(rows: _Rows, nodes: torch.Tensor) -> torch.Tensor:
    """All neighbours of some nodes, row after row, int64."""
    import torch

    size = rows.size[nodes]
    ends = size.cumsum(0)
    arcs = torch.repeat_interleave(rows.first[nodes] - (ends - size), size)
    arcs += torch.arange(len(arcs), device=arcs.device)
    return rows.neighbours[arcs].long()
