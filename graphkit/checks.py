"""Checks of what parameters are: single numbers, arrays, paths."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


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


def as_array(name: str, given: Any, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Return what is given as an array, or raise `InputError` in place of NumPy's own words.

    Examples
    --------
    >>> as_array("vectors", [[1, 2], [3]])
    Traceback (most recent call last):
    graphkit.errors.InputError: vectors must be an array, got list of no one shape
    """
    import numpy as np

    try:
        return np.asarray(given, dtype)
    except (TypeError, ValueError, RuntimeError) as error:
        # Of a tensor that needs its gradient, torch says what to do.
        advice = f": {error}" if isinstance(error, RuntimeError) else ""
        what = "an array" if dtype is None else "an array of numbers"
        of_what = " of no one shape" if dtype is None else " of other things"
        found = f"{kind_of(given)}{of_what if isinstance(given, (list, tuple)) else ''}"
        raise InputError(f"{name} must be {what}, got {found}{advice}") from None


def kind_of(given: Any) -> str:
    """Return the type of an object as its users write it.

    Examples
    --------
    >>> from graphkit import Graph
    >>> kind_of(Graph.from_edges([(0, 1)])), kind_of("a")
    ('graphkit.Graph', 'str')
    """
    kind = type(given)
    library = kind.__module__.partition(".")[0]
    return kind.__name__ if library == "builtins" else f"{library}.{kind.__name__}"
