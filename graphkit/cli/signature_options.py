"""Options made from a signature: declared and described by the function or class they belong to."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from graphkit.cli.docstrings import parameter_help
from graphkit.cli.parameters import flag_of, option
from graphkit.errors import ParameterError
from graphkit.parameters import alternatives, ranged

Signature = Mapping[str, inspect.Parameter]

_THREADS = "num_threads"
_HELP = {_THREADS: "Threads to use; 0 for all cores.", "seed": "Random seed."}
_SHORT = {"dim": ["-d"], "k": ["-k"]}
_METAVARS = {int: "INTEGER", float: "NUMBER", str: "NAME"}


def signature_of(function: Any, *, without: Iterable[str] = ()) -> Signature:
    """Return the parameters of a function that become options, by name."""
    names = vars(sys.modules[function.__module__])
    # One by one: the annotations of those left out may name what only type checkers import.
    return {
        name: parameter.replace(annotation=eval(parameter.annotation, names))
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in without
    }


def options_of(signature: Signature, documented: object, *, panel: str) -> list[inspect.Parameter]:
    """Return one option a parameter, with the help that the docstring gives.

    Parameters
    ----------
    signature
        The parameters.
    documented
        What has the docstring.
    panel
        Title of the group in the help.
    """
    helps = parameter_help(documented)
    return [_option(parameter, _HELP.get(name, helps[name]), panel) for name, parameter in signature.items()]


def values_of(signature: Signature, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters' values, made of the options' values."""
    return {name: _value(parameter, values[name]) for name, parameter in signature.items()}


def is_listed(parameter: inspect.Parameter) -> bool:
    """Whether a parameter's value is a list, typed with commas between its entries."""
    return get_origin(_inner(parameter.annotation)) is Sequence


def value_of_text(parameter: inspect.Parameter, text: str) -> Any:
    """Return a parameter's value as it is typed where no option parses it; "none" where that is its default.

    Raises
    ------
    ParameterError
        For a text that is no number, or neither "true" nor "false", where one is needed.
    """
    kind = _inner(parameter.annotation)
    if text == "none" and parameter.default is None:
        return None
    if kind is bool:
        if text not in ("true", "false"):
            raise ParameterError(f"{parameter.name} is true or false, got {text!r}")
        return text == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            what = "whole numbers" if kind is int else "numbers"
            raise ParameterError(f"{parameter.name} takes {what}, got {text!r}") from None
    return _value(parameter, text) if is_listed(parameter) else text


def words_for(parameter: inspect.Parameter, value: Any) -> list[str]:
    """Return the words that give a parameter a value on the command line.

    Examples
    --------
    >>> words_for(inspect.Parameter("normalize", inspect.Parameter.KEYWORD_ONLY, annotation=bool), False)
    ['--no-normalize']
    """
    flag = flag_for(parameter.name)
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag[2:]}"]
    if isinstance(value, (tuple, list)):
        return [flag, str(_joined(value))]
    return [flag, f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)]


def flag_for(name: str) -> str:
    """Return the flag of a parameter."""
    return "--threads" if name == _THREADS else flag_of(name)


def _option(parameter: inspect.Parameter, help_text: str, panel: str) -> inspect.Parameter:
    name, default, kind = parameter.name, parameter.default, _inner(parameter.annotation)
    flag = flag_for(name)
    if name == _THREADS:
        default = 0
    if kind is bool:
        return option(name, default, help_text, flags=[f"{flag}/--no-{flag[2:]}"], panel=panel)
    if _is_switch(kind):
        return option(name, False, help_text, flags=[flag], panel=panel)
    if get_origin(kind) is Literal:
        return option(name, default, help_text, kind=str, metavar="|".join(get_args(kind)), panel=panel)
    if get_origin(kind) is Annotated:
        return option(name, default, help_text, kind=str, metavar=get_args(kind)[1], panel=panel)
    if get_origin(kind) is Sequence:
        metavar = f"{_METAVARS[get_args(kind)[0]]},…"
        return option(name, _joined(default), help_text, kind=str, metavar=metavar, panel=panel)
    return option(
        name,
        default,
        help_text,
        kind=kind,
        flags=[flag, *_SHORT.get(name, ())],
        metavar=_METAVARS[kind],
        panel=panel,
    )


def _value(parameter: inspect.Parameter, value: Any) -> Any:
    kind = _inner(parameter.annotation)
    if parameter.name == _THREADS:
        return value or None
    if _is_switch(kind):
        return get_args(kind)[0] if value else parameter.default
    if get_origin(kind) is Sequence and value is not None:
        parts = tuple(value.split(",")) if value else ()
        return parts if get_args(kind) == (str,) else _numbers(flag_for(parameter.name), parts)
    return value


def _inner(annotation: Any) -> Any:
    """T of an annotation ``T | None`` or ``float | T``, without its range."""
    last = [kind for kind in alternatives(annotation) if kind is not type(None)][-1]
    kind, values = ranged(last)
    return kind if values is None else _inner(kind)


def _is_switch(kind: Any) -> bool:
    """Whether a kind is ``Literal["…"]``: on in the one way there is, or off."""
    return get_origin(kind) is Literal and len(get_args(kind)) == 1


def _joined(default: Any) -> str | None:
    if default is None:
        return None
    values = [default] if isinstance(default, (str, float)) else default
    return ",".join(value if isinstance(value, str) else f"{value:g}" for value in values)


def _numbers(flag: str, parts: tuple[str, ...]) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        raise ParameterError(
            f"{flag} takes numbers separated by commas, such as 0,0.5,1; got {','.join(parts)!r}"
        ) from None
