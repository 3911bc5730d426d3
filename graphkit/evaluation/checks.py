"""Checks of parameters that evaluations share."""

from __future__ import annotations

import math
import operator

from graphkit.errors import ParameterError


def check_at_least_one(name: str, value: int) -> None:
    """Raise `ParameterError` unless `value` is a whole number >= 1."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be a whole number >= 1, got {value!r}") from None
    if number < 1:
        raise ParameterError(f"{name} must be >= 1, got {number}")


def check_penalty(value: float) -> None:
    """Raise `ParameterError` unless C is a finite number > 0."""
    if not (isinstance(value, (int, float)) and math.isfinite(value) and value > 0):
        raise ParameterError(f"C must be a finite number > 0, got {value!r}")
