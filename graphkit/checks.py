"""Checks of what parameters are: single numbers, arrays, paths."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, ParameterError, unknown_choice

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


_LONGEST = 60
"""Characters that a message quotes of a value."""

_SECONDS = {"s": 1, "m": 60, "h": 3600}
"""Of a unit of time."""

MOST = 2**63 - 1
"""The largest whole number that arrays and kernels count to."""


def check_whole(name: str, value: Any, at_least: int, at_most: int | None = None) -> int:
    """Return `value` as an int, or raise `ParameterError` unless it is whole and within the bounds.

    Examples
    --------
    >>> check_whole("scale", 0, 1, 62)
    Traceback (most recent call last):
    graphkit.errors.ParameterError: scale must be a whole number from 1 to 62, got 0
    """
    try:
        number = None if is_truth(value) else operator.index(value)
    except TypeError:
        number = None
    highest = MOST if at_most is None else at_most
    if number is None or not at_least <= number <= highest:
        open_end = at_most is None and (number is None or number < at_least)
        bounds = f">= {at_least}" if open_end else f"from {at_least} to {highest}"
        raise ParameterError(f"{name} must be a whole number {bounds}, got {shown(value)}")
    return number


def check_positive(name: str, value: Any) -> None:
    """Raise `ParameterError` unless `value` is a finite number > 0."""
    if not 0 < as_real(value) < math.inf:
        raise ParameterError(f"{name} must be > 0 and finite, got {shown(value)}")


def check_finite(name: str, value: Any) -> None:
    """Raise `ParameterError` unless `value` is a finite number."""
    if not math.isfinite(as_real(value)):
        raise ParameterError(f"{name} must be finite, got {shown(value)}")


def check_between(name: str, value: Any, interval: str) -> None:
    """Raise `ParameterError` unless `value` is a number of an interval, written as in mathematics.

    Examples
    --------
    >>> check_between("restart", 1, "(0, 1)")
    Traceback (most recent call last):
    graphkit.errors.ParameterError: restart must lie in (0, 1), got 1
    """
    low, high = map(float, interval[1:-1].split(","))
    number = as_real(value)
    above = low < number if interval[0] == "(" else low <= number
    below = number < high if interval[-1] == ")" else number <= high
    if not (above and below):
        raise ParameterError(f"{name} must lie in {interval}, got {shown(value)}")


def check_choice(name: str, value: Any, choices: Iterable[str]) -> None:
    """Raise `ParameterError` unless `value` is one of the choices."""
    names = list(choices)
    if not isinstance(value, str) or value not in names:
        raise unknown_choice(name, value, names)


def check_mapping(name: str, given: Any) -> Mapping[Any, Any]:
    """Return names and values, none of them for None; raise `ParameterError` for anything else."""
    if given is not None and not isinstance(given, Mapping):
        raise ParameterError(f"{name} must be names and values, a dict, got {kind_of(given)}")
    return {} if given is None else given


def as_real(value: Any) -> float:
    """Return a number as a float, nan for anything else; True and False are no numbers here."""
    if not isinstance(value, Real) or is_truth(value):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        # A whole number beyond all floats.
        return math.inf if operator.index(value) > 0 else -math.inf  # type: ignore[arg-type]


def is_truth(value: Any) -> bool:
    """Whether `value` is True or False, Python's or NumPy's, told by name: NumPy is not imported here."""
    return type(value).__name__ in ("bool", "bool_")


def shown(value: Any) -> str:
    """Return `value` as a message quotes it: numbers plain, long things cut.

    Examples
    --------
    >>> shown("a" * 1000)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    text = str(value) if isinstance(value, Real) else repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


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


def as_seconds(name: str, value: Any) -> float:
    """Return a time as seconds: a number > 0, or text such as ``"90"``, ``"10s"``, ``"2m"``, ``"1.5h"``.

    None is no bound, infinity.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> as_seconds("budget", "2m"), as_seconds("budget", 0.5), as_seconds("budget", None)
    (120.0, 0.5, inf)
    """
    if value is None:
        return math.inf
    text = str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    unit = _SECONDS.get(text[-1:])
    try:
        seconds = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ParameterError(
            f"{name} must be a number of seconds > 0, or a time such as 10s, 2m or 1h; got {shown(value)}"
        )
    return seconds
