"""A layout in motion: from weighted arcs and first positions to a map of two or three dimensions.

What moves the points, and the objective, stand in `kernels/cpu/layout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Indptr, Rows, Vectors, Weights
from graphkit.errors import RunError
from graphkit.kernels.cpu.layout import (
    GROUP,
    LOGISTIC,
    STUDENT,
    Law,
    fill_cells,
    move_points,
    place_points,
)
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.tickets import NUM_COUNTERS
from graphkit.layout.principal_components import principal_components
from graphkit.parallel import RANGES_PER_THREAD, balanced_bounds, even_bounds, run_ranges
from graphkit.parameters import Finite, Positive, at_least, check_declared, whole
from graphkit.seeds import Stream, check_seed, generator
from graphkit.sgns.trainer import noise_table, rates_of

SHAPES = {"student": STUDENT, "logistic": LOGISTIC}

SPREAD = 10.0
"""Standard deviation along the longest axis of a map, about; and of first positions."""

ROUNDS_PER_SAMPLE = 4
"""A round is half a draw for a point of mean strength, and a sample is a draw at each end of an edge."""

_MOST_NEGATIVES = 1 << 16
_TASKS_PER_ROUND = 16
_MOVES_PER_CHUNK = 1 << 22
_FARTHEST = 3.0
_JITTER = 1e-4


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a layout climbs: pulls log f(x) along edges, pushes gamma * log(1 - f(x)) between negatives.

    Parameters
    ----------
    shape
        ``"student"`` for f(x) = 1 / (1 + a x**2), ``"logistic"`` for f(x) = 1 / (1 + exp(a x**2)).
    a
        Width of f, > 0.
    gamma
        Weight of a push, >= 0.
    num_negatives
        Pushes for each pull, 0 to 65,536.
    noise_exponent
        Negatives are drawn in proportion to their strength to this power.

    Raises
    ------
    ParameterError
        For a parameter outside its range.
    """

    shape: Literal["student", "logistic"] = "student"
    a: Positive = 1.0
    gamma: Annotated[float, at_least(0)] = 7.0
    num_negatives: Annotated[int, whole(0, _MOST_NEGATIVES)] = 5
    noise_exponent: Finite = 0.75

    def __post_init__(self) -> None:
        check_declared(type(self), vars(self))


