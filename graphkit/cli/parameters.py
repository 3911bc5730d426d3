"""Arguments and options as `inspect.Parameter` objects, and commands made of lists of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from graphkit.cli.completion import completer

REQUIRED: Any = inspect.Parameter.empty


def argument(name: str, help_text: str, *, default: Any = REQUIRED, kind: Any = str) -> inspect.Parameter:
    """Return a positional argument, required if it has no default."""
    marker = typer.Argument(help=help_text, show_default=False, metavar=name.upper())
    return _parameter(name, default, kind, marker)


def option(
    name: str,
    default: Any,
    help_text: str,
    *,
    kind: Any = None,
    flags: Iterable[str] | None = None,
    metavar: str | None = None,
    panel: str | None = None,
    values: Iterable[str] | None = None,
) -> inspect.Parameter:
    """Return an option; its flag is the name with dashes.

    Parameters
    ----------
    name
        The parameter that it sets.
    default
        Its default, shown in the help unless it is None or False; or `REQUIRED`.
    help_text
        One sentence.
    kind
        Type of the value; None for the default's.
    flags
        What to type; None for the name with dashes.
    metavar
        What the help shows for the value.
    panel
        Title of the group in the help.
    values
        What a shell completes the value to; None for what the metavar lists.
    """
    marker = typer.Option(
        *(flags or [flag_of(name)]),
        help=help_text,
        show_default=not any(default is hidden for hidden in (None, False, REQUIRED)),
        metavar=metavar,
        rich_help_panel=panel,
        parser=_PARSERS.get(kind or type(default)),
        autocompletion=completer(metavar, values),
    )
    return _parameter(name, default, kind or type(default), marker)


def _whole_number(text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"expected a whole number, got {text!r}") from None


def _number(text: str | float) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"expected a number, got {text!r}") from None


_PARSERS = {int: _whole_number, float: _number}
"""Typer's own messages do not repeat what was given."""


def _parameter(name: str, default: Any, kind: Any, marker: Any) -> inspect.Parameter:
    annotation = Annotated[kind | None if default is None else kind, marker]  # type: ignore[valid-type]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def flag_of(name: str) -> str:
    """Return the flag of a parameter: ``feature_ratio`` → ``--feature-ratio``."""
    return f"--{name.replace('_', '-')}"


def typed(parameter: inspect.Parameter, value: Any) -> list[str]:
    """Return the words that give an option a value.

    Examples
    --------
    >>> typed(option("directed", False, "Directions.", flags=["--directed/--undirected"]), True)
    ['--directed']
    """
    (marker,) = parameter.annotation.__metadata__
    # What typer takes for a default here is the first of the flags.
    on, _, off = marker.default.partition("/")
    return [on if value else off] if isinstance(value, bool) else [on, str(value)]


def command_of(function: Callable[..., None], parameters: Iterable[inspect.Parameter]) -> Callable[..., None]:
    """Return `function` with a signature that typer can read."""
    listed = list(parameters)

    def command(**values: Any) -> None:
        function(**values)

    command.__doc__ = function.__doc__
    command.__signature__ = inspect.Signature(listed)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in listed}
    return command
