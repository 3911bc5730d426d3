"""The potential of points in a plane by a grid and Fourier transforms: n points push each other in O(n) time.

As FIt-SNE does (G. Linderman, M. Rachh, J. Hoskins, S. Steinerberger, Y. Kluger, "Fast interpolation-based
t-SNE", Nature Methods 2019), with smooth particle mesh Ewald's splines in place of Lagrange's polynomials:
one convolution gives the potential and its slopes, where polynomials take three or four.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from graphkit.arrays import Vectors
from graphkit.kernels.cpu.potential import read_potential, spread_points, sum_potential
from graphkit.parallel import even_bounds, run_ranges

_COARSEST = 0.5
"""Distance of nodes: potentials are then right to 0.1, slopes in a map to 3 %."""

_FINEST = 0.05
"""Of nodes nearer than that, float32 would lose the slope."""

_FEWEST, _MOST = 64, 8192
"""Nodes along the longer side: small maps have finer grids, huge ones coarser than `_COARSEST`."""

_RANGES = 64
"""Of points: sums by ranges do not depend on the number of threads."""

FEW = 1000
"""Points whose pairs are summed as they are: no slower, and among few the error of a grid would show."""

_BORDER = 3
"""Nodes on each side that splines reach into."""

_GAP = 8
"""Nodes beyond those, that the bend where the circle closes is out of the splines' sight."""


class Potential:
    """The sum over points y of 1 / (1 + |x - y|**2), at any x amid them.

    Parameters
    ----------
    num_threads
        >= 1; bits do not depend on it.

    Notes
    -----
    The grid's side is twice the map's, since a transform's convolution is circular; memory is 12 bytes for
    each of its nodes.
    """

    def __init__(self, num_threads: int):
        self._num_threads = num_threads
        self._spectrum_of: tuple[int, float] = (0, 0.0)
        self._spectrum: NDArray[np.float32] = np.empty((0, 0), np.float32)

    def charge(self, positions: Vectors) -> None:
        """Take the points, float32 [num_points, 2]."""
        if len(positions) <= FEW:
            self._read = partial(sum_potential, positions)
            return
        low = positions.min(axis=0)
        extent = float((positions.max(axis=0) - low).max())
        step = max(float(np.clip(extent / _FEWEST, _FINEST, _COARSEST)), extent / _MOST)
        nodes = int(extent / step) + 1 + 2 * _BORDER
        frame = low - np.float32(_BORDER * step), np.float32(1 / step)
        grid = np.zeros((nodes, nodes), np.float32)
        spread_points(positions, *frame, grid)
        self._read = partial(read_potential, *frame, self._convolved(grid, step))

    def read(self, positions: Vectors, field: NDArray[np.float32]) -> float:
        """Set field = (potential, slope by x, slope by y) at positions; return the sum of potentials.

        `positions` float32 [num_points, 2]; `field` float32 [num_points, 3], written.
        """
        read = partial(self._read, positions, field)
        return float(sum(run_ranges(read, even_bounds(len(positions), _RANGES), self._num_threads)))

    def _convolved(self, grid: NDArray[np.float32], step: float) -> NDArray[np.float32]:
        """The potential at the nodes: transforms of twice the side, the half without charges left out."""
        nodes, threads = len(grid), self._num_threads
        size = fft.next_fast_len(2 * (nodes + _GAP), real=True)
        if (size, step) != self._spectrum_of:
            self._spectrum, self._spectrum_of = _spectrum(size, step, threads), (size, step)
        rows = fft.rfft(grid, size, axis=1, workers=threads)
        waves = fft.fft(rows, size, axis=0, workers=threads)
        waves *= self._spectrum
        back = fft.ifft(waves, axis=0, overwrite_x=True, workers=threads)[:nodes]
        potential: NDArray[np.float32] = fft.irfft(back, size, axis=1, workers=threads)[:, :nodes]
        return potential


def _spectrum(size: int, step: float, num_threads: int) -> NDArray[np.float32]:
    """The transform of 1 / (1 + x**2) on a circular grid, over that of the splines on both ways."""
    turns = np.minimum(np.arange(size), size - np.arange(size))
    squares = (turns * step) ** 2
    kernel = (1 / (1 + squares[:, None] + squares)).astype(np.float32)
    spline = ((2 + np.cos(2 * np.pi * np.arange(size) / size)) / 3) ** 2
    waves = fft.rfft2(kernel, workers=num_threads)
    spectrum: NDArray[np.float32] = waves.real.astype(np.float32)
    spectrum /= (spline[:, None] * spline[: size // 2 + 1]).astype(np.float32)
    return spectrum
