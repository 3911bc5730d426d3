"""JSON that files hold: read by one function and held against what it must be before anything follows it.

What it must be is written as it looks: a type, ``[each item]``, ``{"name": value}``, or ``{str: value}`` for
names of any kind. A name that ends in ``?`` may lack; other names are let be. An `int` is whole and >= 0,
a `float` any finite number; a tuple is one or another, with None for nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from graphkit.checks import MOST, shown
from graphkit.errors import InputError
from graphkit.files.digests import digest

_SEAL = "seal"

_WORDS = {bool: "true or false", str: "text", int: "a whole number >= 0", float: "a finite number"}


def read_json(path: Path, form: Any, what: str) -> Any:
    """Return what a file holds.

    Raises
    ------
    InputError
        If it is missing, no JSON, or not of this form; the message calls the file `what`.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(f"{what} cannot be read: {error.strerror}", path) from None
    return parsed(text, form, what, path)


def parsed(text: str | bytes, form: Any, what: str, path: Any) -> Any:
    """Return what a text of a file says; raise as `read_json` does."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{what} is no JSON", path) from None
    check_form(value, form, what, path)
    return value


def check_form(value: Any, form: Any, what: str, path: Any) -> None:
    """Raise `InputError` unless what a file holds is of this form."""
    fault = fault_of(value, form)
    if fault:
        raise InputError(f"{what} is damaged: {fault}", path)


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """Return names and values with a digest of them, which `check_seal` compares."""
    return value | {_SEAL: digest(value)}


def check_seal(value: dict[str, Any], what: str, path: Path) -> None:
    """Raise `InputError` unless the names and values are those that were sealed."""
    if value.get(_SEAL) != digest({name: item for name, item in value.items() if name != _SEAL}):
        raise InputError(f"{what} is not what was saved (the digest differs)", path)


def fault_of(value: Any, form: Any, name: str = "") -> str | None:
    """Return what is not as it must be, None if all is.

    Examples
    --------
    >>> fault_of({"done": 3, "files": {"a": -1}}, {"done": int, "total?": int, "files": {str: int}})
    'files.a must be a whole number >= 0, is -1'
    >>> fault_of([], {"done": int})
    'it must have names'
    """
    if isinstance(form, tuple):
        faults = [fault_of(value, each, name) for each in form if each is not None]
        return None if (value is None and None in form) or None in faults else faults[0]
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{name or 'it'} must be a list"
        return _first(enumerate(value), lambda _: form[0], name)
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return f"{name or 'it'} must have names"
        if str in form:
            return _first(value.items(), lambda _: form[str], name)
        lacking = [each for each in form if not each.endswith("?") and each not in value]
        if lacking:
            return f"{_inside(name, lacking[0])} is missing"
        asked = {each.removesuffix("?"): kind for each, kind in form.items()}
        known = ((each, item) for each, item in value.items() if each in asked)
        return _first(known, asked.__getitem__, name)
    return None if _is_of(value, form) else f"{name or 'it'} must be {_WORDS[form]}, is {shown(value)}"


def _first(items: Iterable[tuple[Any, Any]], form_of: Callable[[Any], Any], name: str) -> str | None:
    """The first fault among named items."""
    faults = (fault_of(item, form_of(each), _inside(name, each)) for each, item in items)
    return next((fault for fault in faults if fault), None)


def _inside(name: str, each: Any) -> str:
    shorter = shown(each).strip("'")
    return f"{name}.{shorter}" if name else shorter


def _is_of(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and 0 <= value <= MOST
    if kind is float:
        return type(value) in (int, float) and abs(value) <= MOST and math.isfinite(value)
    return isinstance(value, kind)
