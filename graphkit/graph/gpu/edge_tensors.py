"""Edges on a device as they are given: tensors of any library, looked at before a graph is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, ParameterError
from graphkit.graph.graph import MAX_NODES
from graphkit.graph.relabel import UnlistedNodeError

if TYPE_CHECKING:
    import torch


def edge_tensor(edge_index: Any) -> torch.Tensor:
    """Return edges as int64 [2, num_edges], or raise `InputError` if they are none."""
    import torch

    edges = _tensor(edge_index, "edge_index")
    whole = not (edges.is_floating_point() or edges.is_complex() or edges.dtype == torch.bool)
    if edges.ndim != 2 or edges.shape[0] != 2 or not whole:
        raise InputError(
            f"expected an edge_index of whole numbers [2, num_edges], got {edges.dtype} {list(edges.shape)}"
        )
    return edges.long()


def checked_nodes(edges: torch.Tensor, num_nodes: int | None) -> int:
    """Return the number of nodes, or raise `InputError` for the first edge that names another one."""
    if num_nodes is not None and not 0 <= num_nodes <= MAX_NODES:
        raise ParameterError(f"num_nodes must be >= 0 and <= {MAX_NODES}, got {num_nodes}")
    low, high = (int(end) for end in edges.aminmax()) if edges.numel() else (0, -1)
    count = high + 1 if num_nodes is None else int(num_nodes)
    if low < 0 or high >= count:
        outside = (edges < 0) | (edges >= count)
        position = int(outside.any(0).nonzero()[0])
        end = 0 if bool(outside[0, position]) else 1
        raise UnlistedNodeError(int(edges[end, position]), position)
    if count > MAX_NODES:
        raise InputError(f"a graph holds at most {MAX_NODES:,} nodes for now, found {count:,}")
    return count


def checked_weights(weights: Any, edges: torch.Tensor) -> torch.Tensor:
    """Return weights as float32 [num_edges], or raise `InputError` for the first that is none."""
    import torch

    given = _tensor(weights, "weights").reshape(-1)
    if len(given) != edges.shape[1] or given.is_complex() or given.dtype == torch.bool:
        raise InputError(f"{edges.shape[1]} edges but {len(given)} weights of type {given.dtype}")
    if given.device != edges.device:
        raise InputError(f"edges lie on {edges.device}, but weights on {given.device}")
    # Looked at when they are rounded: 1e-60 is 0 and 1e60 infinite in float32.
    rounded = given.float()
    bad = ~((rounded > 0) & rounded.isfinite())
    if bool(bad.any()):
        position = int(bad.nonzero()[0])
        raise InputError(
            f"edge {position}: a weight must be a finite float32 number > 0, got {given[position].item():g}"
        )
    return rounded


def _tensor(given: Any, name: str) -> torch.Tensor:
    import torch

    if isinstance(given, torch.Tensor):
        return given.detach()
    if not hasattr(given, "__dlpack__"):
        raise InputError(f"{name} must be a tensor, of torch or through DLPack, got {type(given).__name__}")
    return torch.utils.dlpack.from_dlpack(given)
