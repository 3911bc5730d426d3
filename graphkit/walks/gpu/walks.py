"""Walks on a GPU: the tables of a `graphkit.walks.walker.Walker`, uploaded once, and its kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Rows
from graphkit.errors import RunError
from graphkit.gpu.launch import launch
from graphkit.graph.gpu.graph import DeviceGraph, check_size, graph_bytes, upload
from graphkit.graph.size import Sizes
from graphkit.kernels.cpu.row_filter import num_filter_words
from graphkit.kernels.cpu.walk_bias import Bias
from graphkit.seeds import Stream
from graphkit.walks.gpu.alias_cells import alias_bytes
from graphkit.walks.gpu.tables import DeviceTables

if TYPE_CHECKING:
    import torch

_LAUNCH_WALKS = 1 << 20
"""Walks of one launch, about four times as many as an H100 keeps going at once."""

_LAUNCH_NODES = 1 << 28
"""Nodes in the walks of one launch at most, 1 GB."""

_FEWEST_WALKS = 1 << 10
"""Halving a launch for want of memory ends here."""

SHAPES = {"first": (128, 4), "second": (32, 1)}
"""Walks and warps in a program, by order. In the first no lane waits for another, so any size will do; a
program of the second lasts as long as its slowest walk, and a warp alone needs no barrier."""

_INTERPRETED_BLOCK = 4096
"""Under the interpreter an operation costs the same for any number of lanes."""


class DeviceWalker:
    """Walks with one law on one graph; the device's counterpart of `graphkit.walks.walker.Walker`.

    Parameters
    ----------
    graph
        On the device.
    tables
        What walks draw from.
    bias
        Of p and q, or None for walks of the first order.
    halts
        Thresholds of 32 bits for stops and restarts.
    seed
        Random seed.
    walk_length
        Nodes in a walk, >= 1.

    Attributes
    ----------
    launch_walks : int
        Walks of one launch.
    shape : tuple of int
        Walks and warps in a program; the walks do not depend on it.
    """

    def __init__(
        self,
        graph: DeviceGraph,
        tables: DeviceTables,
        *,
        bias: Bias | None,
        halts: tuple[np.uint64, np.uint64],
        seed: np.uint64,
        walk_length: int,
    ):
        self.graph, self.walk_length, self.launch_walks = graph, walk_length, launch_walks(walk_length)
        self._seed, self._halts, self._bias = int(seed), tuple(map(int, halts)), bias
        self._cells, self._strength, self._noise, self._filters = tables
        self.shape = SHAPES["first" if bias is None else "second"]
        if graph.device.type == "cpu":
            self.shape = _INTERPRETED_BLOCK, 1
        if bias is not None:
            law = np.array([bias.excess, bias.inverse_p, bias.inverse_q, bias.envelope])
            self._law = upload(law, graph.device)

    def walk(self, starts: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """Walk on the device: int32 [walk_length, num_walks], -1 behind the end of a walk.

        Parameters
        ----------
        starts
            Rows to start from, int32 [num_walks], on the device.
        numbers
            Walk numbers, int64 [num_walks], on the device.
        """
        import torch

        shape = self.walk_length, len(starts)
        out = torch.full(shape, -1, dtype=torch.int32, device=self.graph.device)
        if len(starts):
            walk = self._walk_first_order if self._bias is None else self._walk_second_order
            walk((starts, numbers, out, len(starts), self.walk_length, self._seed), out)
        return out

    def walk_into(self, starts: Rows, numbers: NDArray[np.int64], out: Any) -> None:
        """Write the walks from `starts` into `out`, int32 [num_walks, walk_length], launch by launch.

        `out` is an array, or a tensor on the device. A launch that finds no memory, taken by another process
        since the plan was made, is halved.
        """
        import torch

        first, size = 0, self.launch_walks
        while first < len(starts):
            last = min(first + size, len(starts))
            try:
                parts = (upload(part[first:last], self.graph.device) for part in (starts, numbers))
                torch.as_tensor(out[first:last]).copy_(self.walk(*parts).t())
            except torch.OutOfMemoryError as error:
                if size <= _FEWEST_WALKS:
                    raise RunError(f"the device has no memory left for {size:,} walks") from error
                size //= 2
            else:
                first = last

    def _walk_first_order(self, walks: tuple[Any, ...], out: torch.Tensor) -> None:
        from graphkit.kernels.gpu.walks_first_order import walk_first_order

        arcs = self.graph.indices if self._cells is None else self._cells
        block, warps = self.shape
        launch(
            walk_first_order,
            -(-out.shape[1] // block),
            self.graph.rows,
            arcs,
            *walks,
            int(Stream.WALK),
            int(Stream.HALT),
            *self._halts,
            WEIGHTED=self._cells is not None,
            HALTS=max(self._halts) > 0,
            BLOCK=block,
            num_warps=warps,
        )

    def _walk_second_order(self, walks: tuple[Any, ...], out: torch.Tensor) -> None:
        from graphkit.kernels.gpu.walks_second_order import walk_second_order

        graph, bias = self.graph, self._bias
        assert bias is not None
        block, warps = self.shape
        launch(
            walk_second_order,
            -(-out.shape[1] // block),
            graph.rows,
            graph.indices,
            self._cells,
            graph.weights,
            self._strength,
            self._noise,
            self._filters,
            self._law,
            *walks,
            int(Stream.WALK),
            int(Stream.HALT),
            *self._halts,
            bias.back,
            bias.low,
            bias.common,
            bias.far,
            WEIGHTED=self._cells is not None,
            DIRECTED=graph.directed,
            EXTENDED=self._noise is not None,
            OUTLIER=bias.excess > 0,
            ASKS=len(self._filters) > 0,
            HALTS=max(self._halts) > 0,
            BLOCK=block,
            num_warps=warps,
            enable_fp_fusion=False,
        )


def launch_walks(walk_length: int) -> int:
    """Return the walks of one launch."""
    return max(1, min(_LAUNCH_WALKS, _LAUNCH_NODES // walk_length))


def device_bytes(
    graph: Sizes, *, walk_length: int, second_order: bool, extended: bool, asks: bool
) -> dict[str, int]:
    """Return what a `DeviceWalker` takes on the device at most, in bytes, by what it is for.

    Raises
    ------
    ParameterError
        For a graph that no device holds.
    """
    check_size(graph.num_arcs)
    num_nodes, num_arcs, weighted = graph.num_nodes, graph.num_arcs, graph.is_weighted
    read = graph_bytes(graph, indices=second_order or not weighted, weights=second_order)
    cells = 16 * num_arcs if weighted else 0
    building = alias_bytes(num_arcs) if weighted and isinstance(graph, DeviceGraph) else 0
    strength = 8 * num_nodes if second_order and weighted else 0
    noise = 4 * num_nodes if extended else 0
    filters = 8 * num_filter_words(num_nodes, num_arcs) if asks else 0
    # Starts and numbers; the walks as they are made, and turned for the host.
    walks = launch_walks(walk_length) * (4 + 8 + 2 * 4 * walk_length)
    return {
        "graph": read,
        "tables": cells + strength + noise + filters + building,
        "walks": walks,
    }
