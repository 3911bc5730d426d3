"""t-SNE's gradient descent: from weighted arcs and first positions to a map in the plane.

The gradient, and a step, stand in `kernels/cpu/tsne.py`; pushes come from `graphkit/layout/potential.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from graphkit.arrays import Indptr, Rows, Vectors, Weights
from graphkit.errors import RunError
from graphkit.kernels.cpu.tsne import Strengths, descend, divergence
from graphkit.layout.potential import Potential
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges

_STEPS_PER_REPORT = 10
_STEPS_PER_FENCE = 5
_USUAL, _FENCE = 0.99, 1.25
"""No point stands farther out than so many times the radius that holds so many of them."""

_LEAST_SHARE = 1e-6
_SUMS = 64
"""Ranges of rows that are summed apart, whatever the number of threads."""


class Descent:
    """Points that climb down the divergence of their map from their arcs.

    Parameters
    ----------
    indptr, indices, weights
        CSR arcs, each in both directions, without self-loops: int64 [num_points + 1], int32 and float32
        [num_arcs], weights > 0. Points without arcs stay where they are, and push nobody.
    positions
        Where the points begin, float32 [num_points, 2].
    num_threads
        Threads, >= 1; bits do not depend on it.

    Notes
    -----
    Memory beyond the arcs: 8 bytes an arc and 52 a point, and the grid of the potential.
    """

    def __init__(
        self, indptr: Indptr, indices: Rows, weights: Weights, positions: Vectors, *, num_threads: int
    ):
        self._num_threads = num_threads
        self._first, self._held = positions, np.diff(indptr) > 0
        moving = positions[self._held]
        rows = np.cumsum(self._held, dtype=np.int32) - 1
        indptr = np.concatenate([indptr[:1], indptr[1:][self._held]])
        # A mean row sums to one: pulls and pushes are then of the same size on graphs of any size.
        scale = len(moving) / weights.sum(dtype=np.float64)
        self._arcs = indptr, rows[indices], (weights * scale).astype(np.float32)
        self._places = np.stack([moving] * 2)
        self._velocity, self._gains = np.zeros_like(moving), np.ones_like(moving)
        self._field = np.empty((len(moving), 3), np.float32)
        self._potential = Potential(num_threads)
        self._steps_done = 0

    @property
    def positions(self) -> Vectors:
        """Where the points stand now, float32 [num_points, 2]."""
        everyone: Vectors = self._first.copy()
        everyone[self._held] = self._present()
        return everyone

    def run(self, steps: int, exaggeration: float, step: Callable[[int], None] | None = None) -> None:
        """Take steps, pulls being multiplied by `exaggeration`; `step` is called with the steps taken in all.

        The learning rate is the number of points over the exaggeration (A. Belkina and others, "Automated
        optimized parameters for t-distributed stochastic neighbor embedding", Nature Communications 2019).
        """
        bounds = balanced_bounds(self._arcs[0], RANGES_PER_THREAD * self._num_threads)
        for _ in range(steps):
            before, after = self._present(), self._places[1 - self._steps_done % 2]
            push = len(before) / self._charge()
            strengths = Strengths(np.float32(exaggeration), np.float32(push), np.float32(1 / exaggeration))
            move = partial(
                descend, *self._arcs, self._field, strengths, before, after, self._velocity, self._gains
            )
            run_ranges(move, bounds, self._num_threads)
            self._steps_done += 1
            if self._steps_done % _STEPS_PER_FENCE == 0:
                self._fence_in()
            if step is not None and self._steps_done % _STEPS_PER_REPORT == 0:
                step(self._steps_done)
        if not np.isfinite(self._present()).all():
            raise RunError("the layout diverged: a position is not finite")

    def divergence(self) -> float:
        """The Kullback-Leibler divergence of the map from the arcs, in nats."""
        shares = self._charge()
        measure = partial(divergence, *self._arcs, self._present())
        held = sum(run_ranges(measure, even_bounds(len(self._field), _SUMS), self._num_threads))
        total = self._arcs[2].sum(dtype=np.float64)
        return float(held / total - np.log(total) + np.log(shares))

    def _charge(self) -> float:
        """Set the field at the points; return the sum over pairs of 1 / (1 + |y_i - y_j|**2)."""
        present, num_points = self._present(), len(self._field)
        self._potential.charge(present)
        # A point is no pair with itself.
        return max(self._potential.read(present, self._field) - num_points, _LEAST_SHARE * num_points)

    def _fence_in(self) -> None:
        """Bring back the points that have left the others behind; only those of small parts do."""
        present = self._present()
        apart = present - present.mean(axis=0, dtype=np.float64).astype(np.float32)
        radius = np.hypot(apart[:, 0], apart[:, 1])
        usual = min(len(radius) - 1, math.ceil(_USUAL * len(radius)))
        limit = _FENCE * np.partition(radius, usual)[usual]
        beyond = np.flatnonzero(radius > limit)
        present[beyond] -= apart[beyond] * (1 - limit / radius[beyond])[:, None]
        self._velocity[beyond] = 0

    def _present(self) -> Vectors:
        present: Vectors = self._places[self._steps_done % 2]
        return present


def settle(
    fixed: Vectors,
    rows: Rows,
    weights: Weights,
    first: Vectors,
    *,
    steps: int,
    rate: float,
    num_threads: int,
    step: Callable[[int], None],
) -> Vectors:
    """Return where new points come to rest on a map that stays as it is, float32 [num_new, 2].

    Each climbs down the divergence of its own row: of 1 / (1 + |y - z|**2) over the points z of the map,
    as shares, from its weights. New points do not feel one another.

    Parameters
    ----------
    fixed
        The map, float32 [num_points, 2].
    rows, weights
        The points of the map that pull, and how strongly, int32 and float32 [num_new, k].
    first
        Where the new points begin, float32 [num_new, 2].
    steps, rate
        Steps, and the learning rate.
    num_threads
        Threads, >= 1.
    step
        Called with the steps taken.
    """
    num_new, k = rows.shape
    # Those that move stand in front, as `descend` has it.
    indptr, indices = np.arange(num_new + 1, dtype=np.int64) * k, (rows + num_new).ravel().astype(np.int32)
    everyone = np.stack([np.concatenate([first, fixed])] * 2)
    velocity, gains = np.zeros_like(first), np.ones_like(first)
    field = np.empty((num_new, 3), np.float32)
    strengths = Strengths(np.float32(1), np.float32(1), np.float32(rate))
    potential = Potential(num_threads)
    potential.charge(fixed)
    bounds = even_bounds(num_new, RANGES_PER_THREAD * num_threads)
    for number in range(steps):
        before, after = everyone[number % 2], everyone[1 - number % 2]
        potential.read(before[:num_new], field)
        field[:, 1:] /= np.maximum(field[:, :1], np.float32(_LEAST_SHARE))
        move = partial(
            descend, indptr, indices, weights.ravel(), field, strengths, before, after, velocity, gains
        )
        run_ranges(move, bounds, num_threads)
        step(number + 1)
    moved: Vectors = everyone[steps % 2, :num_new].copy()
    return moved
