"""Checks of single numbers that parameters are."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import Any

from graphkit.errors import ParameterError


def check_whole(name: str, value: Any, at_least: int, at_most: int | None = None) -> int:
    """Return `value` as an int, or raise `ParameterError` unless it is whole and within the bounds.

    Examples
    --------
    >>> check_whole("scale", 0, 1, 62)
    Traceback (most recent call last):
    graphkit.errors.ParameterError: scale must be a whole number from 1 to 62, got 0
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    highest = math.inf if at_most is None else at_most
    if number is None or isinstance(value, bool) or not at_least <= number <= highest:
        bounds = f">= {at_least}" if at_most is None else f"from {at_least} to {at_most}"
        raise ParameterError(f"{name} must be a whole number {bounds}, got {value!r}")
    return number


def check_positive(name: str, value: Any) -> None:
    """Raise `ParameterError` unless `value` is a finite number > 0."""
    if not (isinstance(value, Real) and 0 < float(value) < math.inf):
        raise ParameterError(f"{name} must be > 0 and finite, got {value!r}")


def check_finite(name: str, value: Any) -> None:
    """Raise `ParameterError` unless `value` is a finite number."""
    if not (isinstance(value, Real) and math.isfinite(value)):
        raise ParameterError(f"{name} must be finite, got {value!r}")