class Layout:
    """Points that move along weighted arcs.

    Parameters
    ----------
    indptr, indices, weights
        CSR arcs of the points that move, without self-loops: int64 [num_points + 1], int32 and float32
        [num_arcs]. A point without arcs stays where it is, but pushes others if it has `strength`.
    positions
        Where the points begin, float32 [num_points, dim], dim <= 3.
    strength
        How strongly each point is drawn as a negative, before `Objective.noise_exponent`, [num_points].
    objective
        What is climbed.
    seed
        Random seed.
    num_threads
        Threads, >= 1.
    fixed
        Where more points stand that neither move nor push, float32 [num_fixed, dim]; arcs lead to them as to
        num_points and on. None for none.

    Notes
    -----
    Memory beyond the arcs: 12 bytes an arc, and 12 + 8 dim bytes a point.
    """

    def __init__(
        self,
        indptr: Indptr,
        indices: Rows,
        weights: Weights | None,
        positions: Vectors,
        *,
        strength: NDArray[np.float64],
        objective: Objective,
        seed: int,
        num_threads: int,
        fixed: Vectors | None = None,
    ):
        self._num_threads, self._num_shown = num_threads, len(positions)
        if fixed is not None:
            positions, strength = np.concatenate([positions, fixed]), np.pad(strength, (0, len(fixed)))
            indptr = np.pad(indptr, (0, len(fixed)), mode="edge")
        shares = _shares(indptr, weights)
        # Points of as many draws stand together, for sixteen of them are moved at a time.
        self._order = np.argsort(-np.ceil(shares), kind="stable")
        self._shares = shares[self._order]
        self._indptr, self._cells = _draw_cells(indptr, indices, weights, self._order, num_threads)
        self._positions = np.stack([positions[self._order]] * 2)
        self._rounds_done = 0
        self._law = _law(objective, strength[self._order], seed)

    @property
    def positions(self) -> Vectors:
        """Where the points stand now, float32 [num_points, dim]."""
        return self._in_order(self._positions[self._rounds_done % 2])

    def run(self, total: int, learning_rate: float, step: Any = None) -> None:
        """Run `total` rounds, the rate falling from `learning_rate` to almost nothing.

        `step` is called with (rounds done, total) several times a second or so.
        """
        chunk = max(1, _MOVES_PER_CHUNK // max(1, len(self._shares)))
        for first in range(0, total if self._shares.any() else 0, chunk):
            last = min(first + chunk, total)
            self._move(round_rates(first, last, total, learning_rate))
            if step is not None:
                step(last, total)
        _check_finite(self.positions)

    def _in_order(self, placed: Vectors) -> Vectors:
        present: Vectors = np.empty(placed.shape, np.float32)
        present[self._order] = placed
        return present[: self._num_shown]

    def _move(self, rates: NDArray[np.float32]) -> None:
        num_groups = -(-len(self._shares) // GROUP)
        task_size = max(1, -(-num_groups // _TASKS_PER_ROUND)) * GROUP
        counters = np.zeros(NUM_COUNTERS, np.int64)
        shared = self._indptr, self._cells, self._shares, self._law
        # Each thread takes tasks until none is left, so it does not matter which of them are called.
        run_ranges(
            lambda *_: move_points(counters, *shared, self._rounds_done, rates, task_size, self._positions),
            range(self._num_threads + 1),
            self._num_threads,
        )
        self._rounds_done += len(rates)


def round_rates(first: int, last: int, total: int, learning_rate: float) -> NDArray[np.float32]:
    """Return the rates of rounds `first` to `last` of `total`, which fall to almost nothing."""
    bounds = rates_of(first, last, total, learning_rate)
    return np.linspace(*bounds, last - first, endpoint=False).astype(np.float32)


def first_positions(
    vectors: Vectors | None, num_points: int, dim: int, seed: int, spread: float = SPREAD
) -> Vectors:
    """Return the first `dim` principal components of vectors as positions, random ones without vectors.

    float32 [num_points, dim], the longest axis of standard deviation `spread`, none beyond `_FARTHEST` of it,
    and a little at random so that equal vectors part.
    """
    if vectors is None:
        return jittered(np.zeros((num_points, dim)), seed)
    parts = principal_components(vectors, dim)
    # A pull fades with the distance: a point that begins far out would stay there.
    for _ in range(2):
        deviation = parts.std(axis=0).max(initial=0.0)
        parts = parts.clip(-_FARTHEST * deviation, _FARTHEST * deviation)
    scale = spread / deviation if deviation > 0 else 0.0
    return jittered(parts * scale, seed)


def jittered(positions: NDArray[np.float64], seed: int) -> Vectors:
    """Return positions with a little added at random, that points of one place part; float32."""
    random = generator(seed, Stream.VECTORS).random(positions.shape, np.float32) - np.float32(0.5)
    return (positions + random * _JITTER).astype(np.float32)


def place_among(
    fixed: Vectors,
    rows: Rows,
    weights: Weights,
    first: Vectors,
    *,
    strength: NDArray[np.float64],
    objective: Objective,
    rates: NDArray[np.float32],
    seed: int,
    num_threads: int,
) -> Vectors:
    """Return where new points end among fixed ones, which neither move nor feel them; float32 [num_new, dim].

    Where one ends depends neither on the others nor on their order: they draw by the same random words.

    Parameters
    ----------
    fixed
        The map, float32 [num_points, dim].
    rows, weights
        The points of the map that pull, and how strongly, int32 and float32 [num_new, k].
    first
        Where the new points begin, float32 [num_new, dim].
    strength, objective, seed, num_threads
        As of `Layout`; strengths are those of the map's points.
    rates
        The learning rate of each round, float32 [num_rounds]; a round is half a draw.
    """
    num_new, k = rows.shape
    indptr = np.arange(num_new + 1, dtype=np.int64) * k
    cells = np.empty((rows.size, 3), np.uint32)
    law, itself = _law(objective, strength, seed), np.arange(max(num_new, len(fixed)), dtype=np.int32)
    positions = first.copy()

    def place(start: int, stop: int) -> None:
        table = np.empty(((stop - start) * k, 2), np.uint32)
        held = slice(start * k, stop * k)
        build_row_alias(indptr[start : stop + 1] - held.start, weights.ravel()[held], table, 0, stop - start)
        fill_cells(indptr, rows.ravel(), table, itself, indptr, cells, start, stop)
        place_points(indptr, cells, law, rates / 2, fixed, positions, start, stop)

    run_ranges(place, even_bounds(num_new, RANGES_PER_THREAD * num_threads), num_threads)
    _check_finite(positions)
    return positions


def _law(objective: Objective, strength: NDArray[np.float64], seed: int) -> Law:
    """How points move; `strength` in the order that they stand in."""
    return Law(
        np.uint64(check_seed(seed)),
        int(Stream.LAYOUT),
        int(Stream.LAYOUT_NOISE),
        SHAPES[objective.shape],
        np.float32(objective.a),
        np.float32(objective.gamma),
        objective.num_negatives,
        noise_table(strength, objective.noise_exponent),
    )


def _check_finite(positions: Vectors) -> None:
    if not np.isfinite(positions).all():
        raise RunError("the layout diverged: a position is not finite; choose a lower learning_rate")


def _draw_cells(
    indptr: Indptr, indices: Rows, weights: Weights | None, order: NDArray[np.int64], num_threads: int
) -> tuple[Indptr, NDArray[np.uint32]]:
    """The `indptr` of the points in a new order, and what a draw of an arc reads; see `fill_cells`."""
    cells = np.empty((len(indices), 3), np.uint32)
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    starts: Indptr = np.concatenate([[0], np.cumsum(np.diff(indptr)[order])])
    weights = np.ones(len(indices), np.float32) if weights is None else weights

    def fill(start: int, stop: int) -> None:
        held = slice(indptr[start], indptr[stop])
        table = np.empty((held.stop - held.start, 2), np.uint32)
        build_row_alias(indptr[start : stop + 1] - held.start, weights[held], table, 0, stop - start)
        fill_cells(indptr, indices, table, places, starts, cells, start, stop)

    if len(indices):
        run_ranges(fill, balanced_bounds(indptr, RANGES_PER_THREAD * num_threads), num_threads)
    return starts, cells


def strength_of(indptr: Indptr, weights: Weights | None) -> NDArray[np.float64]:
    """Return the sum of weights of each point's arcs, or without weights their number, [num_points]."""
    degree = np.diff(indptr)
    strength = degree.astype(np.float64)
    held = degree > 0
    if weights is not None and held.any():
        strength[held] = np.add.reduceat(weights, indptr[:-1][held], dtype=np.float64)
    return strength


def _shares(indptr: Indptr, weights: Weights | None) -> NDArray[np.float32]:
    """Strengths in units of two mean ones, float32 [num_points]."""
    strength = strength_of(indptr, weights)
    held = np.diff(indptr) > 0
    mean = strength[held].mean() if held.any() else 1.0
    shares: NDArray[np.float32] = (strength / (2 * mean)).astype(np.float32)
    return shares
