"""A graph on a device: uploaded once, packed so that a step of a walk reads as little as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend, backend_of
from graphkit.gpu.placement import Placement, find_placement
from graphkit.graph.size import Sizes
from graphkit.kernels.cpu.device_layout import pack_cells, pack_rows
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, resolve_threads, run_ranges

if TYPE_CHECKING:
    import torch

    from graphkit.graph.graph import Graph

MAX_ARCS = 2**32
"""A packed row has 32 bits for its first place."""


class DeviceGraph:
    """Arrays of a graph on a device, each uploaded when it is first asked for, and kept.

    Parameters
    ----------
    graph
        Less than 2**31 nodes, as all graphs, and 2**32 arcs.
    device
        Where to.
    num_threads
        Threads for packing, >= 1.

    Raises
    ------
    ParameterError
        For a graph of too many arcs.
    """

    def __init__(self, graph: Graph, device: torch.device, num_threads: int):
        check_size(graph.num_arcs)
        self.graph, self.device = graph, device
        self._num_threads = resolve_threads(num_threads)

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return self.graph.num_nodes

    @cached_property
    def directed(self) -> bool:
        """Whether edges have a direction."""
        return self.graph.directed

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """Number of arcs leaving each node, int64 [num_nodes], on the host."""
        return self.graph.degree

    @cached_property
    def strength(self) -> NDArray[np.float64]:
        """Sum of the weights of the arcs leaving each node, float64 [num_nodes], on the host."""
        return self.graph.strength

    @cached_property
    def rows(self) -> torch.Tensor:
        """First place and degree of each row, packed, int64 [num_nodes]."""
        indptr = self.graph.indptr
        packed = np.empty(self.graph.num_nodes, np.int64)
        pack_rows(indptr, packed, 0, len(packed))
        return upload(packed, self.device)

    @cached_property
    def indices(self) -> torch.Tensor:
        """Neighbours, int32 [num_arcs]."""
        return upload(self.graph.indices, self.device)

    @cached_property
    def weights(self) -> torch.Tensor | None:
        """Weights, float32 [num_arcs]; None for an unweighted graph."""
        return None if self.graph.weights is None else upload(self.graph.weights, self.device)

    def cells(self, table: NDArray[np.uint32]) -> torch.Tensor:
        """Upload the rows' alias tables, each cell with the neighbours it leads to, int64 [num_arcs, 2]."""
        graph = self.graph
        packed = np.empty((graph.num_arcs, 2), np.int64)
        bounds = balanced_bounds(graph.indptr, self._num_threads * RANGES_PER_THREAD)
        run_ranges(
            lambda start, stop: pack_cells(graph.indptr, graph.indices, table, packed, start, stop),
            bounds,
            self._num_threads,
        )
        return upload(packed, self.device)


def device_for(graph: Sizes, backend: Backend, plan: Callable[[], Mapping[str, int]]) -> torch.device | None:
    """Return where to run on a graph, as `find_device`: where it lies, if it lies on a device.

    Raises
    ------
    ParameterError, MissingDependencyError
        As `find_device`; if the backend is another device than the graph's.
    """
    return placement_for(graph, backend, lambda: [(1, plan())]).device


def placement_for(
    graph: Sizes, backend: Backend, plans: Callable[[], Iterable[tuple[int, Mapping[str, int]]]]
) -> Placement:
    """Return where to run on a graph and in how many parts, as `find_placement`; raise as `device_for`."""
    placement = find_placement(backend, plans)
    if isinstance(graph, DeviceGraph) and placement.device != graph.device:
        found = "the CPU" if placement.device is None else str(placement.device)
        raise ParameterError(
            f"backend {backend!r} is {found} here, but the graph lies on {graph.device}"
            + (f"; take {backend_of(graph.device)!r}" if graph.device.type == "cuda" else "")
        )
    return placement


def on_device(graph: Graph | DeviceGraph, device: torch.device, num_threads: int) -> DeviceGraph:
    """Return a graph's counterpart on a device; the graph itself, if it lies there."""
    return graph if isinstance(graph, DeviceGraph) else DeviceGraph(graph, device, num_threads)


def graph_bytes(graph: Sizes, *, indices: bool = True, weights: bool = True) -> int:
    """Return what rows, neighbours and weights take beside what lies on the device already, in bytes."""
    if isinstance(graph, DeviceGraph):
        return 8 * graph.num_nodes
    per_arc = 4 * indices + 4 * (weights and graph.is_weighted)
    return 8 * graph.num_nodes + per_arc * graph.num_arcs


def check_size(num_arcs: int) -> None:
    """Refuse a graph whose rows cannot be packed."""
    if num_arcs >= MAX_ARCS:
        raise ParameterError(f"backend gpu holds graphs below {MAX_ARCS:,} arcs, got {num_arcs:,}")


def upload(array: NDArray[Any], device: torch.device) -> torch.Tensor:
    """Copy an array to the device; unsigned words arrive as signed ones of the same bits."""
    import torch

    # A copy: graphs are read-only, which tensors cannot be.
    return torch.tensor(array.view(np.int64) if array.dtype == np.uint64 else array, device=device)
