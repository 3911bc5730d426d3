"""Samples of arcs on a device: what they are drawn from, and the steps that train them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphkit.gpu.backend import is_interpreted
from graphkit.gpu.launch import launch
from graphkit.gpu.rows import COLUMN_UNIT, power_of_two
from graphkit.graph.gpu.graph import upload
from graphkit.graph.size import Sizes
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.seeds import Stream
from graphkit.walks.gpu.alias_cells import alias_table, alias_table_bytes

if TYPE_CHECKING:
    import torch

    from graphkit.graph.gpu.tensor_graph import TensorGraph

TILE_SAMPLES = 64
"""Sampled arcs of a tile."""

TILE_SHARED = 32
"""Negatives that the samples of a tile share."""

TILE_PROGRAMS = 2
PAIR_PROGRAMS = 16
"""For each multiprocessor, as many as it holds."""

TILE_OPTIONS = {"COLUMNS": COLUMN_UNIT, "num_warps": 8, "num_stages": 1}
"""A few columns at a time, so that those of all rows of a tile fit its warps' registers."""

_MOST_DRAWN = 8
"""Negatives of a pair: more weight than that is carried by fewer."""

_INTERPRETED_BLOCK = 64
"""Under the interpreter an operation costs the same for any number of lanes."""


class DeviceArcs(NamedTuple):
    """What samples are drawn from: `ends` int64 [num_arcs], source + 2**32 * target; `table` or None."""

    ends: torch.Tensor
    table: torch.Tensor | None


class MovedRows(NamedTuple):
    """Rows that steps move, float32 [num_rows, width] each; `noise`, of the contexts' rows, int64; what
    contention leaves of the samples of each row, float32, or None for all; which rows move, bool, or None for
    all.
    """

    centers: torch.Tensor
    contexts: torch.Tensor
    noise: torch.Tensor
    center_factors: torch.Tensor | None
    context_factors: torch.Tensor | None
    center_moving: torch.Tensor | None
    context_moving: torch.Tensor | None


class ArcStep(NamedTuple):
    """How samples are trained: pair by pair or in tiles.

    Attributes
    ----------
    name
        Of the kernel.
    samples
        Of a program at a time.
    programs
        On a multiprocessor.
    weight
        Of each negative, or of all that a tile shares.
    options
        How the kernel is compiled.
    """

    name: str
    samples: int
    programs: int
    weight: float
    options: dict[str, int]


def tile_step(width: int, num_negatives: float, options: dict[str, int]) -> ArcStep:
    """Return the step of tiles, whose samples share negatives; `options` as `TILE_OPTIONS`."""
    shape = {"WIDTH": width, "SAMPLES": TILE_SAMPLES, "SHARED": TILE_SHARED} | options
    return ArcStep("train_arc_tiles", TILE_SAMPLES, TILE_PROGRAMS, num_negatives, shape)


def pair_step(shape: dict[str, int], num_negatives: float) -> ArcStep:
    """Return the step of samples that have negatives of their own; `shape` as `pair_shape` has it."""
    return ArcStep("train_arcs", shape["BLOCK"], PAIR_PROGRAMS, num_negatives / shape["DRAWN"], shape)


def pair_shape(width: int, num_negatives: float) -> dict[str, int]:
    """Options of the kernels that train pair by pair: a warp has a row of 128 columns."""
    columns = power_of_two(width)
    block = _INTERPRETED_BLOCK if is_interpreted() else max(4, 512 // columns)
    drawn = min(_MOST_DRAWN, math.ceil(num_negatives))
    return {"WIDTH": width, "COLUMNS": columns, "DRAWN": drawn, "BLOCK": block}


def train_samples(
    step: ArcStep,
    programs: int,
    arcs: DeviceArcs,
    rows: MovedRows,
    samples: tuple[int, int],
    rates: tuple[float, float],
    seed: int,
    *,
    taken: bool = False,
) -> torch.Tensor:
    """Train on samples number ``samples[0]`` to ``samples[1]``, one at least.

    The rate goes linearly from ``rates[0]`` to before ``rates[1]``. With `taken` the arcs are the samples.
    Returned are how many, and the sum of their losses, float64 [2]; nothing waits for it.
    """
    import torch

    from graphkit.kernels.gpu import skipgram_arcs

    first, last = samples
    losses = torch.empty((2, programs), dtype=torch.float64, device=rows.centers.device)
    kernel: Any = getattr(skipgram_arcs, step.name)
    launch(
        kernel,
        programs,
        arcs.ends,
        arcs.table,
        rows.noise,
        rows.centers,
        rows.contexts,
        rows.center_factors,
        rows.context_factors,
        rows.center_moving,
        rows.context_moving,
        losses,
        first,
        last - first,
        len(arcs.ends),
        len(rows.noise),
        rates[0],
        (rates[1] - rates[0]) / (last - first),
        step.weight,
        seed,
        int(Stream.SAMPLE),
        int(Stream.NOISE),
        TAKEN=taken,
        **step.options,
    )
    return losses.sum(1)


def num_processors(device: torch.device) -> int:
    """Return the multiprocessors of a device; 1 under Triton's interpreter."""
    import torch

    if device.type == "cpu":
        return 1
    return torch.cuda.get_device_properties(device).multi_processor_count


def device_arcs(arcs: Arcs, device: torch.device) -> DeviceArcs:
    """Upload what samples are drawn from."""
    ends = arcs.sources.astype(np.int64) | (arcs.targets.astype(np.int64) << 32)
    table = upload(arcs.table.view(np.int64).ravel(), device) if len(arcs.table) else None
    return DeviceArcs(upload(ends, device), table)


def arcs_bytes(arcs: Arcs) -> dict[str, int]:
    """Return what `device_arcs` takes, in bytes, by what it is for."""
    return {"arcs": (16 if len(arcs.table) else 8) * len(arcs.targets)}


def tensor_arcs(graph: TensorGraph) -> DeviceArcs:
    """Return what samples are drawn from, made where the graph lies: the bits of `device_arcs`."""
    ends = graph.sources | (graph.indices.long() << 32)
    return DeviceArcs(ends, alias_table(graph.weights) if graph.weights is not None and len(ends) else None)


def tensor_arcs_bytes(graph: Sizes) -> dict[str, int]:
    """Return what `tensor_arcs` takes at most, in bytes, by what it is for."""
    # Unweighted, the targets as they are widened and shifted.
    building = alias_table_bytes(graph.num_arcs) if graph.is_weighted else 16 * graph.num_arcs
    return {"arcs": 8 * graph.num_arcs + building}
