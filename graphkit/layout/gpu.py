"""A layout in motion on a device: the rounds of `graphkit.layout.largevis`, and the same bits in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Vectors
from graphkit.gpu.backend import is_interpreted
from graphkit.gpu.launch import launch
from graphkit.graph.gpu.graph import check_size, upload
from graphkit.kernels.cpu.device_layout import pack_rows
from graphkit.kernels.cpu.layout import STUDENT
from graphkit.layout.largevis import Layout

if TYPE_CHECKING:
    import torch

_SHAPE = 128, 4
"""Points and warps in a program."""

_INTERPRETED_BLOCK = 1024


class DeviceLayout(Layout):
    """Points that move on a device; made and used as a `Layout`, with the same draws.

    Parameters
    ----------
    *arcs_and_positions, **options
        As of `Layout`.
    device
        Where to.
    """

    def __init__(self, *arcs_and_positions: Any, device: torch.device, **options: Any):
        super().__init__(*arcs_and_positions, **options)
        import torch

        _, num_points, self._dim = self._positions.shape
        rows = np.empty(num_points, np.int64)
        pack_rows(self._indptr, rows, 0, num_points)
        self._rows, self._device_shares = upload(rows, device), upload(self._shares, device)
        self._device_cells = _packed(self._cells, device)
        self._noise = upload(self._law.noise.view(np.int64).ravel(), device)
        self._placed = torch.zeros((2, num_points, _columns(self._dim)), device=device)
        self._placed[:, :, : self._dim] = upload(self._positions, device)
        self._block, self._warps = (_INTERPRETED_BLOCK, 1) if is_interpreted() else _SHAPE

    @property
    def positions(self) -> Vectors:
        """Where the points stand now, float32 [num_points, dim]."""
        return self._in_order(self._placed[self._rounds_done % 2, :, : self._dim].cpu().numpy())

    def _move(self, rates: NDArray[np.float32]) -> None:
        from graphkit.kernels.gpu.layout import move_points

        law, num_points = self._law, len(self._shares)
        for rate in rates.tolist():
            turn = self._rounds_done
            launch(
                move_points,
                -(-num_points // self._block),
                self._rows,
                self._device_cells,
                self._device_shares,
                self._noise,
                self._placed[turn % 2],
                self._placed[1 - turn % 2],
                turn,
                num_points,
                rate,
                float(law.a),
                float(law.gamma),
                int(law.seed),
                law.arc_stream,
                law.noise_stream,
                NEGATIVES=law.num_negatives,
                STUDENT=law.shape == STUDENT,
                DIM=self._dim,
                BLOCK=self._block,
                num_warps=self._warps,
                enable_fp_fusion=False,
            )
            self._rounds_done += 1


def layout_bytes(num_points: int, num_arcs: int, dim: int) -> dict[str, int]:
    """Return what a `DeviceLayout` takes on the device at most, in bytes, by what it is for.

    Raises
    ------
    ParameterError
        For more arcs than a device holds.
    """
    check_size(num_arcs)
    return {
        # As they are uploaded, and packed.
        "arcs": 28 * num_arcs + 12 * num_points,
        "noise": 8 * num_points,
        "positions": 2 * 4 * num_points * (_columns(dim) + dim),
    }


def _columns(dim: int) -> int:
    """Coordinates of a point as one read takes them, 8 or 16 bytes."""
    return 2 if dim == 2 else 4


def _packed(cells: NDArray[np.uint32], device: torch.device) -> torch.Tensor:
    """Cells for one read each, as of `kernels.gpu.csr.load_cell`, int64 [num_arcs, 2]."""
    packed = np.empty((len(cells), 2), np.int64)
    packed[:, 0] = cells[:, 0].astype(np.int64) | (cells[:, 1].astype(np.int64) << 32)
    packed[:, 1] = cells[:, 2].astype(np.int64) << 32
    return upload(packed, device)
