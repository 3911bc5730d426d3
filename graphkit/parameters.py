"""What a parameter may be, declared beside its name and default: its kind, its range, its words.

One declaration, ``dim: Count = 128``, is the constructor's, the check's and the command line's. What hangs on
several parameters at once, or on the graph, is checked where it is used.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from graphkit.checks import (
    as_real,
    as_seconds,
    check_between,
    check_choice,
    check_finite,
    check_positive,
    check_whole,
    is_truth,
    shown,
)
from graphkit.errors import ParameterError

Check = Callable[[str, Any], object]


@dataclass(frozen=True)
class Range:
    """What values of a kind a parameter may have.

    Attributes
    ----------
    words
        As a docstring says it; empty where it says nothing.
    check
        Called with name and value; raises `ParameterError` for a value outside.
    """

    words: str
    check: Check


def whole(at_least: int, at_most: int | None = None) -> Range:
    """Return the whole numbers from one to another, or without end.

    Examples
    --------
    >>> whole(2).words, whole(0, 255).words
    ('>= 2', '0 to 255')
    """
    words = f">= {at_least}" if at_most is None else f"{at_least:,} to {at_most:,}"
    return Range(words, lambda name, value: check_whole(name, value, at_least, at_most))


def real(interval: str) -> Range:
    """Return the numbers of an interval, written as in mathematics."""
    return Range(f"in {interval}", lambda name, value: check_between(name, value, interval))


def at_least(low: float) -> Range:
    """Return the finite numbers from one on."""

    def check(name: str, value: Any) -> None:
        if not low <= as_real(value) < math.inf:
            raise ParameterError(f"{name} must be >= {low:g} and finite, got {shown(value)}")

    return Range(f">= {low:g}", check)


Count = Annotated[int, whole(1)]
Positive = Annotated[float, Range("> 0", check_positive)]
Finite = Annotated[float, Range("", check_finite)]
Time = Annotated[float | str, Range("", as_seconds)]


def check_declared(function: Any, given: Mapping[str, Any]) -> None:
    """Raise `ParameterError` for a value that is not what a function's or class's annotation declares.

    Looked at are flags, numbers, words, choices (`Literal`) and ranges, each of them or None; what is
    annotated by another type is not.

    Examples
    --------
    >>> def walk(length: Count, back: bool | None = None): ...
    >>> check_declared(walk, {"length": 3, "back": "no"})
    Traceback (most recent call last):
    graphkit.errors.ParameterError: back must be True, False or None, got 'no'
    >>> check_declared(walk, {"length": 0})
    Traceback (most recent call last):
    graphkit.errors.ParameterError: length must be a whole number >= 1, got 0
    """
    for name, check in _checks(function).items():
        if name in given:
            check(name, given[name])


def ranged(annotation: Any) -> tuple[Any, Range | None]:
    """Return the kind and the range of an annotation, which has one or has none.

    Examples
    --------
    >>> ranged(Count)[0], ranged(Count)[1].words, ranged(str)
    (<class 'int'>, '>= 1', (<class 'str'>, None))
    """
    if get_origin(annotation) is Annotated and isinstance(annotation.__metadata__[0], Range):
        return annotation.__origin__, annotation.__metadata__[0]
    return annotation, None


def declared_range(annotation: Any) -> Range | None:
    """Return the range of an annotation such as ``Count | None``; None if it has none."""
    found = (ranged(kind)[1] for kind in alternatives(annotation))
    return next((values for values in found if values is not None), None)


def alternatives(annotation: Any) -> list[Any]:
    """Return the kinds of a union, those of any other annotation being itself."""
    is_union = get_origin(annotation) in (Union, types.UnionType)
    return list(get_args(annotation)) if is_union else [annotation]


def declarations(function: Any) -> dict[str, Any]:
    """Return what a function's or class's parameters are annotated with, but names that are not imported."""
    names = vars(sys.modules[function.__module__])
    is_class = isinstance(function, type)
    called = function.__init__ if is_class else function
    found = {}
    for name, annotation in called.__annotations__.items():
        # One by one: some name what only type checkers import.
        with contextlib.suppress(NameError):
            found[name] = eval(annotation, names) if isinstance(annotation, str) else annotation
    return found


@functools.cache
def _checks(function: Any) -> dict[str, Check]:
    """The checks of a function's or class's parameters, by name."""
    checks = {name: _check_of(annotation) for name, annotation in declarations(function).items()}
    return {name: check for name, check in checks.items() if check is not None}


def _check_of(annotation: Any) -> Check | None:
    """The check of what is one kind, or that and None; there is none for others."""
    kinds = alternatives(annotation)
    takes_none = type(None) in kinds
    single = [kind for kind in kinds if kind is not type(None)]
    check = _check_of_one(single[0], takes_none) if len(single) == 1 else None
    if check is None or not takes_none:
        return check
    return lambda name, value: None if value is None else check(name, value)


def _check_of_one(kind: Any, takes_none: bool) -> Check | None:
    kind, values = ranged(kind)
    if values is not None:
        return values.check
    if get_origin(kind) is Literal:
        return _check_of_choices(get_args(kind), takes_none)
    plain = kind.__origin__ if get_origin(kind) is Annotated else kind
    if not isinstance(plain, type) or plain not in _KINDS:
        return None
    words, is_of = _KINDS[plain]
    return _check_of_kind(words.replace(" or ", ", ") + " or None" if takes_none else words, is_of)


def _check_of_choices(choices: tuple[Any, ...], takes_none: bool) -> Check:
    if len(choices) == 1 and takes_none:
        return _check_of_kind(
            f"{choices[0]!r} or None", lambda value: isinstance(value, str) and value == choices[0]
        )
    return functools.partial(check_choice, choices=choices)


def _check_of_kind(words: str, is_of: Callable[[Any], bool]) -> Check:
    def check(name: str, value: Any) -> None:
        if not is_of(value):
            raise ParameterError(f"{name} must be {words}, got {shown(value)}")

    return check


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not is_truth(value)


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not is_truth(value)


_KINDS: dict[type, tuple[str, Callable[[Any], bool]]] = {
    bool: ("True or False", is_truth),
    int: ("a whole number", _is_whole),
    float: ("a number", _is_real),
    str: ("a string", lambda value: isinstance(value, str)),
}
