"""A method's parameters as options."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit.cli.parameters import option
from graphkit.cli.signature_options import flag_for, options_of, values_of
from graphkit.methods.base import Embedder
from graphkit.methods.registry import METHODS, find_method

DEFAULT_METHOD = "fastrp"


def method_option() -> inspect.Parameter:
    """Return the option that chooses the method."""
    return option("method", DEFAULT_METHOD, f"How to embed: {', '.join(METHODS)}.", metavar="NAME")


def method_options(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return one option for each parameter of a method."""
    return options_of(method.parameters(), method, panel=f"Method {method.name}")


def make_method(name: str, values: dict[str, Any]) -> Embedder:
    """Return the method of a name with the options' values, checked.

    Raises
    ------
    ParameterError
        For a value outside its range.
    """
    method = find_method(name)
    made = method(**values_of(method.parameters(), values))
    # Estimating checks the parameters, long before a graph is read.
    made.estimate(1, 1)
    return made


def owners_of(flag: str) -> list[str]:
    """Return the names of the methods that have a flag."""
    return [name for name in METHODS if flag in map(flag_for, find_method(name).parameters())]
