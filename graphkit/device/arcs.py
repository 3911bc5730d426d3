"""Sampled arcs on a device: what LINE draws from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.device.graph import upload
from graphkit.kernels.cpu.skipgram_arcs import Arcs

if TYPE_CHECKING:
    import torch


class DeviceArcs(NamedTuple):
    """What samples are drawn from: `ends` int64 [num_arcs], source + 2**32 * target; `table` or None."""

    ends: torch.Tensor
    table: torch.Tensor | None


def device_arcs(arcs: Arcs, device: torch.device) -> DeviceArcs:
    """Upload what samples are drawn from."""
    ends = arcs.sources.astype(np.int64) | (arcs.targets.astype(np.int64) << 32)
    table = upload(arcs.table.view(np.int64).ravel(), device) if len(arcs.table) else None
    return DeviceArcs(upload(ends, device), table)


def arcs_bytes(arcs: Arcs) -> dict[str, int]:
    """Return what `device_arcs` takes, in bytes, by what it is for."""
    return {"arcs": (16 if len(arcs.table) else 8) * len(arcs.targets)}
