"""Weights that cannot be one: missing, NaN, infinite, zero, negative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import Mask, Weights

BAD_WEIGHTS = ("error", "drop", "abs")

_ADVICE = {
    "error": "pass bad_weights='drop' to leave such edges out, 'abs' to take absolute values (zero: no edge)",
    "abs": "pass bad_weights='drop' to leave such edges out",
}


@dataclass(frozen=True)
class WeightChanges:
    """What was done to weights that cannot be one."""

    num_dropped: int = 0
    num_made_positive: int = 0


def as_float32(weights: NDArray[Any]) -> Weights:
    """Return weights as float32, without a warning for those that become infinite or zero."""
    with np.errstate(over="ignore", under="ignore"):
        return weights.astype(np.float32, copy=False)


def first_refused(weights: Weights, bad_weights: str) -> int | None:
    """Return the position of the first weight that the policy does not allow, or None.

    Examples
    --------
    >>> weights = np.array([1, -2, np.nan], np.float32)
    >>> [first_refused(weights, policy) for policy in ("error", "abs", "drop")]
    [1, 2, None]
    """
    if bad_weights == "drop":
        return None
    allowed = np.isfinite(weights) if bad_weights == "abs" else usable(weights)
    return None if allowed.all() else int(np.argmin(allowed))


def shown(weight: float) -> str:
    """Return a weight in words; of values in memory a missing one is NaN."""
    return "none or NaN" if np.isnan(weight) else f"{weight:g}"


def refusal(shown: str, bad_weights: str) -> str:
    """Return the message for a weight that the policy does not allow."""
    return f"a weight must be a finite float32 number > 0, got {shown or 'none'}; {_ADVICE[bad_weights]}"


def apply_policy(weights: Weights, bad_weights: str) -> tuple[Weights, Mask | None, WeightChanges]:
    """Return (weights, which edges stay, what was changed); None for "all stay".

    The weights must hold none that the policy does not allow.
    """
    negative = int(np.count_nonzero(weights < 0)) if bad_weights == "abs" else 0
    if negative:
        weights = np.abs(weights)
    stay = usable(weights)
    num_dropped = len(stay) - int(np.count_nonzero(stay))
    if not num_dropped:
        return weights, None, WeightChanges(0, negative)
    return weights[stay], stay, WeightChanges(num_dropped, negative)


def usable(weights: Weights) -> Mask:
    """Return which weights can be one: finite and > 0."""
    return (weights > 0) & (weights < np.inf)
