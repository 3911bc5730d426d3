"""Row sums of the powers of a matrix on a GPU: the counterpart of `graphkit.propagation.row_sums`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.gpu.launch import launch
from graphkit.graph.gpu.graph import DeviceGraph, upload
from graphkit.graph.size import Sizes
from graphkit.propagation.row_sums import is_moderate, reciprocal

if TYPE_CHECKING:
    import torch

_ARCS = 128
"""Arcs of a row that are read at a time."""


@dataclass(frozen=True)
class DeviceRowSums:
    """Row i of a matrix sums to ``sizes[i] * 2**exponents[i]``; float64 and int32 [num_nodes]."""

    sizes: torch.Tensor
    exponents: torch.Tensor

    def factors(self) -> torch.Tensor:
        """Return 2**exponents divided by the largest row sum, float32 [num_nodes]."""
        import torch

        below = (self.exponents - self.exponents.max()).double().clamp(min=-1000).exp2()
        norm = (self.sizes * below).max()
        return torch.where(norm > 0, below / norm.clamp(min=1e-300), 0.0).float()


def of_identity(graph: DeviceGraph) -> DeviceRowSums:
    """Return the row sums of A^0."""
    import torch

    sizes = torch.ones(graph.num_nodes, dtype=torch.float64, device=graph.device)
    return DeviceRowSums(sizes, torch.zeros_like(sizes, dtype=torch.int32))


def next_row_sums(graph: DeviceGraph, before: DeviceRowSums) -> DeviceRowSums:
    """Return the row sums of A^(k+1) from those of A^k."""
    import torch

    from graphkit.kernels.gpu.row_sums import sum_rows

    sums = DeviceRowSums(torch.empty_like(before.sizes), torch.empty_like(before.exponents))
    arrays = graph.rows, graph.indices, graph.weights, before.sizes, before.exponents
    if graph.num_nodes:
        launch(sum_rows, graph.num_nodes, *arrays, sums.sizes, sums.exponents, ARCS=_ARCS, num_warps=1)
    return sums


def scaled_arcs(graph: DeviceGraph, before: torch.Tensor | None, after: torch.Tensor) -> torch.Tensor:
    """Return the weights by which a product has rows of exponents `after` from `before`, or from zeros."""
    import torch

    from graphkit.kernels.gpu.row_sums import scale_arcs

    scaled = torch.empty(len(graph.indices), device=graph.device)
    arrays = graph.rows, graph.indices, graph.weights, before, after, scaled
    if graph.num_nodes:
        launch(scale_arcs, graph.num_nodes, *arrays, ARCS=_ARCS, num_warps=1)
    return scaled


def transition_operands(graph: DeviceGraph) -> tuple[torch.Tensor | None, torch.Tensor]:
    """Return (weights, scale), whose products are those of D⁻¹A; see `Arcs.transition`."""
    strength = graph.strength
    if graph.weights is None or is_moderate(strength):
        return graph.weights, upload(reciprocal(strength).astype(np.float32), graph.device)
    sizes, exponents = np.frexp(strength)
    weights = scaled_arcs(graph, None, upload(exponents.astype(np.int32), graph.device))
    return weights, upload(reciprocal(sizes).astype(np.float32), graph.device)


def scaling_bytes(graph: Sizes) -> int:
    """Return what row sums of two powers and scaled weights take on the device, in bytes."""
    return 24 * graph.num_nodes + 4 * graph.num_arcs
