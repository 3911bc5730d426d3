"""WalkSeries: encodings as series in the powers of the random walk's matrix P.

A column of an encoding is sum_k a_k P^k, taken on the diagonal (of nodes) or for pairs:

    steps:     a_k = 1 for one k                                       (RWSE, RRWP)
    heat:      exp(-t (I - P)),             a_k = e^-t t^k / k!
    PageRank:  r (I - (1 - r) P)^-1,        a_k = r (1 - r)^k

Each a_k is the probability that a walk has k steps, so that all columns are probabilities, and a series that
is cut is too low by the probability of the longer walks at most: `WalkSeries.left_out`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import as_real, check_whole, shown
from graphkit.errors import ParameterError

LEFT_OUT = 1e-9
"""Probability of walks longer than those that are summed."""

_MOST_STEPS, _LARGEST_TIME, _LEAST_RESTART = 1_000, 10_000.0, 1e-3


@dataclass(frozen=True)
class WalkSeries:
    """Coefficients of powers of P, a series a column.

    Attributes
    ----------
    coefficients : float64 [num_steps + 1, num_columns]
        Not negative; a column adds up to 1 at most.
    left_out : float
        What the longer walks, which are left out, can add to a value at most.
    """

    coefficients: NDArray[np.float64]
    left_out: float = 0.0

    @property
    def num_steps(self) -> int:
        """Steps of the longest walk."""
        return len(self.coefficients) - 1

    @property
    def num_columns(self) -> int:
        """Columns of the encoding."""
        return int(self.coefficients.shape[1])

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """Of each step, the range of columns that has its coefficients, int64 [num_steps + 1, 2]."""
        used = self.coefficients != 0
        first = np.where(used.any(axis=1), used.argmax(axis=1), 0)
        last = np.where(used.any(axis=1), used.shape[1] - used[:, ::-1].argmax(axis=1), 0)
        return np.stack([first, last], axis=1).astype(np.int64)


def step_series(first: int, last: int) -> WalkSeries:
    """Return the series whose columns are the steps `first` to `last`, each by itself.

    Examples
    --------
    >>> step_series(1, 2).coefficients.tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    return WalkSeries(np.eye(last + 1)[:, first:])


def heat_series(times: float | Sequence[float]) -> WalkSeries:
    """Return the series of heat kernels, a column a time.

    Raises
    ------
    ParameterError
        For times that are none, or not numbers in (0, 10000].

    Examples
    --------
    >>> heat_series([1.0]).coefficients[:3, 0].round(4).tolist()
    [0.3679, 0.3679, 0.1839]
    """
    columns: list[NDArray[np.float64]] = []
    for time in _numbers("times", times):
        if not 0 < time <= _LARGEST_TIME:
            raise ParameterError(f"times must be > 0 and <= {_LARGEST_TIME:g}, got {shown(time)}")
        steps = np.arange(math.ceil(time + 12 * math.sqrt(time) + 30))
        logs = np.cumsum(np.log(time / np.maximum(steps, 1.0))) - math.log(time)
        columns.append(np.exp(logs - time))
    return _cut(columns)


def pagerank_series(restarts: float | Sequence[float]) -> WalkSeries:
    """Return the series of personalised PageRank, a column a probability of restarting.

    Raises
    ------
    ParameterError
        For probabilities that are none, or not in [0.001, 1).

    Examples
    --------
    >>> pagerank_series([0.5]).coefficients[:3, 0].tolist()
    [0.5, 0.25, 0.125]
    """
    columns: list[NDArray[np.float64]] = []
    for restart in _numbers("restarts", restarts):
        if not _LEAST_RESTART <= restart < 1:
            raise ParameterError(
                f"restarts must lie in [{_LEAST_RESTART:g}, 1), got {shown(restart)}; near 0 a walk "
                "never ends"
            )
        length = math.ceil(math.log(LEFT_OUT / 2) / math.log1p(-restart)) + 1
        columns.append(restart * (1 - restart) ** np.arange(length, dtype=np.float64))
    return _cut(columns)


def check_steps(name: str, value: int) -> int:
    """Return a number of steps, or raise `ParameterError` for one that is none."""
    return check_whole(name, value, 1, _MOST_STEPS)


def _numbers(name: str, given: Any) -> list[float]:
    values = list(given) if np.ndim(given) == 1 and not isinstance(given, str) else [given]
    numbers = [as_real(value.item() if isinstance(value, np.generic) else value) for value in values]
    if not numbers or any(map(math.isnan, numbers)):
        raise ParameterError(f"{name} must be a number or some, got {shown(given)}")
    return numbers


def _cut(columns: list[NDArray[np.float64]]) -> WalkSeries:
    """Put columns side by side, each cut where hardly anything is left."""
    kept = [column[: _needed(column)] for column in columns]
    coefficients = np.zeros((max(map(len, kept)), len(kept)))
    for place, column in enumerate(kept):
        coefficients[: len(column), place] = column
    return WalkSeries(coefficients, LEFT_OUT)


def _needed(column: NDArray[np.float64]) -> int:
    """How many terms leave out less than `LEFT_OUT`, the column itself leaving out next to nothing."""
    behind = column[::-1].cumsum()[::-1]
    return int(np.count_nonzero(behind > LEFT_OUT / 2))
