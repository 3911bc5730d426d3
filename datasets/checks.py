"""Checks of the generators' parameters."""

from __future__ import annotations

import operator

from graphkit.errors import ParameterError


def check_whole(name: str, value: int, *, at_least: int, at_most: int) -> int:
    """Return `value` as an int within the bounds, or raise `ParameterError`.

    Examples
    --------
    >>> check_whole("scale", 0, at_least=1, at_most=62)
    Traceback (most recent call last):
    graphkit.errors.ParameterError: scale must be a whole number from 1 to 62, got 0
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or not at_least <= number <= at_most:
        raise ParameterError(f"{name} must be a whole number from {at_least} to {at_most}, got {value!r}")
    return number
