"""Graphs of a ``Data`` where its edges are: on a GPU, or as a `Graph`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from graphkit.errors import GraphkitWarning, InputError
from graphkit.graph.gpu.edge_tensors import checked_weights, edge_tensor
from graphkit.graph.gpu.edges import mean_of_directions
from graphkit.graph.gpu.tensor_graph import TensorGraph
from graphkit.graph.size import Sizes
from graphkit.io import as_graph
from graphkit.io.mirrored import ROUNDING
from graphkit.io.report import MirrorReport
from graphkit.io.tensors import is_directed, num_nodes_of

if TYPE_CHECKING:
    import torch
    from torch_geometric.data import Data


class _MostSizes(NamedTuple):
    """Of a graph that is to be made, at most."""

    num_nodes: int
    num_arcs: int
    is_weighted: bool


def graph_of_data(data: Data, device_for: Callable[[Sizes], torch.device | None]) -> Any:
    """The graph of a data: of tensors, if its edges are on a GPU and it is to run on one; else a `Graph`."""
    if getattr(data, "edge_index", None) is None:
        raise InputError(f"expected a torch_geometric Data with edge_index, got {type(data).__name__}")
    edges, weights = data.edge_index, getattr(data, "edge_weight", None)
    # As many arcs as there can be: the room is looked at before anything is built.
    num_nodes = num_nodes_of(data)
    device = device_for(_MostSizes(num_nodes, 2 * edges.shape[-1], weights is not None))
    if device is None or device.type != edges.device.type:
        return as_graph(data)
    moved, directed = None if weights is None else weights.to(device), is_directed(data)
    edges = edges.to(device)
    if moved is not None and not directed:
        edges, moved = _of_one_weight(edges, moved)
    return TensorGraph.from_edges(edges, moved, num_nodes, directed=directed)


def _of_one_weight(edges: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Edges whose two directions have one weight, the mean of theirs, as `as_graph` takes a ``Data``."""
    ends = edge_tensor(edges)
    ends, means, differences = mean_of_directions(ends, checked_weights(weights, ends))
    different = differences > ROUNDING
    if bool(different.any()):
        report = MirrorReport(int(different.sum()) // 2, float(differences.max()))
        warnings.warn(f"PyTorch Geometric Data: {report}", GraphkitWarning, stacklevel=4)
    return ends, means
