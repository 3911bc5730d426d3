"""A graph made of tensors, on the device where they lie: its arcs never cross to the host."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.gpu.backend import backend_of, is_interpreted
from graphkit.gpu.placement import check_memory
from graphkit.gpu.sums import ordered_sums
from graphkit.graph.gpu.edge_tensors import checked_nodes, checked_weights, edge_tensor
from graphkit.graph.gpu.edges import ArcTensors, building_bytes, merged_arcs
from graphkit.graph.gpu.graph import DeviceGraph, check_size
from graphkit.graph.graph import Graph
from graphkit.graph.node_ids import NodeIndex

if TYPE_CHECKING:
    import torch


class TensorGraph(DeviceGraph):
    """A graph whose arrays are tensors; made by `from_edges`, from edges on a GPU, in or out of a ``Data``.

    With ``backend="gpu"``, FastRP, DeepWalk, Node2Vec, CoreWalk, LINE without `threshold` and
    `random_walks` take it in place of a `Graph`; their vectors or walks are then a tensor on the same device.
    They are those of the `Graph` of the same edges, bit for bit where the method on a GPU has the same bits
    from run to run.

    Attributes
    ----------
    num_nodes, num_arcs, num_edges : int
        As of `Graph`.
    directed, is_weighted : bool
        As of `Graph`.
    node_ids : int64 [num_nodes]
        0 .. num_nodes - 1, on the host.
    device : torch.device
        Where it lies.
    indices : int32 [num_arcs], weights : float32 [num_arcs] or None
        As of `Graph`, as tensors.

    Notes
    -----
    Degrees, core numbers and sums of weights, a number a node, are copied to the host when they are asked
    for. Normal projections of FastRP are drawn on the host, and features taken from there.

    Examples
    --------
    >>> import torch
    >>> edges = torch.tensor([[0, 1, 1], [1, 2, 2]], device="cuda")  # doctest: +SKIP
    >>> TensorGraph.from_edges(edges, num_nodes=4)  # doctest: +SKIP
    TensorGraph(4 nodes, 2 edges, undirected, unweighted, on cuda:0)
    """

    def __init__(self, arcs: ArcTensors, *, directed: bool):
        check_size(len(arcs.indices))
        self._degree, self.indices, self.weights = arcs
        self.directed, self.device = directed, arcs.indices.device

    @classmethod
    def from_edges(
        cls, edge_index: Any, weights: Any = None, num_nodes: int | None = None, *, directed: bool = False
    ) -> TensorGraph:
        """Build a graph from edges on a device.

        Parameters
        ----------
        edge_index
            Whole numbers [2, num_edges], a tensor of torch or of any library that speaks DLPack.
        weights
            Finite numbers > 0, [num_edges], on the same device; None for an unweighted graph.
        num_nodes
            Nodes are 0 .. num_nodes - 1; None for up to the highest that has an edge.
        directed
            If false, (u, v) and (v, u) are the same edge.

        Returns
        -------
        TensorGraph
            That of `Graph.from_edges`: a repeated edge is one edge, its weights are summed; and an undirected
            weighted list that names each edge in both directions, with one weight, is not doubled.

        Raises
        ------
        InputError
            For edges of another shape or type, or on the CPU; a node outside of 0 .. num_nodes - 1, or a
            weight that is not a finite number > 0.
        ParameterError
            For `num_nodes` outside its range, more arcs than a device holds, or too little free memory.
        RunError
            If the memory is taken by others on the way.
        """
        edges = edge_tensor(edge_index)
        if edges.device.type == "cpu" and not is_interpreted():
            raise InputError("edges lie on the CPU: a TensorGraph needs a GPU; take Graph.from_edges")
        needed = building_bytes(edges.shape[1], weighted=weights is not None)
        check_memory(edges.device, {"arcs as they are sorted": needed}, backend_of(edges.device))
        with _enough_memory(edges.shape[1]):
            count = checked_nodes(edges, num_nodes)
            values = None if weights is None else checked_weights(weights, edges)
            return cls(merged_arcs(edges, values, count, directed=directed), directed=directed)

    def __repr__(self) -> str:
        kind = "directed" if self.directed else "undirected"
        weighted = "weighted" if self.is_weighted else "unweighted"
        sizes = f"{self.num_nodes:,} nodes, {self.num_edges:,} edges"
        return f"TensorGraph({sizes}, {kind}, {weighted}, on {self.device})"

    def __getattr__(self, name: str) -> Any:
        if name == "indptr" or (hasattr(Graph, name) and not name.startswith("_")):
            raise ParameterError(f"a TensorGraph has no {name}: here only a Graph, on the host, will do")
        raise AttributeError(f"'TensorGraph' object has no attribute {name!r}")

    @property
    def num_nodes(self) -> int:
        """Number of nodes, those without an edge included."""
        return len(self._degree)

    @property
    def num_arcs(self) -> int:
        """Number of arcs: two an undirected edge, one a self-loop."""
        return len(self.indices)

    @property
    def is_weighted(self) -> bool:
        """Whether arcs carry weights."""
        return self.weights is not None

    @cached_property
    def num_edges(self) -> int:
        """Number of edges; an undirected edge and a self-loop count once."""
        if self.directed:
            return self.num_arcs
        return (self.num_arcs + int((self.sources == self.indices).sum())) // 2

    @cached_property
    def node_ids(self) -> NodeIds:
        """The nodes, int64 [num_nodes]."""
        return np.arange(self.num_nodes)

    @cached_property
    def index(self) -> NodeIndex:
        """The way from node ids to rows."""
        return NodeIndex(self.node_ids)

    @cached_property
    def rows(self) -> torch.Tensor:
        """First place and degree of each row, packed, int64 [num_nodes]: as of `DeviceGraph`."""
        return (self._degree.cumsum(0) - self._degree) | (self._degree << 32)

    @property
    def sources(self) -> torch.Tensor:
        """The row that each arc leaves, int64 [num_arcs]."""
        import torch

        return torch.repeat_interleave(self._degree)

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """Number of arcs leaving each node, int64 [num_nodes], on the host."""
        degrees: NDArray[np.int64] = self._degree.cpu().numpy()
        return degrees

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs leaving each node, float64 [num_nodes], on the host."""
        if self.weights is None:
            return self.degree.astype(np.float64)
        return _to_host(ordered_sums(self.weights.double(), self._degree))

    @cached_property
    def in_strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs reaching each node, float64 [num_nodes], on the host."""
        if not self.directed:
            return self.strength
        arriving = self.indices.bincount(minlength=self.num_nodes)
        if self.weights is None:
            return _to_host(arriving.double())
        order = self.indices.argsort(stable=True)
        return _to_host(ordered_sums(self.weights[order].double(), arriving))


def _to_host(sums: torch.Tensor) -> NDArray[np.float64]:
    found: NDArray[np.float64] = sums.cpu().numpy()
    return found


@contextlib.contextmanager
def _enough_memory(num_edges: int) -> Iterator[None]:
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise RunError(f"the device has no memory left for a graph of {num_edges:,} edges") from error
