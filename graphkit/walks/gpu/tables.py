"""What walks draw from, on a device: the counterpart of `graphkit.walks.tables`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphkit.gpu.launch import launch
from graphkit.gpu.sums import ordered_sums
from graphkit.graph.gpu.graph import DeviceGraph, upload
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.kernels.cpu.row_filter import num_filter_words
from graphkit.walks.gpu.alias_cells import alias_cells
from graphkit.walks.tables import WalkTables, build_tables

if TYPE_CHECKING:
    import torch

_LANES = 256


class DeviceTables(NamedTuple):
    """`WalkTables` on a device.

    Attributes
    ----------
    cells
        The rows' alias tables, as of `pack_cells`, int64 [num_arcs, 2].
    strength, noise, filters
        As of `WalkTables`, float64 and float32 [num_nodes] and int64.
    """

    cells: torch.Tensor | None
    strength: torch.Tensor | None
    noise: torch.Tensor | None
    filters: torch.Tensor


def tables_on(graph: DeviceGraph, law: dict[str, Any]) -> DeviceTables:
    """Return the tables of walks on a graph: built where its arcs are, on the host or on the device.

    `law` is what `build_tables` takes beside the graph.
    """
    if isinstance(graph, TensorGraph):
        return _built(graph, law["second_order"], law["asks"], law["gamma"])
    return uploaded(graph, build_tables(graph.graph, **law))


def uploaded(graph: DeviceGraph, tables: WalkTables) -> DeviceTables:
    """Return the tables of the host, on the graph's device."""
    strength, noise = (
        None if table is None else upload(table, graph.device) for table in (tables.strength, tables.noise)
    )
    cells = None if tables.alias is None else graph.cells(tables.alias)
    return DeviceTables(cells, strength, noise, upload(tables.filters, graph.device))


def _built(graph: TensorGraph, second_order: bool, asks: bool, gamma: float | None) -> DeviceTables:
    """The bits of `build_tables`."""
    weights = graph.weights
    sums = None if weights is None or not second_order else ordered_sums(weights.double(), graph.rows >> 32)
    noise = None
    if weights is not None and second_order and gamma is not None:
        noise = _thresholds(graph, gamma)
    cells = None if weights is None else alias_cells(graph)
    return DeviceTables(cells, sums, noise, _filters(graph, asks))


def _thresholds(graph: TensorGraph, gamma: float) -> torch.Tensor:
    """max(0, mean + gamma * std) of each row's weights, float32 [num_nodes]; 0 for one without arcs."""
    import torch

    assert graph.weights is not None
    degree, values = graph.rows >> 32, graph.weights.double()
    count = degree.clamp(min=1).double()
    mean = ordered_sums(values, degree) / count
    away = values - mean[graph.sources]
    spread = (ordered_sums(away * away, degree) / count).sqrt()
    return (mean + torch.full_like(mean, gamma) * spread).clamp(min=0).float()


def _filters(graph: TensorGraph, asks: bool) -> torch.Tensor:
    """The rows' Bloom filters, int64 [num_filter_words]; [0] where no step asks."""
    import torch

    from graphkit.kernels.gpu.row_filter import build_row_filter

    size = num_filter_words(graph.num_nodes, graph.num_arcs) if asks else 0
    filters = torch.zeros(size, dtype=torch.int64, device=graph.device)
    if size and graph.num_arcs:
        arcs = graph.rows, graph.sources, graph.indices, filters, graph.num_arcs
        launch(build_row_filter, -(-graph.num_arcs // _LANES), *arcs, BLOCK=_LANES)
    return filters
